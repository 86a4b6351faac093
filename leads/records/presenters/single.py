"""The single customer view: all that the page of one lead shows, in a fixed number of queries."""

import datetime as dt
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from leads.funnel.models import Stage
from leads.records import custom, policies
from leads.records.actions.talking import VERBS, Talk
from leads.records.models import Deal, Lead
from leads.records.presenters import facts, hands, path, timeline
from leads.records.presenters.facts import CONSENT_LABELS, Fact, OwnFacts
from leads.records.presenters.hands import Hands
from leads.records.presenters.lateness import late_words
from leads.records.presenters.path import Step
from leads.records.presenters.place import TimelinePlace
from leads.records.presenters.timeline import Timeline
from leads.records.telephones import NOT_DIAL
from workspace import slots, verbs
from workspace.http import SignedInRequest
from workspace.journal.models import JournalEntry
from workspace.notices import following
from workspace.people.models import Department

_COLLEAGUES_SHOWN = 3


class SingleView:
    """What templates ask of one lead, each answered once. `lead` was read by `for_page()`."""

    def __init__(self, request: SignedInRequest, lead: Lead, place: TimelinePlace, now: dt.datetime) -> None:
        self.lead = lead
        self.place = place
        self.now = now
        self._request = request

    @cached_property
    def may_change(self) -> bool:
        return policies.may_change(self._request.user)

    @cached_property
    def may_remove(self) -> bool:
        return policies.may_remove(self._request.user)

    @cached_property
    def may_merge(self) -> bool:
        return policies.may_merge(self._request.user)

    @cached_property
    def is_following(self) -> bool:
        """Whether the visitor is told what happens here. Costs one query."""
        return following.follows(self._request.user, self.lead)

    @property
    def page_url(self) -> str:
        return self.lead.get_absolute_url()

    @property
    def subtitle(self) -> str:
        return ", ".join(part for part in (self.lead.job_title, self.lead.company_name) if part)

    @property
    def initials(self) -> str:
        words = str(self.lead).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"

    @property
    def dial(self) -> str:
        """The telephone number as a `tel:` address takes it."""
        return self.lead.phone_key or NOT_DIAL.sub("", self.lead.phone)

    @property
    def consents(self) -> list[str]:
        """What was answered to being written to, called and followed: the ways agreed to, then the refused ones."""
        agreed = [str(words) for way, words in CONSENT_LABELS.items() if self.lead.consent.get(way)]
        refused = [words for way, words in CONSENT_LABELS.items() if self.lead.consent.get(way) is False]
        return agreed + [_("not %(way)s") % {"way": str(words).lower()} for words in refused]

    @property
    def other_letter(self) -> str:
        """The department that does not own the stage and has its part in it."""
        own = self.lead.stage.department.key
        return next(key.value for key in Department.Key if key.value != own)

    @property
    def company_fact(self) -> Fact:
        return Fact(_("Name"), self.lead.company, "company", "company")

    @property
    def logs(self) -> list[tuple[str, str, str]]:
        """The talks that take a form of their own: way, words, icon."""
        ways = (Talk.CALL, Talk.MAIL, Talk.MEETING)
        return [(way.value, str(way.label), verbs.get(VERBS[way]).icon) for way in ways]

    @cached_property
    def deals(self) -> list[Deal]:
        """All deals, the current one first. Costs two queries."""
        related = ("stage__department", "furthest_stage", "offering", "reason")
        deals = self.lead.deals.select_related(*related).prefetch_related("passages")
        return list(deals.order_by("-is_current", "-number"))

    @property
    def deal(self) -> Deal | None:
        return self.deals[0] if self.deals else None

    @property
    def earlier_deals(self) -> list[Deal]:
        return self.deals[1:]

    @cached_property
    def path(self) -> list[Step]:
        stages = list(Stage.objects.on_path().select_related("department"))
        return path.path_of(self.lead, stages, self.deal, self.now)

    @property
    def hands(self) -> Hands:
        return hands.hands_of(self.lead, timezone.localdate(self.now))

    @property
    def late(self) -> str:
        return late_words(self.lead, self.now)

    @cached_property
    def who(self) -> list[Fact]:
        return facts.who(self.lead)

    @cached_property
    def in_hands(self) -> list[Fact]:
        return facts.hands(self.lead)

    @cached_property
    def own(self) -> OwnFacts:
        """Costs one query, and one where a field holds a person."""
        return facts.own(self.lead.custom, custom.definitions("lead").values())

    @cached_property
    def _found_colleagues(self) -> list[Lead]:
        if self.lead.company is None:
            return []
        there = Lead.objects.visible_to(self._request.user).filter(company=self.lead.company)
        return list(there.exclude(pk=self.lead.pk).order_by("-created_at", "-pk")[: _COLLEAGUES_SHOWN + 1])

    @property
    def colleagues(self) -> list[Lead]:
        """Other leads at the company, the newest first, as many as the page shows."""
        return self._found_colleagues[:_COLLEAGUES_SHOWN]

    @property
    def has_more_colleagues(self) -> bool:
        return len(self._found_colleagues) > _COLLEAGUES_SHOWN

    @cached_property
    def timeline(self) -> Timeline:
        entries = JournalEntry.objects.on_thread("lead", self.lead.pk)
        return timeline.read(entries, shown=self.place.shown, cursor=self.place.cursor, now=self.now)

    @property
    def more_query(self) -> str:
        return timeline.more_query(self.timeline)

    @property
    def shown_groups(self) -> list[tuple[str, str]]:
        return timeline.groups()

    @cached_property
    def parts(self) -> dict[str, list[slots.Part]]:
        """What upper rooms put into the zones of the page."""
        return {
            zone: slots.parts(f"lead.{zone}", self._request, [self.lead])[self.lead.pk]
            for zone in ("now", "who", "help", "timeline")
        }
