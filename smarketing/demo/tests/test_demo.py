"""The demo workspace: what it holds, that it keeps the house's rules, and that it goes without a trace."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Model, Q
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from leads.audience.models import Persona
from leads.funnel.models import DEFINITIONS, Offering, Source, Stage, Tag
from leads.records import actions
from leads.records.models import Company, CustomField, Deal, Lead, Segment, StagePassage
from smarketing import demo
from smarketing.options import DEMO_WAS_REMOVED
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.options import actions as options
from workspace.pages.options import WORKSPACE_NAME
from workspace.people import actions as people
from workspace.people.demo import cast
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def fennmark(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Fennmark, loaded once for all tests of this module; each test's own changes are rolled back to here."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        demo.load(NOW)
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def olga() -> Person:
    """A real administrator."""
    return people.add_person("olga@example.com", name="Olga", role=Role.ADMINISTRATOR, departments=[], by=None, at=NOW)


@pytest.mark.usefixtures("fennmark")
def test_the_departments_owe_each_other_something_and_every_next_step_is_owed() -> None:
    promises = Commitment.objects.promises()
    steps = Lead.objects.exclude(next_step="")
    owed = Commitment.objects.open().filter(kind="next_step")

    assert set(promises.values_list("state", flat=True)) == {"running", "paused", "met", "met_late"}
    assert set(promises.values_list("debtor_department__key", flat=True)) == {"M", "S"}
    assert steps.count() > 20
    assert set(owed.values_list("subject_id", "text", "due_at")) == set(
        steps.values_list("pk", "next_step", "next_step_at")
    )


@pytest.mark.usefixtures("fennmark")
def test_the_year_of_fennmark_has_what_pages_show() -> None:
    leads = Lead.objects.all()

    assert 280 <= leads.count() <= 340
    assert Company.objects.count() == 140
    assert set(leads.values_list("stage__slug", flat=True)) == set(Stage.objects.values_list("slug", flat=True))
    assert leads.filter(next_step_at__lt=NOW).count() >= 5
    assert leads.filter(asleep_until__gt=NOW.date()).exists()
    assert leads.filter(to_sort_until__gt=NOW.date(), to_sort_by__email="marketer@demo.example").exists()
    assert Deal.objects.filter(number=2).count() >= 5
    assert WORKSPACE_NAME.get() == "Fennmark"
    assert not DEMO_WAS_REMOVED.get()


@pytest.mark.usefixtures("fennmark")
def test_everything_of_it_is_marked_as_demo() -> None:
    marked: list[type[Model]] = [Person, *DEFINITIONS, Persona, CustomField, Company, Lead, Segment, JournalEntry]

    assert {model.__name__: model._default_manager.filter(is_demo=False).count() for model in marked} == {
        model.__name__: 0 for model in marked
    }


@pytest.mark.usefixtures("fennmark")
def test_a_lead_is_a_copy_of_its_current_deal_and_of_where_it_stays() -> None:
    deals = Deal.objects.filter(is_current=True)
    differs = (
        ~Q(stage=F("lead__stage"))
        | Q(lead__closed_at__isnull=False, closed_at=None)
        | (Q(value__isnull=False) & ~Q(value=F("lead__value")))
        | ~Q(currency=F("lead__currency"))
    )

    assert deals.count() == Lead.objects.count()
    assert not deals.filter(differs).exists()
    assert not deals.exclude(passages__left_at=None, passages__stage=F("stage")).exists()
    assert not Lead.objects.filter(stage_entered_at__lt=F("created_at")).exists()
    assert not StagePassage.objects.filter(left_at__lt=F("entered_at")).exists()


@pytest.mark.usefixtures("fennmark")
def test_every_lead_would_pass_the_rules_of_a_form() -> None:
    for lead in Lead.objects.all():
        lead.full_clean(exclude=["sort_name", "search_text"])
    for company in Company.objects.all():
        company.full_clean(exclude=["sort_name", "search_text"])


@pytest.mark.usefixtures("fennmark")
def test_no_move_breaks_a_rule_of_moving() -> None:
    moves = JournalEntry.objects.filter(verb="lead.moved")
    ends = moves.filter(facts__to_stage__in=["lost", "disqualified"])
    back = moves.filter(facts__from_stage="sal", facts__to_stage="mql")

    assert ends.count() > 50
    assert not ends.filter(facts__reason="").exists()
    assert not ends.filter(facts__reason="Other", personal__reason_text="").exists()
    assert back.exists()
    assert not back.filter(personal__reason_text="").exists()


@pytest.mark.usefixtures("fennmark")
def test_nothing_of_it_lies_in_the_future() -> None:
    assert not JournalEntry.objects.filter(at__gt=NOW).exists()
    assert not StagePassage.objects.filter(entered_at__gt=NOW).exists()
    assert not Lead.objects.filter(created_at__lt=NOW - timedelta(days=420)).exists()


@pytest.mark.usefixtures("fennmark")
def test_the_journal_tells_it_in_the_same_words_as_the_actions_do() -> None:
    told = {entry.verb: _shape(entry) for entry in JournalEntry.objects.all()}
    mara = cast()["rep"]

    lead = actions.create({"email": "iris@example.com"}, by=mara, at=NOW)
    actions.move(lead, Stage.objects.get(slug="engaged"), by=mara, at=NOW)
    actions.set_next_step(lead, "Call", due_at=LATER, by=mara, at=NOW)
    actions.finish_next_step(lead, by=mara, at=NOW, text="Reached.")
    for talk in actions.Talk:
        actions.log_talk(lead, talk, text="Said.", by=mara, at=NOW)
    actions.change(lead, {"owner": mara.pk, "asleep_until": NOW.date(), "asleep_reason": "The fair"}, by=mara, at=NOW)
    actions.move(lead, Stage.objects.get(slug="won"), by=mara, at=NOW)
    actions.open_next_deal(lead, by=mara, at=NOW)
    written = {entry.verb: _shape(entry) for entry in JournalEntry.objects.filter(is_demo=False)}

    assert set(written) <= set(told)
    assert {verb: told[verb] for verb in written} == written


def _shape(entry: JournalEntry) -> tuple[set[str], set[str]]:
    return set(entry.facts), set(entry.personal)


@pytest.mark.usefixtures("fennmark")
def test_removing_it_leaves_nothing_of_it(olga: Person) -> None:
    actions.log_talk(Lead.objects.get(last_name="Vollmer"), actions.Talk.NOTE, text="Olga was here.", by=olga, at=NOW)

    demo.remove(by=olga, at=LATER)

    assert list(Person.objects.all()) == [olga]
    left: list[type[Model]] = [*DEFINITIONS, Persona, CustomField, Company, Lead, Deal, StagePassage, Segment]
    assert {model.__name__: model._default_manager.count() for model in left} == {model.__name__: 0 for model in left}
    assert not JournalEntry.objects.filter(subject_kind="lead").exists()
    assert WORKSPACE_NAME.get() == WORKSPACE_NAME.default
    assert not demo.is_loaded()


@pytest.mark.usefixtures("fennmark")
def test_a_real_lead_and_what_it_refers_to_stay(olga: Person) -> None:
    mara = cast()["rep"]
    lead = actions.create(
        {"email": "iris@example.com", "company": "Brauhaus Ostertal", "source": "Fair", "tags": ["brewery"],
         "persona": "Buyer", "owner": mara.pk},
        by=mara,
        at=NOW,
    )  # fmt: skip

    demo.remove(by=olga, at=LATER)

    lead.refresh_from_db()
    assert lead.owner is None
    assert [tag.name for tag in lead.tags.all()] == ["brewery"]
    assert [company.name for company in Company.objects.filter(is_demo=False)] == ["Brauhaus Ostertal"]
    assert Source.objects.get().name == "Fair"
    assert Tag.objects.get().name == "brewery"
    assert [persona.name for persona in Persona.objects.all()] == ["Buyer"]
    mara.refresh_from_db()
    assert not mara.is_active
    assert not mara.is_demo
    verbs = JournalEntry.objects.on_thread("lead", lead.pk).values_list("verb", flat=True)
    assert list(verbs) == ["lead.assigned", "lead.created"]


@pytest.mark.usefixtures("fennmark")
@pytest.mark.usefixtures("fennmark")
def test_what_a_customer_bought_before_stays_in_the_earlier_deal(olga: Person) -> None:
    ada = actions.create({"last_name": "Byron", "email": "ada@example.com", "offering": "Sensor kit"}, by=olga, at=NOW)
    actions.move(ada, Stage.objects.get(slug="won"), by=olga, at=NOW)
    actions.open_next_deal(Lead.objects.get(pk=ada.pk), by=olga, at=NOW)

    demo.remove(by=olga, at=LATER)

    kit = Offering.objects.get()
    assert (kit.name, kit.is_demo) == ("Sensor kit", False)
    assert list(Deal.objects.order_by("number").values_list("offering", flat=True)) == [kit.pk, None]


def test_once_removed_it_is_not_loaded_again(olga: Person) -> None:
    demo.remove(by=olga, at=LATER)

    demo.load(LATER)

    assert not demo.is_loaded()


@pytest.mark.usefixtures("fennmark")
def test_the_same_moment_tells_the_same_year(olga: Person) -> None:
    rows = Lead.objects.order_by("email").values_list("email", "stage__slug", "value", "next_step", "next_step_at")
    first = list(rows.all())
    demo.remove(by=olga, at=NOW)
    options.change(DEMO_WAS_REMOVED, False, by=olga, at=NOW)

    demo.load(NOW)

    assert list(rows.all()) == first


@pytest.mark.usefixtures("fennmark")
def test_administrators_remove_it_from_their_settings(client: Client, olga: Person) -> None:
    client.force_login(olga)
    assert reverse("remove_demo") in client.get(reverse("people:settings")).text
    assert "314 demo leads" in client.get(reverse("remove_demo")).text

    page = client.post(reverse("remove_demo"), follow=True)

    assert "The demo workspace is gone." in page.text
    assert not demo.is_loaded()
    assert reverse("remove_demo") not in client.get(reverse("people:settings")).text


@pytest.mark.usefixtures("fennmark")
def test_a_demo_person_cannot_remove_the_ground_under_their_feet(client: Client) -> None:
    client.force_login(cast()["admin"])

    page = client.post(reverse("remove_demo"))

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Invite yourself" in page.text
    assert demo.is_loaded()


@pytest.mark.usefixtures("fennmark")
def test_others_neither_see_nor_use_the_way_out(client: Client) -> None:
    client.force_login(cast()["rep"])

    assert reverse("remove_demo") not in client.get(reverse("people:settings")).text
    assert client.post(reverse("remove_demo")).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.usefixtures("fennmark")
def test_the_command_removes_it_and_tells_how_to_come_in(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("remove_demo", "--yes")

    assert not Person.objects.exists()
    printed = capsys.readouterr().out
    assert "Removed 314 demo leads and 11 demo people." in printed
    assert "/join/" in printed
    with pytest.raises(CommandError, match="no demo workspace"):
        call_command("remove_demo", "--yes")
