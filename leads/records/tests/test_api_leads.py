"""Leads by the API: found, read, made and edited, with references by id and by name."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.audience.models import Persona
from leads.funnel.models import Source, Tag
from leads.records import actions
from leads.records.fields import FIELDS, READ_ONLY
from leads.records.models import Company, CustomField, Lead
from leads.records.tests.factories import NOON, CompanyFactory, lead, person
from workspace.api.tests.client import Caller
from workspace.hooks.models import Token
from workspace.journal.models import JournalEntry, Way
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


def emails(page: Any) -> list[str]:
    return [one["email"] for one in page["results"]]


def test_a_lead_is_told_with_its_references_as_small_objects(caller: Caller, sami: Person) -> None:
    company = CompanyFactory.create(name="Kestrel", domain="kestrel.example")
    CustomField.objects.create(key="tier", label="Tier")
    ada = lead(
        "ada@kestrel.example",
        first_name="Ada",
        company=company,
        source="Fair",
        tags=["Hot"],
        owner=sami,
        value="1200.5",
        currency="EUR",
        consent={"mail": True},
        custom={"tier": "gold"},
        created_at=NOON,
    )

    told = caller.get(f"leads/{ada.pk}/")

    assert told["url"] == f"http://testserver/leads/{ada.pk}/"
    assert told["version"] == ada.version
    assert told["company"] == {"id": company.pk, "name": "Kestrel", "domain": "kestrel.example"}
    assert (told["company_name"], told["company_domain"]) == ("Kestrel", "kestrel.example")
    assert told["stage"] == told["furthest_stage"] == {"id": ada.stage_id, "name": "New", "slug": "new"}
    assert told["owner"] == {"id": sami.pk, "name": "Sami Rep", "email": sami.email}
    assert told["source"] == {"id": ada.source_id, "name": "Fair"}
    assert told["tags"] == [{"id": Tag.objects.get().pk, "name": "Hot"}]
    assert (told["value"], told["currency"]) == ("1200.50", "EUR")
    assert (told["consent"], told["custom"]) == ({"mail": True}, {"tier": "gold"})
    assert told["created_at"] == "2026-11-17T12:00:00Z"
    assert told["marketer"] is None
    assert told["email"] == "ada@kestrel.example"


def test_a_lead_has_every_field_that_the_contract_names(caller: Caller) -> None:
    told = caller.get(f"leads/{lead().pk}/")

    assert {*FIELDS, *READ_ONLY, "id", "version", "url", "company_name", "custom"} <= told.keys()


def test_moments_are_told_in_utc_whatever_the_callers_zone(caller: Caller, sami: Person) -> None:
    Person.objects.update(time_zone="Asia/Tokyo")
    ada = lead(created_at=NOON)

    assert caller.get(f"leads/{ada.pk}/")["created_at"] == "2026-11-17T12:00:00Z"
    # The day is the caller's, though: noon in London is the evening of the same day in Tokyo, 16:00 the next one.
    late = lead("late@plain.example", created_at=NOON + timedelta(hours=4))
    assert emails(caller.get("leads/?created_after=2026-11-18")) == [late.email]


def test_a_companys_domain_comes_without_the_address_that_was_typed_around_it(caller: Caller) -> None:
    company = CompanyFactory.create(name="Kestrel")
    ada = lead(email="ada@kestrel.example", company=company)

    caller.patch(f"leads/{ada.pk}/", {"company_domain": "http://www.kestrel.example/about/"})

    company.refresh_from_db()
    assert company.domain == "kestrel.example"
    refused = caller.patch(f"leads/{ada.pk}/", {"company_domain": "kestrel"}, HTTPStatus.BAD_REQUEST)
    assert list(refused["errors"]) == ["company_domain"]


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_new_lead_takes_references_by_id_and_by_name(caller: Caller, sami: Person, by: str) -> None:
    company = CompanyFactory.create(name="Kestrel", domain="kestrel.example")
    source, persona = Source.objects.create(name="Fair"), Persona.objects.create(name="Plant manager")
    tag = Tag.objects.create(name="Hot")
    ids = {"company": company.pk, "source": source.pk, "persona": persona.pk, "owner": sami.pk, "tags": [tag.pk]}
    names = {
        "company": "kestrel.example",
        "source": "fair",
        "persona": "plant manager",
        "owner": sami.email.upper(),
        "tags": ["hot"],
    }

    told = caller.post("leads/", {"email": "ada@kestrel.example", **(ids if by == "id" else names)}, HTTPStatus.CREATED)

    found = {key: told[key]["id"] for key in ("company", "source", "persona", "owner")}
    assert found | {"tags": [told["tags"][0]["id"]]} == ids


def test_a_new_lead_is_journalled_as_made_by_the_api_by_its_caller(caller: Caller, sami: Person) -> None:
    response = caller.client.post("/api/v1/leads/", {"first_name": "Ada", "phone": "+46 980 1234"}, "application/json")

    made = Lead.objects.get()
    assert response["Location"] == f"http://testserver/api/v1/leads/{made.pk}/"
    entry = JournalEntry.objects.get(verb="lead.created")
    assert (entry.way, entry.actor, entry.subject_id) == (Way.API, sami, made.pk)


def test_unknown_sources_tags_and_companies_are_made_and_unknown_people_refused(caller: Caller) -> None:
    body = {"email": "ada@kestrel.example", "source": "Fair", "tags": "Hot, Nordic", "company": "Kestrel"}

    caller.post("leads/", body | {"owner": "nobody@fennmark.example"}, HTTPStatus.BAD_REQUEST)
    assert not Company.objects.exists()
    told = caller.post("leads/", body, HTTPStatus.CREATED)

    assert (told["source"]["name"], told["company"]["name"]) == ("Fair", "Kestrel")
    assert [tag["name"] for tag in told["tags"]] == ["Hot", "Nordic"]


def test_a_lead_that_ended_elsewhere_is_made_with_its_end(caller: Caller) -> None:
    body = {
        "email": "ada@kestrel.example",
        "stage": "Lost",
        "created_at": "2025-03-01",
        "closed_at": "2025-06-01T08:00Z",
    }

    told = caller.post("leads/", body | {"lost_reason": "Price"}, HTTPStatus.CREATED)

    assert (told["stage"]["slug"], told["lost_reason"]["name"]) == ("lost", "Price")
    assert (told["closed_at"], told["stage_entered_at"]) == ("2025-06-01T08:00:00Z", "2025-06-01T08:00:00Z")
    (deal,) = caller.get(f"leads/{told['id']}/deals/")["results"]
    assert (deal["outcome"], deal["closed_at"]) == ("lost", "2025-06-01T08:00:00Z")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"email": "A lead needs an e-mail address"}),
        ({"email": "ada"}, {"email": "“ada” is no e-mail address."}),
        ({"email": "a@b.example", "owner": "nobody@x.example"}, {"owner": "No owner is called"}),
        ({"email": "a@b.example", "stage": "moon"}, {"stage": "No stage is called “moon”."}),
        ({"email": "a@b.example", "stage": "lost"}, {"lost_reason": "Say why, from the list."}),
        ({"email": "a@b.example", "value": -1}, {"value": "A value lies between"}),
        ({"email": "a@b.example", "custom": {"size": 1}}, {"custom.size": "There is no field of this name."}),
        ({"email": "a@b.example", "shoes": 1}, {"shoes": "There is no field of this name."}),
        ({"email": "a@b.example", "fit": 9}, {"fit": "This is read-only."}),
        ({"email": "a@b.example", "version": 9}, {"version": "This is read-only."}),
        ({"email": "a@b.example", "closed_at": "2026-01-01"}, {"closed_at": "The lead is closed, but"}),
        ({"email": ["a@b.example"]}, {"email": "This value is of another type"}),
        ({"email": "a@b.example", "owner": True}, {"owner": "This value is of another type"}),
        ({"email": "a@b.example", "tags": {"a": 1}}, {"tags": "This value is of another type"}),
        ({"email": "a@b.example", "consent": "yes"}, {"consent": "This value is of another type"}),
        ({"email": "no", "value": "much"}, {"email": "“no” is no e-mail", "value": "“much” is no number."}),
    ],
)
def test_a_new_lead_that_does_not_fit_is_a_problem_at_its_fields(
    caller: Caller, body: dict[str, Any], errors: dict[str, str]
) -> None:
    told = caller.post("leads/", body, HTTPStatus.BAD_REQUEST)["errors"]

    assert told.keys() == errors.keys()
    assert all(told[field][0].startswith(words) for field, words in errors.items())
    assert not Lead.objects.exists()


def test_a_body_that_is_no_object_is_a_problem(caller: Caller) -> None:
    assert "detail" in caller.post("leads/", [1], HTTPStatus.BAD_REQUEST)
    form = caller.client.post("/api/v1/leads/", {"email": "ada@kestrel.example"})
    assert form.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_the_same_address_twice_is_refused_at_its_field(caller: Caller) -> None:
    lead("ada@kestrel.example")

    told = caller.post("leads/", {"email": "ADA@kestrel.example"}, HTTPStatus.BAD_REQUEST)

    assert told["errors"] == {"email": ["ada@kestrel.example has this e-mail address already."]}


def test_a_patch_changes_what_it_names_and_leaves_the_rest(caller: Caller, sami: Person) -> None:
    CustomField.objects.create(key="tier", label="Tier")
    CustomField.objects.create(key="size", label="Size", kind="number")
    ada = lead("ada@kestrel.example", first_name="Ada", city="Kiruna", custom={"tier": "gold"}, tags=["Hot"])

    told = caller.patch(
        f"leads/{ada.pk}/",
        {"first_name": "Ida", "owner": sami.email, "value": 12.5, "custom": {"size": 3}, "tags": [], "city": None},
    )

    assert (told["first_name"], told["email"], told["city"]) == ("Ida", "ada@kestrel.example", "")
    assert (told["owner"]["id"], told["value"], told["tags"]) == (sami.pk, "12.50", [])
    assert told["custom"] == {"tier": "gold", "size": 3}
    assert told["version"] > ada.version
    edited = JournalEntry.objects.filter(verb="lead.edited").get()
    assert edited.way == Way.API


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"stage": "sal"}, "A stage is changed by moving the lead: POST …/move/."),
        ({"created_at": "2020-01-01"}, "This is set when the lead is made."),
        ({"lost_reason": "Price"}, "A lead is closed by moving it: POST …/move/."),
        ({"engagement": 3}, "This is read-only."),
        ({"email": ""}, "A lead needs an e-mail address"),
    ],
)
def test_a_patch_refuses_what_is_not_an_edit(caller: Caller, body: dict[str, Any], words: str) -> None:
    ada = lead("ada@kestrel.example", first_name="Ada")

    errors = caller.patch(f"leads/{ada.pk}/", {"first_name": "Ida", **body}, HTTPStatus.BAD_REQUEST)["errors"]

    assert errors[next(iter(body))][0].startswith(words)
    ada.refresh_from_db()
    assert ada.first_name == "Ada"


def test_a_lead_is_put_to_sleep_with_a_reason_and_woken_by_its_date_alone(caller: Caller) -> None:
    ada = lead("ada@kestrel.example")
    refused = caller.patch(f"leads/{ada.pk}/", {"asleep_until": "2026-12-24"}, HTTPStatus.BAD_REQUEST)
    assert list(refused["errors"]) == ["asleep_reason"]

    told = caller.patch(f"leads/{ada.pk}/", {"asleep_until": "2026-12-24", "asleep_reason": "Budget"})
    woken = caller.patch(f"leads/{ada.pk}/", {"asleep_until": None})

    assert (told["asleep_until"], told["asleep_reason"]) == ("2026-12-24", "Budget")
    assert (woken["asleep_until"], woken["asleep_reason"]) == (None, "")


def test_reading_colleagues_read_and_are_refused_with_403_to_write() -> None:
    reader = Caller(person("Rea Reader", Role.READ_ONLY))
    ada = lead("ada@kestrel.example")

    reader.get("leads/")
    reader.get(f"leads/{ada.pk}/")
    for path, body in (
        ("leads/", {"email": "x@kestrel.example"}),
        ("leads/upsert/", {"match": "email", "leads": [{"email": "x@kestrel.example"}]}),
        (f"leads/{ada.pk}/move/", {"to": "sal"}),
        (f"leads/{ada.pk}/log/", {"talk": "note", "text": "Hm"}),
        (f"leads/{ada.pk}/next-step/", {"next_step": "Call", "next_step_at": "2026-12-01T09:00:00Z"}),
        (f"leads/{ada.pk}/next-step/done/", {}),
        (f"leads/{ada.pk}/deals/", {}),
        ("companies/", {"name": "Kestrel"}),
    ):
        assert reader.post(path, body, HTTPStatus.FORBIDDEN)["detail"].startswith("You may look at"), path
    reader.patch(f"leads/{ada.pk}/", {"city": "Kiruna"}, HTTPStatus.FORBIDDEN)


def test_a_reading_token_of_a_working_colleague_writes_nothing(sami: Person) -> None:
    reader = Caller(sami, "leads:read")
    ada = lead()

    reader.get(f"leads/{ada.pk}/")
    refusal = reader.post("leads/", {"email": "x@kestrel.example"}, HTTPStatus.FORBIDDEN)
    assert refusal["detail"] == "This token lacks the scope leads:write."
    reader.patch(f"leads/{ada.pk}/", {"city": "Kiruna"}, HTTPStatus.FORBIDDEN)
    reader.post("leads/upsert/", {}, HTTPStatus.FORBIDDEN)


def test_what_is_deleted_or_not_for_the_caller_is_not_there(caller: Caller, sami: Person) -> None:
    ada = lead()
    caller.get(f"leads/{ada.pk}/")

    sami.groups.clear()
    caller.get(f"leads/{ada.pk}/", HTTPStatus.NOT_FOUND)
    assert caller.get("leads/")["results"] == []
    assert caller.get("leads/count/")["count"] == 0
    caller.patch(f"leads/{ada.pk}/", {"city": "Kiruna"}, HTTPStatus.NOT_FOUND)

    colleague = Caller(person("Tove Rep"))
    Lead.objects.update(deleted_at=timezone.now())
    colleague.get(f"leads/{ada.pk}/", HTTPStatus.NOT_FOUND)


def test_a_filtered_list_is_walked_by_key_in_the_order_asked_for(caller: Caller) -> None:
    for n in range(7):
        lead(f"a{n}@kestrel.example", value=str(n % 3) if n else None, tags=["Hot"] if n != 3 else [])

    seen, address = [], "leads/?tag=hot&ordering=-value&page_size=2"
    while address:
        page = caller.get(address)
        seen += emails(page)
        address = page["next"]

    assert [name[:2] for name in seen] == ["a5", "a2", "a4", "a1", "a6", "a0"]  # the one without a value comes last


@pytest.mark.parametrize(
    ("ordering", "expected"), [("name", ["Ada", "Ben"]), ("-name", ["Ben", "Ada"]), ("-created_at", ["Ben", "Ada"])]
)
def test_the_list_is_sorted_by_its_columns(caller: Caller, ordering: str, expected: list[str]) -> None:
    lead(first_name="Ada", created_at=NOON - timedelta(days=1))
    lead(first_name="Ben", created_at=NOON)

    page = caller.get(f"leads/?ordering={ordering}")

    assert [one["first_name"] for one in page["results"]] == expected


def test_the_most_recently_active_lead_comes_first(caller: Caller) -> None:
    quiet, busy = lead("quiet@kestrel.example"), lead("busy@kestrel.example")
    actions.set_derived({quiet.pk: {"last_activity_at": NOON}, busy.pk: {"last_activity_at": NOON + timedelta(days=1)}})

    assert emails(caller.get("leads/")) == [busy.email, quiet.email]


@pytest.mark.parametrize("path", ["leads/", "leads/count/"])
def test_filters_that_do_not_fit_are_problems_at_the_filter(caller: Caller, path: str) -> None:
    query = "stage=moon&value_min=much&custom.size=1&stgae=new"
    assert caller.get(f"{path}?{query}", HTTPStatus.BAD_REQUEST)["errors"] == {
        "stgae": ["There is no filter of this name."]
    }

    errors = caller.get(f"{path}?{query.rpartition('&')[0]}", HTTPStatus.BAD_REQUEST)["errors"]

    assert errors == {
        "stage": ["No stage is called “moon”."],
        "value_min": ["“much” is no amount."],
        "custom.size": ["There is no field of this name."],
    }


def test_the_count_is_exact_unless_a_cap_is_given(caller: Caller) -> None:
    for n in range(3):
        lead(f"a{n}@kestrel.example", tags=["Hot", "Nordic"])
    lead()

    assert caller.get("leads/count/") == {"count": 4, "exact": True}
    assert caller.get("leads/count/?tag=hot&tag=nordic") == {"count": 3, "exact": True}
    assert caller.get("leads/count/?cap=4") == {"count": 4, "exact": True}
    assert caller.get("leads/count/?cap=3") == {"count": 3, "exact": False}
    caller.get("leads/count/?cap=0", HTTPStatus.BAD_REQUEST)
    caller.get("leads/count/?page_size=3", HTTPStatus.BAD_REQUEST)


def full_lead(n: int, owner: Person) -> Lead:
    """A lead with one of every reference."""
    company = CompanyFactory.create(name=f"Company {n}")
    return lead(
        f"a{n}@kestrel.example",
        company=company,
        source=f"Source {n}",
        campaign=f"Campaign {n}",
        offering=f"Offering {n}",
        interests=[f"Interest {n}"],
        tags=["Hot", f"Tag {n}"],
        owner=owner,
    )


@pytest.mark.parametrize("rows", [1, 20])
def test_list_and_lead_cost_the_same_queries_at_any_length(
    caller: Caller, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    leads = [full_lead(n, sami) for n in range(rows)]
    Token.objects.update(last_used_at=timezone.now())

    # The token with its person, its calls, two for the person's permissions, leads with their references, interests, tags.
    with django_assert_num_queries(7):
        assert len(caller.get("leads/?page_size=200&ordering=name")["results"]) == rows
    with django_assert_num_queries(7):
        caller.get(f"leads/{leads[0].pk}/")
