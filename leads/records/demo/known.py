"""The stories of the leads that everybody knows."""

from datetime import timedelta
from typing import Final

from leads.records.actions import Talk
from leads.records.demo import paths, talks
from leads.records.demo.cast import KNOWN, Known
from leads.records.demo.stories import Passage, Said, Stay, Step, Story
from leads.records.demo.world import World, plain
from leads.records.models import Company, Lead

PERSONAS: Final = {"Foundry manager": "Plant manager", "Fleet manager": "Operations director"}
TALKED = 0.7  # how much of the newest talk's age lies between it and the entry into the present stage, at least

# Anke Vollmer is the lead of the tour: her days in each stage, and what else was said.
ANKE: Final = "Anke Vollmer"
ANKE_DAYS: Final = {"new": 44.9, "engaged": 41.75, "mql": 0.75}
ANKE_SAID: Final = (
    (40.0, Talk.NOTE, "Downloaded “What a stop costs a brewery”.", None),
    (19.0, Talk.CALL, "40 machines on two lines, all on paper routes. Decides with the plant manager; he signs over €25 k.", 11),
    (5.0, Talk.NOTE, "Stayed to the end of “Retrofit without a stop”. Asked how sensors hold on a wet gearbox.", None),
    (1.0, Talk.NOTE, "“Two gearboxes in one summer. I do not want to explain a third.” Also looks at Vibrosys.", None),
)  # fmt: skip


def companies(world: World) -> dict[str, Company]:
    """Their companies by name."""
    made: dict[str, Company] = {}
    for known in KNOWN:
        made[known.company] = Company(
            name=known.company,
            domain=known.domain,
            industry=known.industry,
            country=known.country,
            city=known.town,
            people_count=340 if known.name == "Uwe Kranz" else world.dice.randint(6, 120) * 10,
            custom={"machines": 40 if known.name == "Uwe Kranz" else world.dice.randint(8, 90)},
            created_at=world.days_ago(400),
            is_demo=True,
        )
    return made


def stories(world: World, by_name: dict[str, Company]) -> list[Story]:
    return [_story(world, known, by_name[known.company]) for known in KNOWN]


def _story(world: World, known: Known, company: Company) -> Story:
    marketer, owner = world.people[known.marketer], world.people.get(known.owner)
    last_at = world.now - timedelta(minutes=known.minutes_ago)
    first_name, _space, last_name = known.name.partition(" ")
    lead = Lead(
        first_name=first_name,
        last_name=last_name,
        email=f"{plain(first_name)}@{known.domain}",
        job_title=known.job_title,
        company=company,
        industry=known.industry,
        country=known.country,
        city=known.town,
        source=world.pick([world.sources[name] for name in ("Search", "Webinar", "Download", "Fair")]),
        campaign=world.campaigns["Quiet lines, autumn"],
        persona=world.personas[PERSONAS.get(known.job_title, known.job_title)],
        owner=owner,
        marketer=marketer,
        consent={"mail": True, "visits": world.chance(0.7)},
        consent_at=world.days_ago(30),
    )
    lead.buying_role = lead.persona.buying_role if lead.persona else ""
    stays = _anke_stays(world) if known.name == ANKE else _stays(world, known)
    machines = int(company.custom["machines"])
    offering = None if known.stage in ("new", "engaged") else world.offerings["Pilot package"]
    value = paths.passage(world, stays, machines, known.value).value
    story = Story(lead, marketer, [Passage(stays, value, offering)])
    if owner:
        story.handed_at = next(stay.entered_at for stay in stays if stay.stage.slug == "sal")
        story.handed_by = world.people["sales-lead"]
    story.said = _said(world, story, known, machines)
    if due := world.due(known.due):
        story.steps = [*talks.steps_along(world, story)[:-1], Step(known.step, due, owner or marketer, last_at)]
    if known.name == ANKE:
        _complete_anke(world, story)
    return story


def _stays(world: World, known: Known) -> list[Stay]:
    """Along the path to the present stage; Nadia Haddad's went to sales and came back."""
    path = paths.OPEN_PATH[: paths.OPEN_PATH.index(known.stage) + 1]
    if known.name == "Nadia Haddad":
        path = ("new", "engaged", "mql", "sal", "mql")
    owner = world.people.get(known.owner) or world.people["ines"]
    days = known.minutes_ago / 1_440 + world.dice.uniform(TALKED, 9)
    return paths.stays(
        world, path, ends_at=world.days_ago(days), marketer=world.people[known.marketer], owner=owner, to_end=False
    )


def _said(world: World, story: Story, known: Known, machines: int) -> list[Said]:
    """What was said on the way, up to the newest talk."""
    talk, text = known.last
    at = world.now - timedelta(minutes=known.minutes_ago)
    by = story.lead.owner or story.by
    reached = not text.startswith("Not reached")
    newest = Said(talk, at, by, text, minutes=9 if talk is Talk.CALL and reached else None, was_reached=reached)
    earlier = [said for said in talks.said_along(world, story, machines) if said.at < at - timedelta(hours=1)]
    return [*([] if known.name == ANKE else earlier), newest]


def _anke_stays(world: World) -> list[Stay]:
    marketer = world.people["marketer"]
    return [Stay(world.stages[slug], world.days_ago(days), marketer) for slug, days in ANKE_DAYS.items()]


def _complete_anke(world: World, story: Story) -> None:
    lead = story.lead
    lead.phone, lead.source = "+49 30 5550 0142", world.sources["Webinar"]
    lead.consent = {"mail": True, "visits": True}
    lead.consent_at = world.now - timedelta(days=40)
    story.tags = [world.tags["brewery"], world.tags["pilot-q1"]]
    story.interests = [world.interests["Retrofit without a stop"], world.interests["Gearbox monitoring"]]
    story.said += [Said(talk, world.days_ago(days), story.by, text, minutes) for days, talk, text, minutes in ANKE_SAID]
