"""The stories of everybody else: some 280 leads of a hundred companies, drawn with the dice."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from leads.records.demo import paths, talks, words
from leads.records.demo.places import PLACES, Place
from leads.records.demo.stories import Passage, Story
from leads.records.demo.world import World, plain
from leads.records.models import Company, Lead

COMPANIES: Final = 106
# How many leads stand where.
OPEN: Final = {"new": 46, "engaged": 52, "mql": 20, "sal": 13, "sql": 12, "proposal": 9}
WON, COME_BACK, LOST, DISQUALIFIED, ASLEEP, TO_SORT = 34, 6, 47, 24, 13, 9
JOB_TITLES: Final = {
    "Maintenance lead": ("Maintenance lead", "Head of maintenance", "Maintenance engineer"),
    "Plant manager": ("Plant manager", "Production manager"),
    "Operations director": ("Operations director", "Head of operations"),
    "Quality manager": ("Quality manager", "Quality engineer"),
    "Buyer": ("Buyer", "Head of purchasing"),
    "IT lead": ("IT lead", "Network administrator"),
}
MARKETERS: Final = ("marketer", "marketer", "hanna", "hanna", "marketing-lead")
REPS: Final = ("rep", "rep", "felix", "ines", "daniel")
CAMPAIGN_SPAN = timedelta(days=70)


def companies(world: World, taken: Collection[str]) -> list[Company]:
    """Companies whose names nobody else has, none of `taken` either, over all countries."""
    made: dict[str, Company] = {}
    while len(made) < COMPANIES:
        place = world.pick(PLACES)
        industry = world.pick(list(place.companies))
        family, town = world.pick(place.last_names), world.pick(place.towns)
        pattern = world.pick(place.companies[industry])
        name = pattern.format(town if pattern.startswith("Stadtwerke") else family)
        if name in made or name in taken:
            continue
        people = world.dice.choice([40, 60, 80, 120, 180, 240, 350, 500, 800, 1_200])
        made[name] = Company(
            name=name,
            domain=f"{plain(name)}.example",
            industry=industry,
            country=place.country,
            city=town,
            people_count=people,
            custom={"machines": max(6, people // world.dice.randint(6, 14))},
            created_at=world.days_ago(world.dice.randint(366, 420)),
            is_demo=True,
        )
    return list(made.values())


def stories(world: World, its_companies: Sequence[Company]) -> list[Story]:
    """All of them; the first meets of each company come first."""
    kinds = [slug for slug, many in OPEN.items() for _ in range(many)]
    kinds += ["won"] * WON + ["lost"] * LOST + ["disqualified"] * DISQUALIFIED
    kinds += ["asleep"] * ASLEEP + ["to sort"] * TO_SORT
    world.dice.shuffle(kinds)
    taken: set[str] = set()
    told, back = [], 0
    for place, kind in enumerate(kinds):
        company = its_companies[place] if place < len(its_companies) else world.pick(its_companies)
        lead = _lead(world, company, taken)
        if kind == "to sort":
            told.append(_to_sort(world, lead))
            continue
        comes_back = kind == "won" and back < COME_BACK
        back += comes_back
        told.append(_told(world, lead, kind, comes_back=comes_back))
    return told


def _lead(world: World, company: Company, taken: set[str]) -> Lead:
    """Somebody who works at `company`."""
    place: Place = next(place for place in PLACES if place.country == company.country)
    while True:
        first_name, last_name = world.pick(place.first_names), world.pick(place.last_names)
        email = f"{plain(first_name)}.{plain(last_name)}@{company.domain}"
        if email not in taken:
            break
    taken.add(email)
    persona = world.pick(list(world.personas))
    has_phone = world.chance(0.7)
    return Lead(
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=f"{place.dial} {world.dice.randint(100, 199)}" if has_phone else "",
        job_title=world.pick(JOB_TITLES[persona]),
        company=company,
        industry=company.industry,
        country=company.country,
        city=company.city,
        source=world.pick(list(world.sources.values())),
        persona=world.personas[persona] if world.chance(0.8) else None,
        marketer=world.people[world.pick(MARKETERS)],
        consent={"mail": True} if world.chance(0.75) else {},
    )


def _told(world: World, lead: Lead, kind: str, *, comes_back: bool) -> Story:
    path = _path(world, kind)
    assert lead.marketer is not None
    assert lead.company is not None
    owner = world.people[world.pick(REPS)] if "sal" in path else None
    lead.owner = owner
    is_end = kind in ("won", "lost", "disqualified")
    days = (
        world.dice.uniform(160, 290) if comes_back else world.dice.uniform(3, 230) if is_end else _age(world, path[-1])
    )
    machines = int(lead.company.custom["machines"])
    told = paths.stays(world, path, ends_at=world.days_ago(days), marketer=lead.marketer, owner=owner, to_end=is_end)
    story = Story(lead, lead.marketer, [paths.passage(world, told, machines)])
    if comes_back and owner:
        again = world.pick([("sql", "proposal"), ("sql",), ("sql", "proposal", "won")])
        ends_at = world.days_ago(world.dice.uniform(5, 60))
        stays = paths.stays(world, again, ends_at=ends_at, marketer=lead.marketer, owner=owner, to_end=True)
        story.passages.append(paths.passage(world, stays, machines))
    _detail(world, story, kind, machines)
    return story


def _path(world: World, kind: str) -> tuple[str, ...]:
    """The stages that the lead passed."""
    if kind == "asleep":
        return paths.OPEN_PATH[: world.pick([2, 2, 3])]
    if kind == "won":
        return (*paths.OPEN_PATH, "won")
    if kind == "lost":
        return (*paths.OPEN_PATH[: world.pick([4, 5, 5, 6, 6, 6])], "lost")
    if kind == "disqualified":
        return (*paths.OPEN_PATH[: world.pick([4, 4, 5])], "disqualified")
    whole = paths.OPEN_PATH[: paths.OPEN_PATH.index(kind) + 1]
    return (*whole, "sal", "mql") if kind == "mql" and world.chance(0.15) else whole


def _age(world: World, slug: str) -> float:
    """Days that an open lead has been where it is: mostly few, with a long tail."""
    fewest, most = paths.DAYS[slug]
    return max(0.1, world.dice.triangular(0, most * 2.5, fewest))


def _detail(world: World, story: Story, kind: str, machines: int) -> None:
    """Hands, talks, steps, marks and sleep."""
    lead, first = story.lead, story.passages[0]
    handed = [stay.entered_at for stay in first.stays if stay.stage.slug == "sal"]
    if handed:
        story.handed_at, story.handed_by = handed[0], world.people["sales-lead"]
        if first.stays[-1].stage.slug == "mql":
            lead.owner = None
    lead.consent_at = first.stays[0].entered_at if lead.consent else None
    story.said = talks.said_along(world, story, machines)
    story.tags = world.dice.sample(list(world.tags.values()), world.pick([0, 0, 1, 1, 2]))
    story.interests = world.dice.sample(list(world.interests.values()), world.pick([0, 1, 1, 2]))
    since = first.stays[0].entered_at.date()
    running = [
        campaign
        for campaign in world.campaigns.values()
        if campaign.starts_date and timedelta() <= since - campaign.starts_date <= CAMPAIGN_SPAN
    ]
    lead.campaign = world.pick(running) if running and world.chance(0.7) else None
    if kind == "asleep":
        lead.asleep_until = (world.now + timedelta(days=world.dice.randint(20, 120))).date()
        lead.asleep_reason = world.pick(words.ASLEEP)
        story.slept_at = max([first.stays[-1].entered_at, *(talk.at for talk in story.said)])
    else:
        story.steps = talks.steps_along(world, story)
    if lead.owner and world.chance(0.3):
        lead.crm_url = f"https://crm.fennmark.example/deals/{world.dice.randint(10_000, 99_999)}"


def _to_sort(world: World, lead: Lead) -> Story:
    """A badge from the fair's scanner, which somebody has yet to look at."""
    by = world.people[world.pick(["marketer", "marketer", "hanna", "rep"])]
    lead.marketer, lead.persona = None, None
    lead.source, lead.to_sort_by = world.sources["Fair"], by
    lead.to_sort_until = (world.now + timedelta(days=world.dice.randint(1, 6))).date()
    stays = paths.stays(world, ("new",), ends_at=world.days_ago(2), marketer=by, owner=None, to_end=False)
    return Story(lead, by, [Passage(stays, None, None)], file="fair-badges.csv")
