"""The demo company's leads: three hundred people of 140 companies, with what happened to them in a year."""

from datetime import datetime

from leads.funnel.models import Stage
from leads.records import actions
from leads.records.actions import steps
from leads.records.demo import known, lists, others, writing
from leads.records.demo.stories import Story
from leads.records.demo.world import World, world
from leads.records.models import Company, CustomField, Lead, Segment
from workspace.people.models import Person


def load(now: datetime) -> None:
    """Tell the stories as seen at `now`. They need the Classic funnel, with which a workspace begins."""
    here = world(now)
    CustomField.objects.create(
        on=CustomField.On.COMPANY, key="machines", label="Machines", kind=CustomField.Kind.NUMBER, is_demo=True
    )
    by_name = known.companies(here)
    drawn = others.companies(here, by_name)
    stories = [*known.stories(here, by_name), *others.stories(here, drawn)]
    companies = [*by_name.values(), *drawn]
    _make_customers(here, companies, stories)
    writing.write_companies(companies, here.people["admin"])
    writing.write_stories(stories)
    lists.save(here)
    steps.follow([story.lead.pk for story in stories if story.lead.next_step], by=None, at=now)


def _make_customers(here: World, companies: list[Company], stories: list[Story]) -> None:
    """A company that bought has its first day as a customer, a day of renewal, and an account owner."""
    for story in stories:
        won = [passage.closed_at for passage in story.passages if passage.stays[-1].stage.kind == Stage.Kind.WON]
        company = story.lead.company
        if not won or company is None or won[0] is None:
            continue
        since = min(won[0].date(), company.customer_since_date or won[0].date())
        company.customer_since_date = since
        company.renewal_date = since.replace(year=since.year + 1, day=min(since.day, 28))
        company.account_owner = story.lead.owner
    known_since: dict[int, datetime] = {}
    for story in stories:
        first = story.passages[0].stays[0].entered_at
        known_since[id(story.lead.company)] = min(first, known_since.get(id(story.lead.company), here.now))
    for company in companies:
        company.created_at = known_since.get(id(company), company.created_at)


def _free_from_demo_people(by: Person | None, at: datetime) -> None:
    """Take the demo people off real leads and companies; what they were to sort goes to who removes them."""
    people = Person.objects.filter(is_demo=True)
    real = Lead.objects.living().filter(is_demo=False)
    for hand in ("owner", "marketer"):
        actions.change_many(list(real.filter(**{f"{hand}__in": people})), {hand: None}, by=by, at=at)
    for company in Company.objects.living().filter(is_demo=False, account_owner__in=people):
        actions.change_company(company, {"account_owner": None}, by=by, at=at)
    if by is not None:
        real.filter(to_sort_by__in=people).update(to_sort_by=by)


def remove(by: Person | None, at: datetime) -> None:
    """Delete the demo leads with all that hangs on them; what real leads refer to becomes the workspace's own."""
    _free_from_demo_people(by, at)
    # Merged ones hold those into which they were merged.
    Lead.objects.filter(is_demo=True, merged_into__isnull=False).update(merged_into=None)
    Segment.objects.filter(is_demo=True).delete()
    Lead.objects.filter(is_demo=True).delete()
    companies = Company.objects.filter(is_demo=True)
    companies.filter(leads__isnull=False).update(is_demo=False)
    companies.filter(is_demo=True).delete()
    fields = CustomField.objects.filter(is_demo=True)
    for field in fields:
        model = Lead if field.on == CustomField.On.LEAD else Company
        if model._default_manager.filter(custom__has_key=field.key).exists():
            field.is_demo = False
            field.save(update_fields=["is_demo"])
    fields.filter(is_demo=True).delete()
