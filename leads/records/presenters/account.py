"""The page of one company: its facts, the leads there, what it bought, and what happened with all of them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.utils import timezone

from leads.funnel.models import Stage
from leads.records import custom, policies
from leads.records.models import Company, Deal, Lead
from leads.records.presenters import facts, timeline
from leads.records.presenters.facts import Fact, OwnFacts
from leads.records.presenters.hands import Hands, hands_of
from leads.records.presenters.place import TimelinePlace
from leads.records.presenters.timeline import Timeline
from leads.records.telephones import NOT_DIAL
from workspace import slots
from workspace.http import SignedInRequest
from workspace.journal.models import JournalEntry
from workspace.money.currencies import CURRENCY
from workspace.notices import following

_LEADS_SHOWN = 50


@dataclass(frozen=True)
class Life:
    """What a company bought over its life and what is open, in the workspace's currency."""

    won: int
    won_value: Decimal | None
    open: int
    open_value: Decimal | None
    currency: str


class AccountView:
    """What templates ask of one company, each answered once."""

    def __init__(self, request: SignedInRequest, company: Company, place: TimelinePlace, now: dt.datetime) -> None:
        self.company = company
        self.place = place
        self.now = now
        self._request = request

    @property
    def page_url(self) -> str:
        return self.company.get_absolute_url()

    @cached_property
    def is_following(self) -> bool:
        """Whether the visitor is told what happens here. Costs one query."""
        return following.follows(self._request.user, self.company)

    @cached_property
    def may_change(self) -> bool:
        return policies.may_change_company(self._request.user)

    @property
    def subtitle(self) -> str:
        return ", ".join(part for part in (self.company.industry, self.company.city, self.company.country) if part)

    @property
    def dial(self) -> str:
        return NOT_DIAL.sub("", self.company.phone)

    @cached_property
    def facts(self) -> list[Fact]:
        return facts.company(self.company)

    @cached_property
    def own(self) -> OwnFacts:
        """Costs one query, and one where a field holds a person."""
        return facts.own(self.company.custom, custom.definitions("company").values())

    @cached_property
    def _found_leads(self) -> list[Lead]:
        there = Lead.objects.visible_to(self._request.user).filter(company=self.company).for_list()
        return list(there.order_by("-created_at", "-pk")[: _LEADS_SHOWN + 1])

    @property
    def leads(self) -> list[tuple[Lead, Hands]]:
        """The newest leads there, each with who has it."""
        today = timezone.localdate(self.now)
        return [(lead, hands_of(lead, today)) for lead in self._found_leads[:_LEADS_SHOWN]]

    @property
    def more_leads_query(self) -> str:
        """The list's query string for all leads there, where the page does not show all."""
        return urlencode({"tab": "all", "company": self.company.pk}) if len(self._found_leads) > _LEADS_SHOWN else ""

    @cached_property
    def life(self) -> Life:
        """Costs two queries."""
        won, is_open = Q(outcome=Stage.Kind.WON), Q(outcome="")
        sums = Deal.objects.filter(lead__company=self.company, lead__deleted_at=None).aggregate(
            won=Count("pk", filter=won),
            won_value=Sum("value_base", filter=won),
            open=Count("pk", filter=is_open),
            open_value=Sum("value_base", filter=is_open),
        )
        return Life(**sums, currency=CURRENCY.get())

    @cached_property
    def timeline(self) -> Timeline:
        """What happened to the company and to the leads that the page shows."""
        leads = {lead.pk: lead for lead in self._found_leads[:_LEADS_SHOWN]}
        of_company = Q(thread_kind="company", thread_id=self.company.pk)
        entries = JournalEntry.objects.filter(of_company | Q(thread_kind="lead", thread_id__in=list(leads)))
        return timeline.read(entries, shown=self.place.shown, cursor=self.place.cursor, now=self.now, about=leads)

    @property
    def shown_groups(self) -> list[tuple[str, str]]:
        return timeline.groups()

    @property
    def more_query(self) -> str:
        return timeline.more_query(self.timeline)

    @cached_property
    def parts(self) -> dict[str, list[slots.Part]]:
        """What upper rooms put into the zones of the page."""
        return {
            zone: slots.parts(f"company.{zone}", self._request, [self.company])[self.company.pk]
            for zone in ("now", "who", "help")
        }
