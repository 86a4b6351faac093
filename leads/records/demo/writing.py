"""Storing the demo stories for all leads at once, with the rows and journal entries that the actions would write.

Three hundred leads with a year behind them are 15,000 statements when told through the actions one by one, and 30 this
way; a test compares both ways (`leads/records/tests/test_demo.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from leads.records.actions import rules
from leads.records.actions.seen import Changed
from leads.records.actions.talking import VERBS, Talk
from leads.records.demo.stories import Passage, Stay, Story
from leads.records.fields import FIELDS
from leads.records.models import Company, Deal, Lead, StagePassage
from leads.records.telephones import telephone_key
from workspace.journal import actions as journal
from workspace.journal.actions import Happening
from workspace.people.models import Person

Told = tuple[Person, Happening]


def write_companies(companies: Sequence[Company], by: Person) -> None:
    """Store companies, each with its entry."""
    Company.objects.bulk_create(companies)
    journal.record_many(
        (
            Happening("company.created", company, company.created_at, facts={"name": company.name}, is_demo=True)
            for company in companies
        ),
        by=by,
    )


def write_stories(stories: Sequence[Story]) -> None:
    """Store leads, deals, passages, tags, interests and all journal entries."""
    deals = {id(story): _deals(story) for story in stories}
    for story in stories:
        _complete(story, deals[id(story)])
    Lead.objects.bulk_create(story.lead for story in stories)
    Deal.objects.bulk_create(deal for its_deals in deals.values() for deal in its_deals)
    StagePassage.objects.bulk_create(
        stay
        for story in stories
        for deal, told in zip(deals[id(story)], story.passages, strict=True)
        for stay in _stays(deal, told)
    )
    _link(stories, "tags")
    _link(stories, "interests")
    by_person: dict[Person, list[Happening]] = defaultdict(list)
    for person, happening in sorted(_everything(stories), key=lambda told: told[1].at):
        by_person[person].append(happening)
    for person, happenings in by_person.items():
        journal.record_many(happenings, by=person)


def _complete(story: Story, deals: Sequence[Deal]) -> None:
    """Fill in what a lead copies from its current deal, its company, its talks and its steps."""
    lead, current = story.lead, deals[-1]
    lead.is_demo = True
    lead.created_at = story.passages[0].stays[0].entered_at
    lead.created_by = story.by
    lead.company_name = lead.company.name if lead.company else ""
    lead.phone_key = telephone_key(lead.phone)
    lead.stage_entered_at = story.passages[-1].stays[-1].entered_at
    for column in ("stage", "closed_at", "offering", "value", "currency", "value_base"):
        setattr(lead, column, getattr(current, column))
    lead.lost_reason = current.reason
    lead.furthest_stage = max((deal.furthest_stage for deal in deals), key=lambda stage: stage.position)
    talks = [talk.at for talk in story.said if talk.talk is not Talk.NOTE]
    lead.last_activity_at = max(talks, default=None)
    for step in story.steps:
        if step.done_at is None:
            lead.next_step, lead.next_step_at = step.text, step.due_at
    rules.demand_identity(lead)


def _deals(story: Story) -> list[Deal]:
    return [_deal(story, number, passage) for number, passage in enumerate(story.passages, start=1)]


def _deal(story: Story, number: int, passage: Passage) -> Deal:
    first, last = passage.stays[0], passage.stays[-1]
    return Deal(
        lead=story.lead,
        number=number,
        is_current=passage is story.passages[-1],
        opened_at=first.entered_at,
        stage=last.stage,
        furthest_stage=passage.furthest,
        offering=passage.offering,
        closed_at=passage.closed_at,
        outcome=last.stage.kind if passage.closed_at else "",
        reason=last.reason,
        reason_text=last.text if passage.closed_at else "",
        **rules.worth({"value": passage.value}, at=first.entered_at),
    )


def _stays(deal: Deal, passage: Passage) -> Iterator[StagePassage]:
    ends = [*(stay.entered_at for stay in passage.stays[1:]), None]
    for stay, left_at in zip(passage.stays, ends, strict=True):
        yield StagePassage(deal=deal, stage=stay.stage, entered_at=stay.entered_at, left_at=left_at, by=stay.by)


def _link(stories: Iterable[Story], what: str) -> None:
    through = getattr(Lead, what).through
    other = Lead._meta.get_field(what).m2m_reverse_field_name()  # type: ignore[union-attr]  # they are many-to-many
    through.objects.bulk_create(
        through(lead=story.lead, **{other: one}) for story in stories for one in getattr(story, what)
    )


def _everything(stories: Iterable[Story]) -> Iterator[Told]:
    for story in stories:
        yield from _came_in(story)
        yield from _moves(story)
        yield from _hands(story)
        yield from _talks(story)
        yield from _steps(story)


def _came_in(story: Story) -> Iterator[Told]:
    first = story.passages[0].stays[0]
    if story.file:
        facts: dict[str, object] = {"file": story.file, "row": story.lead.pk % 200 + 2}
        yield story.by, Happening("lead.imported", story.lead, first.entered_at, facts=facts, is_demo=True)
    else:
        facts = {"name": str(story.lead), "stage": first.stage.name}
        yield story.by, Happening("lead.created", story.lead, first.entered_at, facts=facts, is_demo=True)


def _moves(story: Story) -> Iterator[Told]:
    for number, passage in enumerate(story.passages, start=1):
        first = passage.stays[0]
        if number > 1:
            facts = {"number": number, "stage": first.stage.name}
            yield first.by, Happening("lead.deal_opened", story.lead, first.entered_at, facts=facts, is_demo=True)
        for left, to in pairwise(passage.stays):
            facts = _move(left, to, number)
            yield to.by, Happening("lead.moved", story.lead, to.entered_at, facts=facts, is_demo=True)


def _move(left: Stay, to: Stay, number: int) -> dict[str, object]:
    return {
        "came_from": left.stage.name,
        "from_stage": left.stage.slug,
        "to": to.stage.name,
        "to_stage": to.stage.slug,
        "seconds": int((to.entered_at - left.entered_at).total_seconds()),
        "deal": number,
        "reason": to.reason.name if to.reason else "",
        "reason_text": to.text,
    }


def _hands(story: Story) -> Iterator[Told]:
    lead = story.lead
    if story.handed_at and story.handed_by:
        facts = {"changes": [_changed("owner", None, lead.owner)]}
        yield story.handed_by, Happening("lead.assigned", lead, story.handed_at, facts=facts, is_demo=True)
    if story.slept_at and lead.marketer:
        sleep = [_changed("asleep_until", None, lead.asleep_until), _changed("asleep_reason", "", lead.asleep_reason)]
        facts = {"changes": sleep}
        yield lead.marketer, Happening("lead.edited", lead, story.slept_at, facts=facts, is_demo=True)


def _changed(key: str, old: Any, new: Any) -> dict[str, Any]:
    return Changed.between(key, str(FIELDS[key].label), old, new).as_fact()


def _talks(story: Story) -> Iterator[Told]:
    for talk in story.said:
        facts: dict[str, object] = {"text": talk.text, "minutes": talk.minutes, "was_reached": talk.was_reached}
        yield talk.by, Happening(VERBS[talk.talk], story.lead, talk.at, facts=facts, is_demo=True)


def _steps(story: Story) -> Iterator[Told]:
    for step in story.steps:
        due = step.due_at.isoformat()
        facts: dict[str, object] = {"step": step.text, "due": due}
        yield step.by, Happening("lead.next_step_set", story.lead, step.set_at, facts=facts, is_demo=True)
        if step.done_at is not None:
            facts = {**facts, "text": step.word}
            yield step.by, Happening("lead.next_step_done", story.lead, step.done_at, facts=facts, is_demo=True)
