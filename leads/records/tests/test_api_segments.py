"""Segments by the API: Sami sells and saves lists, Lena leads sales, Mara markets."""

from http import HTTPStatus
from typing import Any

import pytest

from leads.funnel.models import Tag
from leads.records import actions
from leads.records.models import Segment
from leads.records.tests.factories import NOON, lead, person
from workspace.api.tests.client import ROOT, Caller, told
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


def test_a_segment_is_made_read_changed_and_deleted(caller: Caller, sami: Person) -> None:
    body = {
        "name": "Fair",
        "query": "country=Norway",
        "ordering": "-value",
        "columns": [{"key": "city", "size": "wide"}],
    }

    made = caller.post("segments/", body, HTTPStatus.CREATED)
    changed = caller.patch(f"segments/{made['id']}/", {"sharing": "department", "department": "S"})
    listed = caller.get("segments/?owner=me&sharing=department")["results"]
    gone = caller.client.delete(f"{ROOT}segments/{made['id']}/")

    assert made["columns"] == [{"key": "name", "size": "usual"}, {"key": "city", "size": "wide"}]
    assert (made["query"], made["ordering"], made["sharing"]) == ("country=Norway", "-value", "private")
    assert (made["owner"]["id"], made["department"], made["is_default"]) == (sami.pk, None, False)
    assert made["url"].endswith(f"/leads/?segment={made['id']}")
    assert (changed["sharing"], changed["department"], changed["name"]) == ("department", "S", "Fair")
    assert listed == [changed]
    assert gone.status_code == HTTPStatus.NO_CONTENT
    assert not Segment.objects.exists()


def test_leads_and_their_count_are_those_of_a_segment_with_the_other_filters(caller: Caller, sami: Person) -> None:
    oslo, bergen = lead(country="Norway", city="Oslo"), lead(country="Norway", city="Bergen")
    lead(country="Sweden", city="Oslo")
    pk = caller.post("segments/", {"name": "Norway", "query": "country=Norway&tab=open"}, HTTPStatus.CREATED)["id"]

    found = {one["id"] for one in caller.get(f"leads/?segment={pk}")["results"]}
    narrower = [one["id"] for one in caller.get(f"leads/?segment={pk}&city=Oslo")["results"]]

    assert found == {oslo.pk, bergen.pk}
    assert narrower == [oslo.pk]
    assert caller.get(f"leads/count/?segment={pk}") == {"count": 2, "exact": True}


def test_a_segment_whose_filter_is_gone_is_an_error_of_the_filter_and_can_still_be_read(caller: Caller) -> None:
    Tag.objects.create(name="Fair")
    pk = caller.post("segments/", {"name": "Fair", "query": "tag=Fair"}, HTTPStatus.CREATED)["id"]
    Tag.objects.all().delete()

    for path in ("leads/", "leads/count/"):
        problem = caller.get(f"{path}?segment={pk}", HTTPStatus.BAD_REQUEST)
        assert problem["errors"]["segment"][0].endswith("Tag: No tag is called “Fair”.")
    assert caller.get(f"segments/{pk}/")["query"] == "tag=Fair"


def test_page_and_api_answer_each_colleague_alike_about_a_list(caller: Caller, sami: Person) -> None:
    lena, mara = person("Lena Lead", Role.DEPARTMENT_LEAD), person("Mara", Role.MARKETER)
    private = caller.post("segments/", {"name": "Private"}, HTTPStatus.CREATED)["id"]
    shared = caller.post("segments/", {"name": "Ours", "sharing": "department", "department": "S"}, HTTPStatus.CREATED)[
        "id"
    ]

    for somebody, answers in ((lena, (404, 200)), (mara, (404, 404)), (person("Tina Rep"), (404, 403))):
        other = Caller(somebody)
        for pk, status in zip((private, shared), answers, strict=True):
            other.patch(f"segments/{pk}/", {"ordering": "name"}, status)
            page = other.client
            page.force_login(somebody)
            assert page.get(f"/leads/segments/{pk}/").status_code == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "a", "query": "stage=nonsense"}, "query"),
        ({"name": "a", "query": 7}, "query"),
        ({"name": "a", "columns": [{"key": "nonsense"}]}, "columns"),
        ({"name": "a", "columns": "city"}, "columns"),
        ({"name": "a", "ordering": "city"}, "ordering"),
        ({"name": "a", "sharing": "department"}, "department"),
        ({"name": "a", "department": "X"}, "department"),
        ({"name": "a", "owner": 1}, "owner"),
        ({"name": "a\x00"}, "name"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_at_its_field(caller: Caller, body: Any, field: str) -> None:
    problem = caller.post("segments/", body, HTTPStatus.BAD_REQUEST)

    assert [key.split(".")[0] for key in problem["errors"]] == [field]


def test_sharing_with_everybody_is_for_those_who_may(caller: Caller) -> None:
    lena = Caller(person("Lena Lead", Role.DEPARTMENT_LEAD))

    caller.post("segments/", {"name": "All", "sharing": "all"}, HTTPStatus.FORBIDDEN)
    made = lena.post("segments/", {"name": "All", "sharing": "all"}, HTTPStatus.CREATED)

    assert caller.get(f"segments/{made['id']}/")["sharing"] == "all"


def test_a_default_is_the_callers_own(caller: Caller, sami: Person) -> None:
    lena = person("Lena Lead", Role.DEPARTMENT_LEAD)
    pk = actions.create_segment({"name": "All", "sharing": "all"}, by=lena, at=NOON).pk

    mine = caller.post(f"segments/{pk}/default/", {"is_default": True})
    hers = Caller(lena).get(f"segments/{pk}/")
    no_longer = caller.post(f"segments/{pk}/default/", {"is_default": False})

    assert (mine["is_default"], hers["is_default"], no_longer["is_default"]) == (True, False, False)


def test_who_saw_another_version_changes_nothing(caller: Caller) -> None:
    pk = caller.post("segments/", {"name": "Fair"}, HTTPStatus.CREATED)["id"]
    tag = caller.client.get(f"{ROOT}segments/{pk}/")["ETag"]
    caller.patch(f"segments/{pk}/", {"name": "Fair in Oslo"})

    stale = caller.client.patch(
        f"{ROOT}segments/{pk}/", {"name": "Mine"}, "application/json", headers={"If-Match": tag}
    )

    told(stale, HTTPStatus.PRECONDITION_FAILED)
    assert Segment.objects.get().name == "Fair in Oslo"
