"""What leads and companies make known to the ground floor: subjects, verbs, jobs, places, default permissions."""

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.funnel import uses
from leads.funnel.defining import definition_subject
from leads.records import filters, merging, policies
from leads.records.actions.companies import rename_steps
from leads.records.actions.moving import was_passed
from leads.records.models import Company, CustomField, Deal, Lead, Merge, Segment
from leads.records.noticing import NOTICE_KINDS, ToldFilter
from leads.records.owing import HOLDINGS, NEXT_STEP
from leads.records.segmenting import SegmentFilter
from workspace import subjects, verbs
from workspace.commitments import kinds as commitments
from workspace.commitments.models import Commitment
from workspace.jobs import kinds
from workspace.notices import following, telling
from workspace.notices.models import Follow, Notice
from workspace.pages import navigation
from workspace.pages.navigation import Place
from workspace.people import roles
from workspace.people.models import Person
from workspace.staff import holdings
from workspace.subjects import Hit, Subject
from workspace.verbs import Verb


def _search_leads(person: Person, text: str, limit: int) -> Iterable[Hit]:
    found = Lead.objects.visible_to(person).matching(text).select_related("stage").order_by("-last_activity_at", "-pk")
    for lead in found[:limit]:
        subtitle = ", ".join(part for part in (lead.job_title, lead.company_name, lead.stage.name) if part)
        yield Hit("lead", str(lead), subtitle, lead.get_absolute_url())


def _search_companies(person: Person, text: str, limit: int) -> Iterable[Hit]:
    for company in Company.objects.visible_to(person).matching(text).order_by("sort_name", "pk")[:limit]:
        yield Hit("company", company.name, company.industry or company.domain, company.get_absolute_url())


def _aliases(pk: int) -> list[int]:
    """The survivor's id and those of all leads merged into it."""
    return [pk, *Lead.objects.filter(merged_into=pk).values_list("pk", flat=True)]


subjects.register(
    Subject(
        kind="lead",
        model=Lead,
        label=_("lead"),
        url=Lead.get_absolute_url,
        title=str,
        visible_to=Lead.objects.visible_to,
        search=_search_leads,
        alias_of=_aliases,
    )
)
subjects.register(
    Subject(
        kind="company",
        model=Company,
        label=_("company"),
        url=Company.get_absolute_url,
        title=str,
        visible_to=Company.objects.visible_to,
        search=_search_companies,
    )
)
subjects.register(
    replace(definition_subject(CustomField), url=lambda field: reverse("records:own_field", args=[field.pk]))
)
subjects.register(
    Subject(
        kind="deal",
        model=Deal,
        label=_("deal"),
        url=lambda deal: deal.lead.get_absolute_url(),
        title=str,
        visible_to=lambda person: Deal.objects.filter(lead__in=Lead.objects.visible_to(person)),
    )
)

subjects.register(
    Subject(
        kind="segment",
        model=Segment,
        label=_("saved list"),
        url=Segment.get_absolute_url,
        title=str,
        visible_to=Segment.objects.visible_to,
    )
)

verbs.register(
    Verb("segment.created", _("List saved"), _("saved the list “{name}”"), "bookmark"),
    Verb("segment.changed", _("Saved list changed"), _("changed the list “{name}”"), "bookmark"),
    Verb("segment.deleted", _("Saved list deleted"), _("deleted the list “{name}”"), "trash-2"),
)
verbs.register(
    Verb("lead.created", _("Lead created"), _("made this lead, in {stage}"), "plus", personal=("name",)),
    Verb("lead.imported", _("Lead imported"), _("brought this lead in from {file}, line {row}"), "upload"),
    Verb("lead.edited", _("Lead edited"), _("changed"), "pencil", personal=("changes",)),
    Verb("lead.assigned", _("Lead assigned"), _("gave it into other hands"), "user-round-check", personal=("changes",)),
    Verb(
        "lead.moved",
        _("Lead moved"),
        _("moved it from {came_from} to {to}"),
        "arrow-right",
        personal=("reason_text",),
    ),
    Verb("lead.noted", _("Note written"), _("noted"), "sticky-note", "talks", personal=("text",), webhook=False),
    Verb("lead.called", _("Call logged"), _("called"), "phone", "talks", personal=("text",), scorable=True),
    Verb("lead.mailed", _("Mail logged"), _("wrote a mail"), "mail", "talks", personal=("text",), scorable=True),
    Verb("lead.met", _("Meeting logged"), _("met"), "users-round", "talks", personal=("text",), scorable=True),
    Verb("lead.next_step_set", _("Next step set"), _("set the next step: {step}"), "calendar", personal=("step",)),
    Verb(
        "lead.next_step_done",
        _("Next step done"),
        _("did the next step: {step}"),
        "check",
        "talks",
        personal=("step", "text"),
    ),
    Verb("lead.removed", _("Lead removed"), _("took this lead out: {reason}"), "trash-2"),
    Verb("lead.binned", _("Lead put into the bin"), _("put this lead into the bin"), "trash-2"),
    Verb("lead.restored", _("Lead restored"), _("took this lead out of the bin"), "undo-2"),
    Verb(
        "lead.merged",
        _("Leads merged"),
        _("merged {name} into this lead"),
        "merge",
        personal=("name", "changes"),
    ),
    Verb("lead.unmerged", _("Merge undone"), _("took {name} out of this lead again"), "split", personal=("name",)),
    Verb("lead.deal_opened", _("Deal opened"), _("opened deal {number}, in {stage}"), "repeat-2"),
    Verb("company.created", _("Company created"), _("made this company"), "plus"),
    Verb("company.imported", _("Company imported"), _("brought this company in from {file}"), "upload"),
    Verb("company.edited", _("Company edited"), _("changed"), "pencil"),
)

# What names a lead, and what a merge does with it. Deals are numbered anew by the merge itself.
merging.moved(Lead, "merged_into")
merging.moved(Lead.tags.through, "lead", unique_with=("tag",))
merging.moved(Lead.interests.through, "lead", unique_with=("interest",))
merging.kept(Deal, "lead")
merging.kept(Merge, "survivor")
merging.kept(Merge, "merged")
merging.moved(Commitment, "subject_id", subject_kind="lead")
merging.moved(Notice, "subject_id", subject_kind="lead")
merging.moved(Follow, "subject_id", subject_kind="lead", unique_with=("person",))

commitments.register(NEXT_STEP)
holdings.register(*HOLDINGS)

uses.register("passages", was_passed)

following.register("lead", "owner", "marketer")
following.register("company", "account_owner")
telling.hear_mentions("lead.noted", "lead.called", "lead.mailed", "lead.met", "lead.next_step_done")
telling.register(*NOTICE_KINDS)
filters.register(
    "segment",
    SegmentFilter(_("Saved list"), help_text=_("Leads of a segment, by its id; “me” in its filters is the caller.")),
)
filters.register(
    "told", ToldFilter(_("Told"), help_text=_("Leads of one line of the caller’s notices, by the id of one of them."))
)

kinds.register(kinds.JobKind("leads.records.rename_company", rename_steps))

roles.grant(["leads_records.view_lead", "leads_records.view_company", "leads_records.view_deal"], roles.EVERYBODY)
roles.grant(
    ["leads_records.share_segment"], [roles.Role.DEPARTMENT_LEAD, roles.Role.REVENUE_LEAD, roles.Role.ADMINISTRATOR]
)
roles.grant(
    [
        "leads_records.add_lead",
        "leads_records.change_lead",
        "leads_records.delete_lead",
        "leads_records.add_company",
        "leads_records.change_company",
    ],
    roles.WORKING,
)
roles.grant(
    [f"leads_records.{act}_customfield" for act in ("view", "add", "change", "delete")], [roles.Role.ADMINISTRATOR]
)

navigation.register(
    Place(
        "leads",
        _("Leads"),
        "users-round",
        "records:leads",
        20,
        may=navigation.permitted("leads_records.view_lead"),
        phone=True,
    ),
    Place(
        "companies",
        _("Companies"),
        "building-2",
        "records:companies",
        200,
        may=navigation.permitted("leads_records.view_company"),
        in_more=True,
    ),
    Place(
        "own_fields",
        _("Own fields"),
        "list-plus",
        "records:own_fields",
        806,
        may=policies.may_define_fields,
        in_more=True,
    ),
    Place(
        "bin",
        _("Bin"),
        "trash-2",
        "records:bin",
        950,
        may=navigation.permitted("leads_records.delete_lead"),
        in_more=True,
    ),
)
