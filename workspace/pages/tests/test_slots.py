"""Zones: what rooms put in is drawn in order, loaded once for all subjects, and refused when put in twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.test import RequestFactory

from workspace import slots
from workspace.http import SignedInRequest
from workspace.people.models import Person

MARA, PRIYA = Person(pk=1, name="Mara Lindholm"), Person(pk=2, name="Priya Raman")


@pytest.fixture(autouse=True)
def empty_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_fillings", defaultdict(list))


@pytest.fixture
def request_(rf: RequestFactory) -> Any:
    return rf.get("/")


def test_parts_come_in_order_and_a_loader_is_asked_once_for_all_subjects(request_: SignedInRequest) -> None:
    asked: list[Sequence[Any]] = []

    def greetings(request: SignedInRequest, people: Sequence[Any]) -> Mapping[Any, Mapping[str, object]]:
        asked.append(people)
        return {person.pk: {"greeting": f"Hello {person.name}"} for person in people if person is not PRIYA}

    slots.fill("person.help", 20, "b.html", greetings)
    slots.fill("person.help", 10, "a.html")

    found = slots.parts("person.help", request_, [MARA, PRIYA])

    assert asked == [[MARA, PRIYA]]
    assert found[MARA.pk] == [slots.Part("a.html", {}), slots.Part("b.html", {"greeting": "Hello Mara Lindholm"})]
    assert found[PRIYA.pk] == [slots.Part("a.html", {})]


def test_a_zone_that_nobody_fills_is_empty(request_: SignedInRequest) -> None:
    assert slots.parts("person.nowhere", request_, [MARA]) == {MARA.pk: []}
    assert slots.entries() == []


@pytest.mark.parametrize(("order", "template"), [(10, "b.html"), (20, "a.html")], ids=["same place", "same template"])
def test_a_place_is_taken_once(order: int, template: str) -> None:
    slots.fill("person.help", 10, "a.html")

    with pytest.raises(ValueError, match=r"a\.html"):
        slots.fill("person.help", order, template)

    assert [(entry.order, entry.template) for entry in slots.entries()] == [(10, "a.html")]
