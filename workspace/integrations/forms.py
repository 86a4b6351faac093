"""The forms of integrations: of a new access token, and of a webhook."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace import subjects
from workspace.api.viewsets import Resource
from workspace.hooks import catalogue
from workspace.hooks.models import ALL_EVENTS, Endpoint

ALL = "*"
TERMS = [
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("a year")),
    (0, gettext_lazy("for good, until it is revoked")),
]


@dataclass(frozen=True)
class Row:
    """A resource with what the form has ticked of it; `may_write` is false where there is nothing to write."""

    name: str
    may_write: bool
    reads: bool
    writes: bool


class TokenForm(forms.Form):
    """What a token is for, what it may, and how long."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=100,
        help_text=gettext_lazy("The program that uses it, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        error_messages={"required": gettext_lazy("Tick what it may do.")},
    )
    days = forms.TypedChoiceField(label=gettext_lazy("How long?"), coerce=int, choices=TERMS, initial=90)

    def __init__(self, resources: list[Resource], data: Any = None) -> None:
        super().__init__(data)
        self._resources = resources
        offered = [ALL, *(scope for one in resources for scope in one.scopes)]
        self.fields["scopes"].choices = [(scope, scope) for scope in offered]  # type: ignore[attr-defined]  # a choice field

    def clean_scopes(self) -> list[str]:
        """The scopes; all of them and some of them at once is refused, since one of the two is not meant."""
        scopes: list[str] = self.cleaned_data["scopes"]
        if ALL in scopes and len(scopes) > 1:
            raise ValidationError(_("Everything, or what you tick below: not both."))
        return scopes

    @property
    def is_all(self) -> bool:
        return ALL in self._ticked

    @property
    def rows(self) -> Iterator[Row]:
        """What can be ticked, a resource at a time."""
        for one in self._resources:
            reads, writes = (f"{one.name}:{act}" in self._ticked for act in ("read", "write"))
            yield Row(one.name, one.may_write, reads, writes)

    @property
    def _ticked(self) -> list[str]:
        return self["scopes"].value() or []

    @property
    def term(self) -> int | None:
        """The days that the token lasts; None for one that lasts for good."""
        return self.cleaned_data["days"] or None


@dataclass(frozen=True)
class Event:
    """An event that can be ticked."""

    key: str
    label: str
    is_ticked: bool


class WebhookForm(forms.Form):
    """What a webhook is for, where it goes, and what it hears of."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=100,
        help_text=gettext_lazy("The program that hears, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("Messages are posted there. It begins with https:// and lies in the internet."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What does it hear of?"),
        error_messages={"required": gettext_lazy("Tick what it hears of.")},
    )

    def __init__(self, data: Any = None, *, endpoint: Endpoint | None = None) -> None:
        initial = {} if endpoint is None else {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
        super().__init__(data, initial=initial)
        self._events = catalogue.events()
        known = [ALL_EVENTS, *self._events, *initial.get("events", [])]
        self.fields["events"].choices = [(key, key) for key in known]  # type: ignore[attr-defined]  # a choice field

    @property
    def is_all(self) -> bool:
        return ALL_EVENTS in self._ticked

    @property
    def groups(self) -> Iterator[tuple[str, list[Event]]]:
        """What can be ticked, under what it is about; the rooms of the upper floors first, since most is asked of them."""
        groups: dict[str, list[Event]] = {}
        for key, verb in self._events.items():
            groups.setdefault(key.partition(".")[0], []).append(Event(key, str(verb.label), key in self._ticked))
        kinds = subjects.entries()
        for kind, events in reversed(groups.items()):
            yield str(kinds[kind].label if kind in kinds else kind).capitalize(), events

    @property
    def _ticked(self) -> list[str]:
        return self["events"].value() or []
