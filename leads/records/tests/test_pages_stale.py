"""Two windows on one record: Mara writes first, Sami is shown what she wrote, and decides."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.records import actions
from leads.records.models import Company, Lead
from leads.records.tests.factories import NOON, lead, person
from workspace.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon", "sami")]

DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}
INPUT = re.compile(r"<(?:input|select)[^>]*>")


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer", company="Ostertal", city="Ulm")


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm")


def drawn(response: Any) -> dict[str, Any]:
    """What the browser would send of a form as it is drawn: hidden fields and inputs, several of a name as a list."""
    sent: dict[str, Any] = {}
    for tag in INPUT.findall(response.text):
        told = {key: unescape(value) for key, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if (name := told.get("name")) and name != "csrfmiddlewaretoken" and told.get("type") != "radio":
            sent[name] = [*sent[name], told.get("value", "")] if name in sent else [told.get("value", "")]
    return sent


def window(client: Client, url: str, *, htmx: bool = True) -> Callable[..., Any]:
    """A form opened at `url`: what it answers to what is typed into it, then and each time after."""
    headers = HTMX if htmx else {}
    held = {"form": drawn(client.get(url, headers=headers))}

    def send(**typed: str) -> Any:
        answer = client.post(url, {**held["form"], **typed}, headers=headers)
        held["form"] = drawn(answer)
        return answer

    return send


def fact(one: Lead, key: str) -> str:
    return reverse("records:fact", args=[one.pk, key])


@pytest.mark.parametrize("htmx", [True, False], ids=["in place", "page"])
def test_the_second_is_shown_what_the_first_wrote_and_when(
    client: Client, anke: Lead, mara: Person, htmx: bool
) -> None:
    url = fact(anke, "city") if htmx else reverse("records:edit", args=[anke.pk])
    sami_sends = window(client, url, htmx=htmx)
    actions.change(anke, {"city": "Oslo"}, by=mara, at=NOON)

    answer = sami_sends(city="Bergen")

    assert answer.status_code == HTTPStatus.CONFLICT
    told = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
    assert "Changed meanwhile City Oslo by Mara Lindholm, " in told
    assert "Bergen by you, not saved yet" in told
    assert drawn(answer)["city"] == ["Bergen"]
    anke.refresh_from_db()
    assert anke.city == "Oslo"


@pytest.mark.parametrize(("decided", "city"), [("write", "Bergen"), ("keep", "Oslo")])
def test_the_second_decides_which_of_the_two_stays(
    client: Client, anke: Lead, mara: Person, decided: str, city: str
) -> None:
    sami_sends = window(client, fact(anke, "city"))
    actions.change(anke, {"city": "Oslo"}, by=mara, at=NOON)
    sami_sends(city="Bergen")

    answer = sami_sends(decide=decided)

    assert answer.status_code == HTTPStatus.OK
    assert ("Saved." if decided == "write" else "Left as it was.") in answer.text
    anke.refresh_from_db()
    assert anke.city == city


def test_whoever_keeps_what_collided_still_writes_the_rest(client: Client, anke: Lead, mara: Person) -> None:
    sami_sends = window(client, reverse("records:edit", args=[anke.pk]), htmx=False)
    actions.change(anke, {"city": "Oslo", "consent": {"mail": False}}, by=mara, at=NOON)
    collided = sami_sends(city="Bergen", industry="Oil")
    assert re.findall("<dt>(.*?)</dt>", collided.text) == ["City"]

    assert sami_sends(decide="keep").status_code == HTTPStatus.FOUND

    anke.refresh_from_db()
    assert (anke.city, anke.industry, anke.consent) == ("Oslo", "Oil", {"mail": False})


def test_other_fields_of_the_same_lead_pass(client: Client, anke: Lead, mara: Person) -> None:
    sami_sends = window(client, fact(anke, "city"))
    actions.change(anke, {"industry": "Oil"}, by=mara, at=NOON)

    assert sami_sends(city="Bergen").status_code == HTTPStatus.OK

    anke.refresh_from_db()
    assert (anke.city, anke.industry) == ("Bergen", "Oil")


def test_a_third_change_collides_anew(client: Client, anke: Lead, mara: Person) -> None:
    sami_sends = window(client, fact(anke, "city"))
    actions.change(anke, {"city": "Oslo"}, by=mara, at=NOON)
    sami_sends(city="Bergen")
    actions.change(anke, {"city": "Rome"}, by=mara, at=NOON)

    assert "Rome" in sami_sends(decide="write").text

    anke.refresh_from_db()
    assert anke.city == "Rome"


def test_a_form_that_was_refused_for_something_else_still_knows_what_it_showed(
    client: Client, anke: Lead, mara: Person
) -> None:
    sami_sends = window(client, fact(anke, "email"))
    actions.change(anke, {"email": "anke@kestrel.example"}, by=mara, at=NOON)
    assert sami_sends(email="no address").status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    assert sami_sends(email="anke@fennmark.example").status_code == HTTPStatus.CONFLICT

    anke.refresh_from_db()
    assert anke.email == "anke@kestrel.example"


@pytest.mark.parametrize("seen", ["", "city", ":", "city:", "nothing:abc pk:x __class__:y", "é:\x00"])
def test_whatever_a_form_says_it_has_seen_is_no_fault(client: Client, anke: Lead, seen: str) -> None:
    data: Mapping[str, str] = {"city": "Bergen", "initial-city": "Ulm", "seen": seen}

    assert client.post(fact(anke, "city"), data, headers=HTMX).status_code in (HTTPStatus.OK, HTTPStatus.CONFLICT)


@pytest.mark.parametrize("decided", ["write", "keep"])
def test_a_company_is_held_to_the_same(client: Client, anke: Lead, mara: Person, decided: str) -> None:
    company = Company.objects.get()
    sami_sends = window(client, reverse("records:company_fact", args=[company.pk, "industry"]))
    actions.change_company(company, {"industry": "Brewing"}, by=mara, at=NOON)

    answer = sami_sends(industry="Beer")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Brewing" in answer.text
    assert sami_sends(decide=decided).status_code == HTTPStatus.OK

    company.refresh_from_db()
    assert company.industry == ("Beer" if decided == "write" else "Brewing")


def test_a_next_step_that_was_set_meanwhile_is_shown_and_then_written_over(
    client: Client, anke: Lead, mara: Person
) -> None:
    send = window(client, reverse("records:next_step", args=[anke.pk]))
    tomorrow = (NOON + DAY).replace(hour=9)
    actions.set_next_step(anke, "Send the offer", due_at=tomorrow, by=mara, at=NOON)

    collided = send(next_step="Call", quick="tomorrow")

    assert collided.status_code == HTTPStatus.CONFLICT
    for told in ("Changed meanwhile", "Send the offer", "by Mara Lindholm", 'id="lead"'):
        assert told in collided.text, told
    assert "Next step on" not in collided.text, "both chose the same moment"
    anke.refresh_from_db()
    assert anke.next_step == "Send the offer"
    assert send().status_code == HTTPStatus.OK
    anke.refresh_from_db()
    assert (anke.next_step, anke.next_step_at) == ("Call", tomorrow)


@pytest.mark.parametrize("url_name", ["records:finish_next_step", "home_finish_step"])
@pytest.mark.parametrize("htmx", [True, False])
def test_nobody_ticks_off_a_step_that_was_set_meanwhile(
    client: Client, anke: Lead, mara: Person, url_name: str, *, htmx: bool
) -> None:
    actions.set_next_step(anke, "Call", due_at=NOON + DAY, by=mara, at=NOON)
    send = window(client, reverse(url_name, args=[anke.pk]), htmx=htmx)
    actions.set_next_step(anke, "Send the offer", due_at=NOON + DAY, by=mara, at=NOON)

    collided = send(text="Went well.")

    assert collided.status_code == HTTPStatus.CONFLICT
    assert "The next step is another one by now: Send the offer" in collided.text
    anke.refresh_from_db()
    assert anke.next_step == "Send the offer"
    send(text="Sent.")
    anke.refresh_from_db()
    assert anke.next_step == ""


def test_a_step_whose_day_alone_was_moved_is_done_all_the_same(client: Client, anke: Lead, mara: Person) -> None:
    actions.set_next_step(anke, "Call", due_at=NOON + DAY, by=mara, at=NOON)
    send = window(client, reverse("records:finish_next_step", args=[anke.pk]))
    actions.set_next_step(anke, "Call", due_at=NOON + 2 * DAY, by=mara, at=NOON)

    assert send(text="").status_code == HTTPStatus.OK
    anke.refresh_from_db()
    assert anke.next_step == ""
