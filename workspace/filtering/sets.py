"""The filters of one list, and the chips that tell which of them are in use."""

from dataclasses import dataclass

import django_filters
from django.http import QueryDict

from workspace.filtering.base import Rows, joined


@dataclass(frozen=True)
class Chip:
    """One filter in use: its label, its values in words, and the address of the list without it.

    `url_without` is a query string to be put behind the list's path. A filter whose value does not fit has an `error`, and
    shows the value as it was given.
    """

    name: str
    label: str
    words: str
    url_without: str
    error: str = ""


class FilterSet(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Filters of one list. A value that does not fit narrows nothing, and stands in `errors` and on its chip.

    Where the filter is strict it finds nothing instead: the rest would be a list that nobody asked for.
    """

    def filter_queryset(self, queryset: Rows) -> Rows:
        if any(self.filters[name].is_strict for name in self.errors if name in self.filters):
            return queryset.none()
        found: Rows = super().filter_queryset(queryset)
        return found

    def chips(self) -> list[Chip]:
        """The filters in use, in the order in which they are declared. Costs no query beyond those of the values."""
        errors = self.errors
        return [
            Chip(
                name=name,
                label=str(self.filters[name].label),
                words=self._given(name) if name in errors else self.filters[name].words(value),
                url_without=self._without(name),
                error=" ".join(errors.get(name, [])),
            )
            for name in self.filters
            if (value := self.form.cleaned_data.get(name)) is not None or name in errors
        ]

    def _given(self, name: str) -> str:
        texts = self.data.getlist(name) if isinstance(self.data, QueryDict) else [str(self.data[name])]
        return joined([text[:80] for text in texts if text.strip()])

    def _without(self, name: str) -> str:
        rest = QueryDict(mutable=True)
        rest.update(self.data)
        for key in (name, "cursor"):
            rest.pop(key, None)
        return f"?{rest.urlencode()}"
