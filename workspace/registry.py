"""What rooms make known by a key, each key once."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Entries by key, in the order in which rooms registered them. `what` names their kind in errors."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: dict[str, Entry] = {}

    def add(self, key: str, entry: Entry) -> Entry:
        """Keep `entry` under `key`, and return it.

        Raises:
            ValueError: the key is taken.
        """
        if key in self._entries:
            raise ValueError(f"The {self._what} {key!r} is registered twice.")
        self._entries[key] = entry
        return entry

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
