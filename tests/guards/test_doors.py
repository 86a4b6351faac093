"""The doors between rooms: all that rooms have registered is printed, and leads to something that exists."""

import inspect
import re
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.template.loader import get_template
from django.urls import reverse

from leads.funnel import uses
from leads.funnel.models import Stage
from leads.records import columns, filters, moving
from leads.records.models import Deal, Lead
from smarketing.celery import app
from workspace import slots, subjects, verbs
from workspace.commitments import kinds as commitments
from workspace.jobs import kinds
from workspace.journal import actions as journal
from workspace.notices import following, telling
from workspace.notices import kinds as notice_kinds
from workspace.options import declared
from workspace.pages import navigation
from workspace.pages.templatetags import kit
from workspace.people import roles
from workspace.people.models import Person
from workspace.staff import holdings

ROOT = Path(settings.BASE_DIR)
SOURCES = [path for floor in ("workspace", "leads", "smarketing") for path in sorted((ROOT / floor).rglob("*.py"))]
PLACE = re.compile(r"\{(\w+)\}")


def told(door: str, lines: Mapping[str, object]) -> None:
    """Print what a door holds: `pytest tests/guards -s` is the list of all doors."""
    print(f"\n{door}:", *(f"  {key}: {line}" for key, line in sorted(lines.items())), sep="\n")  # noqa: T201


def sample(model: type[Model]) -> Model:
    """An unsaved record with a number; a deal needs its lead to be spoken of."""
    record = model(pk=1)
    if isinstance(record, Deal):
        record.lead = Lead(pk=1)
    return record


def test_every_kind_of_record_has_an_address_and_a_kind_of_its_own() -> None:
    entries = subjects.entries()
    told("Subjects", {kind: subject.model.__name__ for kind, subject in entries.items()})

    assert {"lead", "company", "deal", "person"} <= set(entries)
    for kind, subject in entries.items():
        record = sample(subject.model)
        assert subject.url(record).startswith("/"), kind
        assert subjects.of(record) == (kind, 1), "no two kinds speak of one model"
        assert str(subject.label), kind


def test_every_verb_has_a_line_whose_facts_are_words_and_an_icon_that_exists() -> None:
    entries = verbs.entries()
    told("Verbs", {key: str(verb.line) for key, verb in entries.items()})

    for key, verb in entries.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", key), key
        assert str(verb.label), key
        assert "<svg" in kit.icon(verb.icon), key
        assert str(verb.line).format_map(dict.fromkeys(PLACE.findall(str(verb.line)), "")) is not None


def test_every_verb_that_is_recorded_is_registered() -> None:
    recorded = {
        verb
        for path in SOURCES
        for verb in re.findall(r"(?:record(?:_select)?|tell|Happening)\(\s*\"([a-z_]+\.[a-z_]+)\"", path.read_text())
        if "tests" not in path.parts
    }

    assert {"lead.moved", "security.signed_in"} <= recorded
    assert recorded <= set(verbs.entries())


def test_whoever_listens_listens_to_a_verb_that_exists() -> None:
    handlers = journal.handlers()
    told("Listeners", {verb: [handler.__qualname__ for handler in heard] for verb, heard in handlers.items()})

    assert set(handlers) <= set(verbs.entries())


def test_every_zone_is_filled_with_a_template_that_exists_and_drawn_by_a_page() -> None:
    entries = slots.entries()
    told("Zones", {f"{filling.slot} {filling.order}": filling.template for filling in entries})
    drawn = "".join(path.read_text() for path in SOURCES if "tests" not in path.parts)

    for filling in entries:
        get_template(filling.template)
        room, zone = filling.slot.split(".")
        assert f'"{filling.slot}"' in drawn or f'f"{room}.{{' in drawn, f"no page asks for {room}.{zone}"


def test_every_kind_of_job_takes_a_job_and_every_started_one_is_registered() -> None:
    entries = kinds.entries()
    told("Jobs", {key: kind.steps.__qualname__ for key, kind in entries.items()})
    started = {
        key
        for path in SOURCES
        for key in re.findall(r"jobs\.start\(\s*\"([a-z_.]+)\"", path.read_text())
        if "tests" not in path.parts
    }

    assert "leads.records.rename_company" in started
    assert started <= set(entries)
    for key, kind in entries.items():
        assert len(inspect.signature(kind.steps).parameters) == 1, key


def test_every_follow_up_and_every_task_of_the_clock_is_registered() -> None:
    app.loader.import_default_modules()
    app.autodiscover_tasks(force=True)
    sent = {
        name
        for path in SOURCES
        for name in re.findall(r"queue\.soon\(\s*\"([a-z_.]+)\"", path.read_text())
        if "tests" not in path.parts
    }
    clock = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    told("Tasks", dict.fromkeys(sorted(sent | clock), "registered"))

    assert {"workspace.jobs.run", "workspace.staff.mail_invitation"} <= sent
    assert sent | clock <= set(app.tasks)


def test_every_kind_of_commitment_says_what_it_is_and_promises_have_a_time() -> None:
    entries = commitments.entries()
    told(
        "Commitments",
        {key: f"{kind.label}, {'promise' if kind.is_promise else 'private'}" for key, kind in entries.items()},
    )

    assert "promise" in entries
    for key, kind in entries.items():
        assert "<svg" in kit.icon(kind.icon), key
        assert kind.target_seconds > 0 or not kind.is_promise, key


@pytest.mark.django_db
def test_every_permission_that_a_role_holds_exists() -> None:
    entries = roles.entries()
    told("Roles", {role: ", ".join(sorted(held)) for role, held in entries.items()})
    known = {
        f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")
    }

    assert set(entries) == set(roles.Role.values)
    for role, held in entries.items():
        assert held <= known, role


def test_every_kind_of_notice_hears_verbs_and_has_words_and_an_icon() -> None:
    entries = notice_kinds.entries()
    told("Notices", {key: f"{kind.default}: {', '.join(kind.hears)}" for key, kind in entries.items()})

    assert {"mention", "lead_moved", "import_done"} <= set(entries)
    for key, kind in entries.items():
        assert str(kind.label), key
        assert set(kind.hears) <= set(verbs.entries()), key
        assert set(PLACE.findall(str(kind.many))) <= {"count", "who"}, key
        assert not kind.icon or "<svg" in kit.icon(kind.icon), key


@pytest.mark.django_db
def test_whom_a_kind_of_notice_tells_is_a_select_that_the_database_understands() -> None:
    for key, kind in notice_kinds.entries().items():
        for verb, recipients in kind.hears.items():
            assert telling.tell(kind, recipients, journal.Batch(verb, uuid.uuid4())) == 0, key


def test_what_can_be_followed_is_a_known_kind_whose_owners_are_people() -> None:
    entries = following.entries()
    told("Followed", {kind: ", ".join(owners) for kind, owners in entries.items()})

    assert {"lead", "company"} <= set(entries)
    for kind, owners in entries.items():
        model = subjects.get(kind).model
        assert all(model._meta.get_field(owner).related_model is Person for owner in owners), kind


@pytest.mark.django_db
def test_every_option_has_a_default_that_it_would_take() -> None:
    entries = declared.entries()
    told("Options", {key: repr(option.default) for key, option in entries.items()})

    for key, option in entries.items():
        assert option.clean(option.default) == option.default, key
        assert str(option.label), key


def test_every_place_has_an_address_an_icon_and_a_home() -> None:
    entries = {place.key: place for place in navigation.entries()}
    told("Places", {key: f"{place.order} {place.url}" for key, place in entries.items()})

    assert sum(place.sums_badges for place in entries.values()) == 1
    for key, place in entries.items():
        assert reverse(place.url_name) == place.url
        assert "<svg" in kit.icon(place.icon), key
        assert not place.tabs_of or place.tabs_of in entries, key
    assert len({place.order for place in entries.values()}) == len(entries), "no two places stand at one spot"


def test_every_gate_judges_a_lead_a_stage_and_a_person() -> None:
    told("Gates", {gate.__qualname__: "" for gate in moving.gates()})

    for gate in moving.gates():
        assert len(inspect.signature(gate).parameters) == 3


@pytest.mark.django_db
def test_every_holding_counts_what_somebody_looks_after_and_says_so() -> None:
    entries = holdings.entries()
    told("Holdings", {key: holding.words(2) for key, holding in entries.items()})

    assert {"leads", "accounts"} <= set(entries)
    for key, holding in entries.items():
        assert holding.count(Person(pk=0)) == 0, key
        assert holding.words(1) != holding.words(2), key


@pytest.mark.django_db
def test_every_use_of_stages_answers_for_a_stage_that_nothing_rests_on() -> None:
    entries = uses.entries()
    told("Uses of stages", dict.fromkeys(entries, ""))

    assert "passages" in entries
    for key, is_there in entries.items():
        assert is_there(Stage.objects.get(slug="new")) is False, key


def test_every_filter_says_what_it_is_for() -> None:
    entries = filters.entries()
    told("Filters of leads", {name: str(filter_.label) for name, filter_ in entries.items()})

    for name, filter_ in entries.items():
        assert str(filter_.label), name


def test_every_column_of_leads_has_a_cell_that_exists_and_an_order_that_the_list_knows() -> None:
    entries = columns.entries()
    told("Columns of leads", {key: f"{column.label}, {column.template}" for key, column in entries.items()})

    assert next(iter(entries)) == columns.FIRST
    for key, column in entries.items():
        get_template(column.template)
        assert str(column.label), key
        assert not column.sorting or column.sorting in filters.LEAD_SORTING.columns, key
