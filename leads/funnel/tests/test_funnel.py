"""The funnel: its templates, its definitions, and the administration that saves by the action. Otto administers."""

import threading
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from leads.funnel import actions, templates, uses
from leads.funnel.models import Campaign, Reason, Source, Stage, Tag
from leads.funnel.templates import StageTemplate
from workspace.journal.models import JournalEntry
from workspace.people.actions import add_person
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.registry import Registry
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto() -> Person:
    return add_person("otto@fennmark.example", name="Otto", role=Role.ADMINISTRATOR, departments="", by=None, at=NOW)


@pytest.fixture
def as_otto(client: Client, otto: Person) -> Client:
    client.force_login(otto)
    return client


def told() -> list[str]:
    return [str(entry.line) for entry in JournalEntry.objects.order_by("pk")]


def test_a_workspace_begins_with_the_classic_path() -> None:
    path = [(stage.name, stage.department.key, stage.part) for stage in Stage.objects.on_path()]

    assert path == [
        ("New", "M", "top"), ("Engaged", "M", "top"), ("MQL", "M", "middle"), ("SAL", "S", "middle"),
        ("SQL", "S", "middle"), ("Proposal", "S", "bottom"), ("Won", "S", "bottom"),
    ]  # fmt: skip
    assert set(Stage.objects.exclude(kind="open").values_list("name", flat=True)) == {"Won", "Lost", "Disqualified"}


@pytest.mark.parametrize("template", [templates.classic, templates.simple])
def test_each_template_says_what_the_other_side_does_and_ends_in_one_won_stage(
    template: Callable[[], list[StageTemplate]],
) -> None:
    Reason.objects.all().delete()
    Stage.objects.all().delete()

    stages = actions.lay_out(template())

    assert all(stage.meaning and stage.other_side for stage in stages)
    assert [stage.kind for stage in stages].count(Stage.Kind.WON) == 1
    assert {stage.department.key for stage in stages} == {"M", "S"}


def test_other_is_the_last_reason_of_each_list_and_asks_for_words() -> None:
    for kind in Reason.Kind:
        *others, last = Reason.objects.filter(kind=kind)
        assert (last.name, last.asks_text) == ("Other", True)
        assert not any(reason.asks_text for reason in others)


def test_a_laid_out_funnel_is_not_laid_out_again() -> None:
    with pytest.raises(ValidationError, match="has stages already"):
        actions.lay_out(templates.simple())


def test_a_new_definition_is_journalled_and_a_change_says_of_what(otto: Person) -> None:
    source = actions.save_definition(Source(), {"name": "Podcast"}, by=otto, at=NOW)
    actions.save_definition(source, {"name": "Podcasts", "is_active": True}, by=otto, at=NOW)
    actions.save_definition(source, {"name": "Podcasts"}, by=otto, at=NOW)

    assert told() == ["added the source “Podcast”", "changed the source “Podcasts”: name"]


def test_a_change_leaves_alone_what_a_colleague_changed_since_it_was_read(otto: Person) -> None:
    source = actions.save_definition(Source(), {"name": "Podcast"}, by=otto, at=NOW)
    stage = Stage.objects.get(slug="sql")
    for one, name in ((Source.objects.get(), "Podcasts"), (Stage.objects.get(slug="sql"), "Sales-qualified")):
        actions.save_definition(one, {"name": name}, by=otto, at=NOW)

    actions.save_definition(source, {"is_active": False}, by=otto, at=NOW)
    actions.save_definition(stage, {"meaning": "We see a deal."}, by=otto, at=NOW)

    assert Source.objects.values_list("name", "is_active").get() == ("Podcasts", False)
    assert Stage.objects.values_list("name", "meaning").get(slug="sql") == ("Sales-qualified", "We see a deal.")
    assert told()[-2:] == [
        "changed the source “Podcasts”: in use", "changed the stage “Sales-qualified”: what it means",
    ]  # fmt: skip


def test_a_name_is_unique_whatever_the_case() -> None:
    actions.save_definition(Tag(), {"name": "Brewery"}, by=None, at=NOW)

    with pytest.raises(ValidationError, match="tag_name_is_unique"):
        actions.save_definition(Tag(), {"name": "brewery"}, by=None, at=NOW)


def test_a_campaign_ends_after_its_start() -> None:
    with pytest.raises(ValidationError, match="campaign_ends_after_its_start"):
        actions.save_definition(
            Campaign(), {"name": "Fair", "starts_date": NOW.date(), "ends_date": NOW.date().replace(day=1)},
            by=None, at=NOW,
        )  # fmt: skip


def test_a_stage_keeps_its_slug_when_its_name_changes() -> None:
    sales = Department.objects.get(key="S")
    values = {"name": "Pilot runs", "position": 55, "part": "middle", "department": sales}
    stage = actions.save_definition(Stage(), values, by=None, at=NOW)
    assert stage.slug == "pilot-runs"

    actions.save_definition(stage, {"name": "Pilot"}, by=None, at=NOW)

    assert Stage.objects.get(name="Pilot").slug == "pilot-runs"


def test_two_stages_that_sound_alike_have_slugs_of_their_own() -> None:
    sales = Department.objects.get(key="S")
    values = {"position": 55, "part": "middle", "department": sales}

    first = actions.save_definition(Stage(), {**values, "name": "Pilot!"}, by=None, at=NOW)
    second = actions.save_definition(Stage(), {**values, "name": "Pilot?"}, by=None, at=NOW)

    assert (first.slug, second.slug) == ("pilot", "pilot-2")


@pytest.mark.parametrize("change", [{"is_active": False}, {"kind": "lost"}])
def test_the_only_won_stage_stays(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="won stage to end in"):
        actions.save_definition(Stage.objects.get(kind="won"), change, by=None, at=NOW)


def test_the_last_open_stage_stays() -> None:
    first, *others = Stage.objects.filter(kind="open")
    for stage in others:
        actions.save_definition(stage, {"is_active": False}, by=None, at=NOW)

    with pytest.raises(ValidationError, match="open stage to begin with"):
        actions.save_definition(first, {"is_active": False}, by=None, at=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_two_who_retire_the_last_two_open_stages_at_once_leave_one(_round: int) -> None:
    *others, sql, proposal = Stage.objects.filter(kind="open")
    for stage in others:
        actions.save_definition(stage, {"is_active": False}, by=None, at=NOW)
    together = threading.Barrier(2)
    refused: list[ValidationError] = []

    def retire(stage: Stage) -> None:
        connection.ensure_connection()
        together.wait()
        try:
            actions.save_definition(stage, {"is_active": False}, by=None, at=NOW)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=retire, args=[stage]) for stage in (sql, proposal)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Stage.objects.active().filter(kind="open").count() == 1
    assert [list(error.message_dict) for error in refused] == [["kind"]]


def test_the_kind_of_a_stage_that_nobody_passed_may_change() -> None:
    sales = Department.objects.get(key="S")
    values = {"name": "Pilot", "position": 55, "part": "middle", "department": sales}
    Stage.objects.get(kind="disqualified").delete()
    pilot = actions.save_definition(Stage(), values, by=None, at=NOW)

    actions.save_definition(pilot, {"kind": "disqualified"}, by=None, at=NOW)

    pilot.refresh_from_db()
    assert pilot.kind == "disqualified"


def test_the_kind_of_a_stage_on_which_a_room_above_rests_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uses, "_uses", Registry[uses.Use]("use of stages"))
    uses.register("tests", lambda stage: stage.slug == "sql")
    sql, engaged = Stage.objects.get(slug="sql"), Stage.objects.get(slug="engaged")

    with pytest.raises(ValidationError) as refused:
        actions.save_definition(sql, {"kind": "lost"}, by=None, at=NOW)

    assert list(refused.value.message_dict) == ["kind"]
    actions.save_definition(sql, {"kind": "open", "name": "Sales-qualified"}, by=None, at=NOW)
    with pytest.raises(ValidationError, match="one_stage_a_closed_kind"):
        actions.save_definition(engaged, {"kind": "lost"}, by=None, at=NOW)


def test_a_closed_kind_has_one_stage() -> None:
    sales = Department.objects.get(key="S")
    values = {"name": "Gone", "position": 95, "part": "bottom", "department": sales, "kind": "lost"}

    with pytest.raises(ValidationError, match="one_stage_a_closed_kind"):
        actions.save_definition(Stage(), values, by=None, at=NOW)


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER, Role.REVENUE_LEAD, Role.READ_ONLY])
def test_only_administrators_define_the_funnel(role: Role) -> None:
    somebody = add_person("x@fennmark.example", name="X", role=role, departments="S", by=None, at=NOW)

    for row, values in ((Source(), {"name": "Podcast"}), (Stage.objects.get(slug="new"), {"name": "Fresh"})):
        with pytest.raises(PermissionDenied):
            actions.save_definition(row, values, by=somebody, at=NOW)


def test_the_administration_saves_a_stage_by_the_action(as_otto: Client, otto: Person) -> None:
    stage = Stage.objects.get(slug="sql")
    given = {
        "name": "Sales-qualified", "position": 50, "kind": "open", "part": "middle", "department": stage.department_id,
        "meaning": "We see a deal.", "other_side": stage.other_side, "is_active": "on",
    }  # fmt: skip

    saved = as_otto.post(reverse("admin:leads_funnel_stage_change", args=[stage.pk]), given)

    assert saved.status_code == HTTPStatus.FOUND
    stage.refresh_from_db()
    assert (stage.name, stage.slug) == ("Sales-qualified", "sql")
    entry = JournalEntry.objects.get()
    assert (entry.way, entry.actor) == ("admin", otto)
    assert str(entry.line) == "changed the stage “Sales-qualified”: name, what it means"


def test_what_the_action_refuses_stands_at_its_field(as_otto: Client) -> None:
    won = Stage.objects.get(kind="won")
    given = {
        "name": won.name, "position": won.position, "kind": "won", "part": won.part, "department": won.department_id,
        "meaning": "", "other_side": "",
    }  # fmt: skip

    page = as_otto.post(reverse("admin:leads_funnel_stage_change", args=[won.pk]), given)

    assert page.status_code == HTTPStatus.OK
    assert page.context["adminform"].form.errors["kind"] == ["The funnel needs a won stage to end in."]
    won.refresh_from_db()
    assert won.is_active
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("model", ["source", "campaign", "tag", "offering", "interest"])
def test_definitions_are_added_and_retired_and_never_deleted(as_otto: Client, model: str) -> None:
    as_otto.post(reverse(f"admin:leads_funnel_{model}_add"), {"name": "Podcast", "is_active": "on"})
    listed = as_otto.get(reverse(f"admin:leads_funnel_{model}_changelist"), {"q": "podc"})
    made = listed.context["cl"].result_list[0]

    as_otto.post(reverse(f"admin:leads_funnel_{model}_change", args=[made.pk]), {"name": "Podcast"})
    deleted = as_otto.post(reverse(f"admin:leads_funnel_{model}_delete", args=[made.pk]), {"post": "yes"})

    made.refresh_from_db()
    assert not made.is_active
    assert deleted.status_code == HTTPStatus.FORBIDDEN
    assert told() == [f"added the {model} “Podcast”", f"changed the {model} “Podcast”: in use"]


def test_the_same_name_again_is_refused_with_words(as_otto: Client) -> None:
    actions.save_definition(Source(), {"name": "Podcast"}, by=None, at=NOW)

    page = as_otto.post(reverse("admin:leads_funnel_source_add"), {"name": "PODCAST", "is_active": "on"})

    assert page.status_code == HTTPStatus.OK
    assert page.context["adminform"].form.errors
    assert Source.objects.count() == 1
