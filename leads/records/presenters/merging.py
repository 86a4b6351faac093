"""Two leads side by side, fact by fact, before they are merged; and the merges of a lead that can be undone."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from leads.records import alike, custom
from leads.records.actions.merging_fields import CUSTOM, DEAL, FACTS, OTHER, SURVIVOR, custom_keys, default_of, value_of
from leads.records.actions.seen import said as stored_words
from leads.records.alike import Alike
from leads.records.fields import FIELDS
from leads.records.models import CustomField, Lead, Merge
from leads.records.presenters.timeline import said
from workspace.http import SignedInRequest
from workspace.pages import wording

MOST_FOUND = 12
# Each choice is a group of radio buttons of this name.
PREFIX = "choice."


@dataclass(frozen=True)
class Row:
    """A fact of both leads. Where they say the same, or neither says anything, nothing is chosen."""

    key: str
    label: str
    survivors: str
    others: str
    chosen: str
    error: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.key}"

    @property
    def is_chosen_here(self) -> bool:
        return self.survivors != self.others

    @property
    def sides(self) -> list[tuple[str, str, bool]]:
        """Of each of the two: its name in the form, its words, and whether it is chosen."""
        return [
            (side, words, self.chosen == side) for side, words in ((SURVIVOR, self.survivors), (OTHER, self.others))
        ]


class MergeView:
    """The page on which two leads become one."""

    def __init__(self, survivor: Lead, other: Lead, asked: dict[str, str], errors: dict[str, list[str]]) -> None:
        self.survivor, self.other = survivor, other
        self._asked, self._errors = asked, errors

    @cached_property
    def rows(self) -> list[Row]:
        """The deal first, then the facts of which at least one of the two has a value."""
        own = {f"{CUSTOM}{key}": one for key, one in custom.definitions("lead").items()}
        both = self.survivor, self.other
        facts = [self._row(key, str(FIELDS[key].label), *(_words(lead, key) for lead in both)) for key in FACTS]
        known = [key for key in custom_keys(*both) if key in own]
        owns = [self._row(key, own[key].label, *(_own_words(lead, key, own[key]) for lead in both)) for key in known]
        deal = self._row(DEAL, _("Deal"), *(_deal_words(lead) for lead in both))
        rows = [*facts, *owns]
        return [deal, *(row for row in rows if {row.survivors, row.others} != {wording.NOTHING})]

    @property
    def errors(self) -> list[str]:
        """What is wrong and stands at no row."""
        shown = {row.key for row in self.rows}
        return [text for key, texts in self._errors.items() if key not in shown for text in texts]

    def _row(self, key: str, label: str, survivors: str, others: str) -> Row:
        chosen = self._asked.get(key) or default_of(key, self.survivor, self.other)
        return Row(key, label, survivors, others, chosen, " ".join(self._errors.get(key, ())))


@dataclass(frozen=True)
class MergeOf:
    """A merge into a lead, and whether it can be undone now."""

    made: Merge
    is_undoable: bool


class OtherView:
    """The page on which the other lead is found; also what was merged into this one."""

    def __init__(self, request: SignedInRequest, lead: Lead, now: dt.datetime) -> None:
        self.lead = lead
        self.search = request.GET.get("q", "").replace("\x00", "").strip()[:200]
        self._person, self._now = request.user, now

    @cached_property
    def found(self) -> list[Alike]:
        """What the search finds; without one, leads that share something with this one."""
        if not self.search:
            keys = ("email", "phone", "first_name", "last_name")
            values = {key: str(getattr(self.lead, key)) for key in keys} | {"company": self.lead.company_name}
            return alike.find(self._person, values, but=self.lead.pk)
        rows = Lead.objects.visible_to(self._person).matching(self.search).exclude(pk=self.lead.pk)
        return [Alike(lead, "") for lead in rows.order_by("sort_name", "pk")[:MOST_FOUND]]

    @cached_property
    def merges(self) -> list[MergeOf]:
        """What was merged into the lead and was not undone, the last first. Costs one query."""
        standing = self.lead.merges.standing().select_related("merged", "by").order_by("-pk")
        return [MergeOf(one, place == 0 and self._now <= one.until) for place, one in enumerate(standing[:MOST_FOUND])]


def asked_of(data: Any) -> dict[str, str]:
    """The choices that a form carries, by key."""
    return {name.removeprefix(PREFIX): str(data[name]) for name in data if name.startswith(PREFIX)}


def _own_words(lead: Lead, key: str, definition: CustomField) -> str:
    value = value_of(lead, key)
    return wording.NOTHING if value is None else custom.words(definition, value)


def _words(lead: Lead, key: str) -> str:
    words = said(stored_words(value_of(lead, key)), FIELDS[key].kind)
    if key == "next_step" and lead.next_step_at is not None:
        return f"{words}, {said(lead.next_step_at.isoformat(), FIELDS['next_step_at'].kind)}"
    if key == "asleep_until" and lead.asleep_reason:
        return f"{words}: {lead.asleep_reason}"
    if key == "buying_role":
        return str(lead.get_buying_role_display()) or wording.NOTHING
    return words


def _deal_words(lead: Lead) -> str:
    amount = f"{said(str(lead.value), FIELDS['value'].kind)} {lead.currency}" if lead.value is not None else ""
    parts = [str(lead.stage), amount, str(lead.offering or "")]
    return ", ".join(part for part in parts if part)
