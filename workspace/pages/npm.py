"""Third-party files out of `node_modules`, served under names of our own: exactly those that the settings list."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage


class NpmStorage(FileSystemStorage):
    """Reads `NPM_FILES`: a served name, and the package's file; a name that ends in "/" takes a glob of files."""

    def __init__(self) -> None:
        super().__init__(location=settings.NPM_ROOT)

    def path(self, name: str) -> str:
        """Where the served `name` lies.

        Raises:
            KeyError: it is not listed, or not installed.
        """
        return str(self.files()[name])

    def files(self) -> dict[str, Path]:
        """Every served name that is installed."""
        root = Path(settings.NPM_ROOT)
        found: dict[str, Path] = {}
        for name, source in settings.NPM_FILES.items():
            if name.endswith("/"):
                found.update((f"{name}{path.name}", path) for path in sorted(root.glob(source)))
            elif (root / source).is_file():
                found[name] = root / source
        return found

    def missing(self) -> list[str]:
        """Sources that are listed and not installed."""
        found = self.files()
        return [
            source
            for name, source in settings.NPM_FILES.items()
            if not any(served == name or (name.endswith("/") and served.startswith(name)) for served in found)
        ]


class NpmFinder(BaseFinder):
    """Lets `collectstatic` and `runserver` see the listed files."""

    def __init__(self) -> None:
        self.storage = NpmStorage()

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        found = self.storage.files().get(path)
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, NpmStorage]]:
        """Each file with the storage that reads it.

        Raises:
            ImproperlyConfigured: packages are missing; the message says what to do.
        """
        if missing := self.storage.missing():
            raise ImproperlyConfigured(f"Not installed: {', '.join(missing)}. Run `npm ci`, or `make setup`.")
        for name in self.storage.files():
            if not matches_patterns(name, [*(ignore_patterns or ())]):
                yield name, self.storage
