"""One filter: it reads what was given, narrows rows by it, and says it in words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workspace.people.models import Person

Words = str | Promise
Rows = QuerySet[Any]
# A filter with more values than this is a mistake, or somebody trying what a long query costs.
MOST_VALUES = 50


class Given(forms.Field):
    """The values given for one filter, each read by `read`; the last one where the filter takes a single value."""

    widget = forms.MultipleHiddenInput

    def __init__(self, read: Callable[[str], Any], *, many: bool, **options: Any) -> None:
        super().__init__(required=False, **options)
        self._read, self._many = read, many

    def clean(self, value: Any) -> Any:
        texts = [value] if isinstance(value, str) else list(value or [])
        texts = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
        if len(texts) > MOST_VALUES:
            raise ValidationError(_("Up to %d values are possible at once.") % MOST_VALUES)
        if any("\x00" in text for text in texts):
            raise ValidationError(_("This is not a text."))
        if not texts:
            return None
        return [self._read(text) for text in texts] if self._many else self._read(texts[-1])


class Filter(django_filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """A filter by what its class reads; `many` values are joined by "or". `schema` describes one value for the API.

    One that is not `is_typed` comes from a link: no form asks people for its value, and forms keep it. One that `is_strict`
    finds nothing where its value does not fit; a value of any other one narrows nothing then.
    """

    schema: ClassVar[Mapping[str, Any]] = {"type": "string"}
    is_typed: ClassVar[bool] = True
    is_strict: ClassVar[bool] = False

    def __init__(self, label: Words, *, help_text: Words = "", many: bool = False) -> None:
        super().__init__(label=label)
        self.help_text, self.many = help_text, many

    @property
    def field(self) -> Given:
        return Given(self.read, many=self.many, label=self.label)

    @property
    def person(self) -> Person | None:
        """Who asks; None where nobody does."""
        request = self.parent.request
        return request.user if request is not None and isinstance(request.user, Person) else None

    def filter(self, rows: Rows, value: Any) -> Rows:
        return rows if value is None else self.narrow(rows, value)

    def read(self, text: str) -> Any:
        """The value that `text` means.

        Raises:
            ValidationError: none; with a sentence for whoever asked.
        """
        return text

    def narrow(self, rows: Rows, value: Any) -> Rows:
        """`rows` that fit the value, or the list of values where the filter takes several; rows stay single."""
        raise NotImplementedError

    def say(self, value: Any) -> str:
        """One value in words."""
        return str(value)

    def words(self, value: Any) -> str:
        """All values in words."""
        return joined([self.say(one) for one in value]) if self.many else self.say(value)


def joined(words: Iterable[str]) -> str:
    """“A”, “A or B”, “A, B or C”."""
    *rest, last = words
    return _("%(rest)s or %(last)s") % {"rest": ", ".join(rest), "last": last} if rest else last
