"""What was said along a demo lead's way, and which next steps were set and done."""

from datetime import datetime, timedelta
from itertools import pairwise

from leads.records.actions import Talk
from leads.records.demo import words
from leads.records.demo.stories import Said, Step, Story
from leads.records.demo.world import World
from workspace.people.models import Person

_POOLS = {
    "engaged": words.ENGAGED,
    "mql": words.QUALIFIED,
    "sal": words.FIRST_CALL,
    "sql": words.WORKED_ON,
    "proposal": words.OFFERED,
    "won": words.AFTER_WINNING,
    "lost": words.AFTER_LOSING,
}
_MANY = {"engaged": 2, "mql": 1, "sal": 1, "sql": 3, "proposal": 2, "won": 2, "lost": 1}
_QUARREL = 40  # minutes that a talk lies after what it follows, at least


def said_along(world: World, story: Story, machines: int) -> list[Said]:
    """One to three talks a stay, inside it, with calls that nobody answered between them."""
    said: list[Said] = []
    for passage in story.passages:
        for stay, following in pairwise([*passage.stays, None]):
            if stay is None or stay.stage.slug not in _POOLS:
                continue
            until = following.entered_at if following else world.now
            by = story.lead.owner if stay.stage.department.key == "S" else story.lead.marketer
            moments = _moments(world, stay.entered_at, until, world.dice.randint(1, _MANY[stay.stage.slug]))
            texts = world.dice.sample(_POOLS[stay.stage.slug], len(moments))
            said += [
                _talk(world, story, template, at=at, by=by or story.by, machines=machines)
                for at, template in zip(moments, texts, strict=True)
            ]
            if stay.stage.slug == "sal" and moments and world.chance(0.4):
                missed = max(stay.entered_at, moments[0] - timedelta(hours=world.dice.randint(2, 20)))
                text = world.pick(words.NOT_REACHED)
                said.append(Said(Talk.CALL, missed, by or story.by, text, was_reached=False))
    return said


def _moments(world: World, since: datetime, until: datetime, many: int) -> list[datetime]:
    span = min(until - since, timedelta(days=40))
    drawn = sorted(world.worked(since + span * world.dice.uniform(0.1, 0.95)) for _ in range(many))
    inside = [at for at in drawn if since < at < until]
    return inside or ([since + span / 2] if span > timedelta(minutes=_QUARREL) else [])


def _talk(world: World, story: Story, template: tuple[Talk, str], *, at: datetime, by: Person, machines: int) -> Said:
    (talk, text), lead = template, story.lead
    filled = text.format(
        machines=machines,
        company=lead.company.name if lead.company else "",
        name=lead.first_name,
    )
    minutes = {Talk.CALL: (4, 35), Talk.MEETING: (30, 120)}.get(talk)
    return Said(talk, at, by, filled, world.dice.randint(*minutes) if minutes else None)


def steps_along(world: World, story: Story) -> list[Step]:
    """The first call, done, of what got beyond it; and for open leads mostly one step to come, here and there late."""
    steps: list[Step] = []
    lead, current = story.lead, story.passages[-1]
    for stay, following in pairwise(current.stays):
        if stay.stage.slug == "sal" and following.stage.slug == "sql" and lead.owner:
            tomorrow = stay.entered_at + timedelta(days=1)
            word = world.pick(words.FIRST_CALL_DONE)
            steps.append(Step("First call", tomorrow, lead.owner, stay.entered_at, following.entered_at, word))
    slug = current.stays[-1].stage.slug
    share = {"new": 0.45, "engaged": 0.55, "mql": 0.9, "sal": 0.9, "sql": 0.9, "proposal": 0.95}.get(slug, 0)
    if world.chance(share):
        by = lead.owner or lead.marketer or story.by
        set_at = max([current.stays[-1].entered_at, *(talk.at for talk in story.said)])
        due = world.due(f"{_days(world)} {world.dice.randint(8, 16):02}:{world.pick(['00', '30'])}")
        assert due is not None
        steps.append(Step(world.pick(words.STEPS[slug]), max(due, set_at), by, set_at))
    return steps


def _days(world: World) -> int:
    """Working days until a step is due: one in ten is late, most are soon."""
    return -world.dice.randint(1, 4) if world.chance(0.1) else world.pick([1, 1, 2, 2, 3, 3, 4, 5, 7, 9, 12])
