"""The funnel's definitions by the API: everybody reads them, nobody edits them here."""

from http import HTTPStatus

import pytest
from django.utils import timezone

from leads.funnel.models import Campaign, Interest, Offering, Source, Stage, Tag
from workspace.api.tests.client import Caller
from workspace.people import actions
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def rea() -> Person:
    return actions.add_person(
        "rea@fennmark.example", name="Rea Reader", role=Role.READ_ONLY, departments="M", by=None, at=timezone.now()
    )


@pytest.fixture
def caller(rea: Person) -> Caller:
    return Caller(rea)


def test_stages_come_in_their_order_with_owner_and_the_other_sides_part(caller: Caller) -> None:
    stages = caller.get("stages/")["results"]

    assert [stage["slug"] for stage in stages[:3]] == ["new", "engaged", "mql"]
    mql = caller.get(f"stages/{stages[2]['id']}/")
    assert (mql["department"], mql["kind"], mql["part"]) == ("M", "open", "middle")
    assert mql["other_side"] == "Sales decides on the offer in time."


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("department=S&kind=open", ["sal", "sql", "proposal"]),
        ("name=mql", ["mql"]),
        ("slug=won", ["won"]),
        ("is_active=no", ["sal"]),
        ("ordering=-position&page_size=1", ["disqualified"]),
    ],
)
def test_stages_are_found_by_their_filters(caller: Caller, query: str, slugs: list[str]) -> None:
    if "is_active" in query:
        Stage.objects.filter(slug="sal").update(is_active=False)

    assert [stage["slug"] for stage in caller.get(f"stages/?{query}")["results"]] == slugs


def test_reasons_are_told_by_kind(caller: Caller) -> None:
    lost = caller.get("reasons/?kind=lost")["results"]

    assert [reason["name"] for reason in lost][-1] == "Other"
    assert [reason["asks_text"] for reason in lost][-1] is True
    assert {reason["kind"] for reason in lost} == {"lost"}


@pytest.mark.parametrize(
    ("resource", "model"),
    [
        ("sources", Source),
        ("campaigns", Campaign),
        ("tags", Tag),
        ("offerings", Offering),
        ("interests", Interest),
    ],
)
def test_definitions_are_read_by_everybody_and_written_by_nobody(
    caller: Caller, rea: Person, resource: str, model: type[Source]
) -> None:
    made = [model.objects.create(name=name) for name in ("Beta", "Alpha")]

    assert [one["name"] for one in caller.get(f"{resource}/")["results"]] == ["Alpha", "Beta"]
    assert caller.get(f"{resource}/?name=beta")["results"][0]["id"] == made[0].pk
    assert caller.get(f"{resource}/{made[0].pk}/")["is_active"] is True
    caller.post(f"{resource}/", {"name": "Gamma"}, HTTPStatus.METHOD_NOT_ALLOWED)
    rea.groups.clear()
    assert Caller(rea).get(f"{resource}/")["results"] == []
