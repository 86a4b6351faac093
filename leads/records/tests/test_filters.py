"""The filters of leads and companies: each finds what it says and leaves the rest, and says so in words."""

from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.test import RequestFactory

from leads.funnel.models import Stage
from leads.records import filters
from leads.records.filters import CompanyFilter, LeadFilter
from leads.records.models import Company, Lead
from leads.records.tests.factories import NOON, CompanyFactory, closed_lead, lead, person
from leads.records.tests.filtering import leads, two_leads
from workspace.filtering import TextFilter
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


def found(query: str, by: Person | None = None) -> set[str]:
    """The e-mail addresses of the leads that `query` finds."""
    filterset = leads(query, by)
    assert filterset.is_valid(), filterset.errors
    return set(filterset.qs.values_list("email", flat=True))


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def mara() -> Person:
    return person("Mara Lind", Role.MARKETER)


@pytest.fixture
def two(sami: Person, mara: Person) -> tuple[Lead, Lead]:
    return two_leads(sami, mara)


ADA, BEN = {"ada@kestrel.example"}, {"ben@plain.example"}


EXPECTED: dict[str, set[str]] = {
    "stage=mql": ADA,
    "stage=MQL": ADA,
    "stage=sal": BEN,
    "stage=mql&stage=sal": ADA | BEN,
    "stage=new": set(),
    "department=M": ADA,
    "department=S": BEN,
    "owner=sami.rep@fennmark.example": ADA,
    "owner=SAMI.REP@fennmark.example": ADA,
    "owner=me": ADA,
    "marketer=mara.lind@fennmark.example": ADA,
    "marketer=me": set(),
    "source=fair": ADA,
    "campaign=Spring": ADA,
    "company=kestrel.example": ADA,
    "company=kestrel ol": ADA,
    "persona=plant manager": ADA,
    "offering=Pump": ADA,
    "tag=Hot": ADA,
    "tag=hot&tag=nordic": ADA,
    "interest=valves": ADA,
    "value_min=1200": ADA,
    "value_min=1200.01": set(),
    "value_max=1200": ADA,
    "value_max=1199.99": set(),
    "currency=eur": ADA,
    "currency=USD": set(),
    "created_after=2026-11-15": BEN,
    "created_after=2026-11-15T12:00:00Z": BEN,
    "created_after=2026-11-15T14:00:00+02:00": BEN,
    "created_after=2026-11-15T12:00:01Z": set(),
    "created_after=2026-11-14T12:19:00-23:41": BEN,
    "created_before=2026-10-08": ADA,
    "created_before=2026-10-07": set(),
    "created_before=2026-10-08T12:00:00Z": ADA,
    "created_after=2026-10-08&created_before=2026-11-15": ADA | BEN,
    "active_after=2026-11-14": ADA,
    "active_after=2026-11-15": set(),
    "active_before=2026-11-14": ADA,
    "active_in=4": ADA,
    "active_in=2": set(),
    "closed_after=2020-01-01": set(),
    "is_open=open": ADA | BEN,
    "is_open=closed": set(),
    "has_no=owner": BEN,
    "has_no=marketer": BEN,
    "has_no=next_step": BEN,
    "has_no=email": set(),
    "has_no=phone": BEN,
    "has_no=company": BEN,
    "has_no=source": BEN,
    "has_no=value": BEN,
    "has_no=value&has_no=email": set(),
    "next_step=today": ADA,
    "next_step=this_week": ADA,
    "next_step=overdue": set(),
    "asleep=yes": ADA,
    "asleep=no": BEN,
    "country=sweden": ADA,
    "city=kiruna": ADA,
    "industry=MINING": ADA,
    "external_id=X-1": ADA,
    "external_id=x-1": set(),
    "email=ADA@kestrel.example": ADA,
    "custom.tier=gold": ADA,
    "custom.tier=silver": set(),
    "custom.sites=3": ADA,
    "custom.eu__wide=yes": ADA,
    "custom.eu__wide=no": set(),
    "custom.uses=gas": ADA,
    "custom.uses=gas,oil": ADA,
    "q=bjork": ADA,
    "q=ada kestrel": ADA,
    "q=ada ben": set(),
    "q=46980": ADA,
    "": ADA | BEN,
    "stage=&q=&owner=": ADA | BEN,
    "sort=-value&cursor=x": ADA | BEN,
}


def test_each_filter_finds_those_and_no_others(two: tuple[Lead, Lead], sami: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        answers = {query: found(query.replace("+", "%2B"), by=sami) for query in EXPECTED}

    assert answers == EXPECTED


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        (timedelta(hours=1), ["today", "this_week"]),
        (timedelta(hours=3), ["overdue", "today", "this_week"]),
        (timedelta(days=1), ["overdue", "this_week"]),
        (timedelta(days=-2), []),  # the Sunday before: the step is due next week
        (timedelta(days=6), ["overdue"]),
    ],
)
def test_a_next_step_is_overdue_today_or_this_week(
    two: tuple[Lead, Lead], moment: timedelta, answers: list[str]
) -> None:
    with time_machine.travel(NOON + moment, tick=False):
        assert [time for time in ("overdue", "today", "this_week") if found(f"next_step={time}")] == answers


@pytest.mark.parametrize("state", ["won", "lost", "disqualified"])
def test_closed_leads_are_found_by_how_and_when_they_ended(two: tuple[Lead, Lead], state: str) -> None:
    closed_lead(state, email="end@plain.example")

    assert found(f"is_open={state}") == {"end@plain.example"}
    assert found("is_open=closed") == {"end@plain.example"}
    assert found("is_open=open") == ADA | BEN
    assert found("closed_after=2026-11-18&closed_before=2026-11-18") == {"end@plain.example"}
    assert found("closed_after=2026-11-19") == found("closed_before=2026-11-17") == set()


def test_ids_find_what_names_find(two: tuple[Lead, Lead], sami: Person) -> None:
    ada = two[0]
    for name in ("stage", "owner", "marketer", "source", "campaign", "company", "persona", "offering"):
        assert found(f"{name}={getattr(ada, f'{name}_id')}") == ADA, name
    assert found(f"tag={ada.tags.get(name='Hot').pk}") == ADA
    assert found(f"interest={ada.interests.get().pk}") == ADA


def test_an_id_wins_over_a_name_of_digits(two: tuple[Lead, Lead]) -> None:
    ada = two[0]
    named = lead("named@plain.example", source="2024")
    assert named.source is not None

    assert found(f"source={ada.source_id}") == ADA
    assert found("source=2024") == {"named@plain.example"}
    named.source.name = str(ada.source_id)
    named.source.save()
    assert found(f"source={ada.source_id}") == ADA


def test_leads_of_people_and_stages_no_longer_in_use_are_found(two: tuple[Lead, Lead], sami: Person) -> None:
    Person.objects.filter(pk=sami.pk).update(is_active=False)
    Stage.objects.filter(slug="mql").update(is_active=False)

    assert found(f"owner={sami.email}&stage=mql") == ADA


def test_a_lead_with_two_of_the_tags_comes_once(two: tuple[Lead, Lead]) -> None:
    assert leads("tag=hot&tag=nordic&interest=valves").qs.count() == 1


ERRORS = {
    "stage=moon": "No stage is called “moon”.",
    "owner=nobody@fennmark.example": "No owner is called “nobody@fennmark.example”.",
    "owner=me": "Nobody is signed in who could be “me”.",
    "owner=99999999999999999999999": "No owner is called “99999999999999999999999”.",
    "tag=cold": "No tag is called “cold”.",
    "department=X": "“X” is none of M, S.",
    "is_open=perhaps": "“perhaps” is none of open, closed, won, lost, disqualified.",
    "has_no=shoes": "“shoes” is none of owner, marketer, next_step, email, phone, company, source, value.",
    "value_min=much": "“much” is no amount.",
    "value_max=NaN": "“NaN” is no amount.",
    "value_max=1e400": "“1e400” is no amount.",
    "value_max=1e999999999": "“1e999999999” is no amount.",
    "created_after=yesterday": "“yesterday” is no date, as 2026-11-22 or 2026-11-22T09:00:00Z is.",
    "created_after=2026-02-30": "“2026-02-30” is no date, as 2026-11-22 or 2026-11-22T09:00:00Z is.",
    "created_before=9999-12-31": "“9999-12-31” is too far away.",
    "created_before=0001-01-01T00:00:00%2B02:00": "“0001-01-01T00:00:00+02:00” is too far away.",
    "active_in=0": "“0” is no number of days from 1 to 3650.",
    "active_in=²": "“²” is no number of days from 1 to 3650.",
    "custom.size=3": "There is no field of this name.",
    "custom.sites=three": "“three” is no number.",
    "q=a%00b": "This is not a text.",
    "&".join(f"stage={n}" for n in range(51)): "Up to 50 values are possible at once.",
}


def test_a_value_that_does_not_fit_is_an_error_at_its_filter(two: tuple[Lead, Lead]) -> None:
    for query, error in ERRORS.items():
        filterset = leads(query)

        name = query.partition("=")[0]
        assert filterset.errors == {name: [error]}
        assert [(chip.name, chip.error) for chip in filterset.chips()] == [(name, error)]
        assert filterset.qs.count() == 2  # it narrows nothing: the page shows the error beside what is there


def test_a_room_above_adds_a_filter_of_its_own_once(two: tuple[Lead, Lead], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeadFilter, "base_filters", dict(LeadFilter.base_filters))

    filters.register("title", TextFilter("Title", "job_title"))

    assert "title" in filters.entries()
    assert found("title=boss") == set()
    with pytest.raises(ValueError, match="'title' is registered twice"):
        filters.register("title", TextFilter("Title", "job_title"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=kest", ["Kestrel"]),
        ("domain=KESTREL.example", ["Kestrel"]),
        ("industry=mining", ["Kestrel"]),
        ("country=sweden", ["Kestrel"]),
        ("city=kiruna", ["Kestrel"]),
        ("account_owner=me", ["Kestrel"]),
        ("is_customer=yes", ["Kestrel"]),
        ("is_customer=no", ["Plain"]),
        ("", ["Kestrel", "Plain"]),
    ],
)
def test_each_filter_of_companies_finds_those_and_no_others(sami: Person, query: str, expected: list[str]) -> None:
    kestrel = CompanyFactory.create(
        name="Kestrel",
        domain="kestrel.example",
        industry="Mining",
        country="Sweden",
        city="Kiruna",
        account_owner=sami,
    )
    plain = CompanyFactory.create(name="Plain")
    closed_lead("won", company=kestrel)
    closed_lead("lost", company=plain)
    request = RequestFactory().get("/")
    request.user = sami

    filterset = CompanyFilter(QueryDict(query), Company.objects.living(), request=request)

    assert filterset.is_valid()
    assert sorted(filterset.qs.values_list("name", flat=True)) == expected
