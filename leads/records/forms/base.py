"""The form of an act, and of an edit: it draws controls and hands over what was given; the action judges it."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leads.records import actions
from leads.records.actions import ChangedMeanwhile, Seen
from leads.records.models import Company, Lead
from leads.records.values import CONSENTS
from workspace import refusals


class Taken(NamedTuple):
    """Another lead, which has the address already."""

    pk: int
    name: str


class ActForm(forms.Form):
    """A form whose values an action judges: what the action refuses is shown at the field that it names."""

    # Under which field an error of the action stands, where the two have different names.
    at_field: Mapping[str, str] = {}

    def take(self, error: ValidationError) -> None:
        """Show the errors of an action."""
        refusals.show(self, error, at_field=self.at_field)

    @property
    def taken_by(self) -> Taken | None:
        """The lead that has the e-mail address or external id already, where that is what was refused."""
        for errors in self.errors.as_data().values():
            for error in errors:
                if error.code == "taken" and error.params:
                    return Taken(error.params["lead"], error.params["name"])
        return None


class EditForm(ActForm):
    """A form of values that others may change meanwhile: only what its author changed is written, and over nothing unseen.

    Where somebody else changed the same field, the form comes back with both values, and its author decides: `write`
    puts theirs over it, `keep` leaves what stands there and writes the rest.
    """

    record: Lead | Company | None = None
    keys: tuple[str, ...] = ()
    collision: ChangedMeanwhile | None = None

    @property
    def hidden(self) -> SafeString:
        """What stood in the fields when the form was drawn, and marks of what is stored."""
        shown = [bound for bound in self if bound.field.show_hidden_initial]
        initials = format_html_join("", "{}", ((bound.as_hidden(only_initial=True),) for bound in shown))
        told = " ".join(f"{key}:{mark}" for key, mark in self._shown_marks().items())
        return format_html('{}<input type="hidden" name="seen" value="{}">{}', initials, told, self._colliding_names())

    def _shown_marks(self) -> Seen:
        """Those of the values that are shown: as they were when the form was first drawn, unless a collision told them anew."""
        if self.is_bound and self.collision is None:
            return self.seen
        return actions.marks(self.record, self.keys) if self.record is not None else {}

    @property
    def seen(self) -> Seen:
        """The marks of what the author of this form was shown; none for a form that came without."""
        told = dict(one.rpartition(":")[::2] for one in str(self.data.get("seen", "")).split())
        known = {*self.keys, *(f"consent.{way}" for way in CONSENTS if "consent" in self.keys)}
        return {key: mark for key, mark in told.items() if key in known}

    @property
    def status(self) -> HTTPStatus:
        """With which status the form is drawn."""
        if self.collision is not None:
            return HTTPStatus.CONFLICT
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    @cached_property
    def changed_data(self) -> list[str]:
        """The fields that are to be written; those that collided only if their author says so."""
        kept = set(self.data.getlist("collided")) if isinstance(self.data, QueryDict) and self.is_keeping else set()
        return [name for name in super().changed_data if name not in kept]

    @property
    def is_keeping(self) -> bool:
        """Whether the author leaves to the other one what collided."""
        return bool(self.data.get("decide") == "keep")

    def _colliding_names(self) -> SafeString:
        names = [name for one in self.collision.collisions for name in _names(one.change)] if self.collision else []
        return format_html_join("", '<input type="hidden" name="collided" value="{}">', ((name,) for name in names))


def _names(change: Any) -> Iterable[str]:
    """What the form calls the fields of a change."""
    return [f"consent_{way}" for way in change.new] if change.field == "consent" else [change.field]
