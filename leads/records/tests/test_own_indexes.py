"""Lists are filtered by own fields through indexes, which a worker makes and mends beside everybody's work."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from leads.records import actions, own_indexes
from leads.records.filters import OWN_BOUNDED, LeadFilter
from leads.records.models import CustomField, Lead
from leads.records.tasks import index_own_fields
from leads.records.tests.factories import NOON, lead, person
from workspace import queue

Kind = CustomField.Kind


@pytest.fixture(autouse=True)
def _no_index_is_left(request: pytest.FixtureRequest) -> Any:
    """They are no part of the tables that tests begin with."""
    yield
    if "transactional_db" in request.fixturenames or request.node.get_closest_marker("django_db").kwargs:
        with request.getfixturevalue("django_db_blocker").unblock():
            CustomField.objects.all().delete()
            own_indexes.tend()


def define(label: str, **values: Any) -> CustomField:
    given = {"label": label, "is_filterable": True, **values}
    return actions.save_custom_field(CustomField(), given, by=None, at=NOON)


def plan(text: str) -> str:
    rows = LeadFilter(QueryDict(text), Lead.objects.all()).qs.order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            return str(rows.explain())
        finally:
            cursor.execute("RESET enable_seqscan")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "choices", "value"),
    [
        (Kind.TEXT, [], "gold"),
        (Kind.NUMBER, [], "3"),
        (Kind.DATE, [], "2026-11-17"),
        (Kind.YES_NO, [], "yes"),
        (Kind.CHOICE, ["gold", "silver"], "gold"),
        (Kind.CHOICES, ["gold", "silver"], "gold"),
        (Kind.LINK, [], "https://x.example/"),
    ],
)
def test_a_filter_by_any_kind_reads_the_index_of_its_field(kind: Kind, choices: list[str], value: str) -> None:
    field = define("It", kind=kind, choices=choices)
    ada = lead(custom={"it": value})
    lead()

    index_own_fields()

    assert own_indexes.ready([field]) == {field.pk}
    assert own_indexes.name_of(field) in plan(f"custom.it={value}")
    if kind in OWN_BOUNDED:
        assert own_indexes.name_of(field) in plan(f"custom.it.max={value}")
    assert list(LeadFilter(QueryDict(f"custom.it={value}"), Lead.objects.all()).qs) == [ada]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.NUMBER])
def test_the_planner_knows_how_frequent_a_value_is(kind: Kind) -> None:
    field = define("It", kind=kind)
    for _number in range(3):
        lead(custom={"it": "7"})

    own_indexes.tend()

    with connection.cursor() as cursor:
        asked = "SELECT most_common_freqs FROM pg_stats_ext_exprs WHERE statistics_name = %s"
        cursor.execute(asked, [own_indexes.name_of(field)])
        assert cursor.fetchall() == [([1.0],)]


@pytest.mark.django_db(transaction=True)
def test_a_second_run_finds_nothing_to_do_and_a_retired_field_loses_its_index() -> None:
    sites = define("Sites", kind=Kind.NUMBER)
    halls = define("Halls", on="company", kind=Kind.NUMBER)

    assert own_indexes.tend() == ([], [own_indexes.name_of(sites), own_indexes.name_of(halls)])
    assert own_indexes.tend() == ([], [])
    actions.save_custom_field(sites, {"is_active": False}, by=None, at=NOON)
    assert own_indexes.tend() == ([own_indexes.name_of(sites)], [])
    assert own_indexes.ready([sites, halls]) == {halls.pk}


@pytest.mark.django_db(transaction=True)
def test_an_index_whose_making_was_broken_off_is_found_and_made_again() -> None:
    sites = define("Sites", kind=Kind.NUMBER)
    name = own_indexes.name_of(sites)
    lead(), lead()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:  # it fails at its end, and stays as a torso
        cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON leads_records_lead (is_demo)")
    assert own_indexes.ready([sites]) == set()

    assert own_indexes.tend() == ([name], [name])

    assert own_indexes.ready([sites]) == {sites.pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_makes_the_indexes() -> None:
    sites = define("Sites", kind=Kind.NUMBER)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [own_indexes.LOCK])

            assert own_indexes.tend() == ([], [])
            cursor.execute("SELECT pg_advisory_unlock(%s)", [own_indexes.LOCK])
    finally:
        other.close()

    assert own_indexes.tend() == ([], [own_indexes.name_of(sites)])


@pytest.mark.django_db(transaction=True)
def test_a_text_too_long_for_an_index_is_stored_all_the_same() -> None:
    define("Words", kind=Kind.TEXT)
    own_indexes.tend()
    long = "".join(chr(0x4E00 + number) for number in range(2_000))

    assert lead(custom={"words": long}).custom == {"words": long}


@pytest.mark.django_db
def test_until_its_index_is_made_the_form_says_that_the_filter_is_being_prepared(client: Client) -> None:
    define("Sites", kind=Kind.NUMBER)
    client.force_login(person("Sami Rep"))

    form = client.get(reverse("records:filter"))

    assert "is being prepared" in form.text
    assert 'name="custom.sites"' not in form.text


@pytest.mark.django_db
def test_defining_sends_for_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(queue, "soon", lambda name, *_args: sent.append(name))

    define("Sites", kind=Kind.NUMBER)

    assert sent == ["leads.records.index_own_fields"]
