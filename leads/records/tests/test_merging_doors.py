"""Merging by the pages and by the API, and what old ids lead to: Sami merges, Rita only reads."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.records.actions import merging
from leads.records.models import Lead, Merge
from leads.records.tests.factories import NOON, lead, person
from workspace.api.tests.client import Caller
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer", city="Bremen", phone="+49 421 5550 12")


@pytest.fixture
def twin() -> Lead:
    return lead("a.vollmer@ostertal.example", first_name="Anke", last_name="Vollmer", city="Kiel", job_title="Buyer")


def both(anke: Lead, twin: Lead) -> str:
    return f"{reverse('records:merge', args=[anke.pk])}?with={twin.pk}"


def test_leads_that_share_something_are_offered_and_others_are_searched(
    client: Client, sami: Person, anke: Lead, twin: Lead
) -> None:
    other = lead("zoe@ostertal.example", first_name="Zoë", last_name="Other")

    offered = client.get(reverse("records:merge", args=[anke.pk])).text
    searched = client.get(reverse("records:merge", args=[anke.pk]), {"q": "zoe"}).text

    assert f"?with={twin.pk}" in offered
    assert "the same name" in offered
    assert f"?with={other.pk}" not in offered
    assert f"?with={other.pk}" in searched


def test_both_stand_side_by_side_and_what_is_chosen_goes_on(
    client: Client, sami: Person, anke: Lead, twin: Lead
) -> None:
    page = client.get(both(anke, twin)).text
    assert 'name="choice.city" value="survivor" checked' in page
    assert 'name="choice.job_title" value="other" checked' in page, "filled from the other"
    assert 'name="choice.last_name"' not in page, "both say the same"

    done = client.post(both(anke, twin), {"choice.city": "other", "choice.job_title": "other"}, follow=True)

    assert done.redirect_chain == [(anke.get_absolute_url(), HTTPStatus.FOUND)]
    assert "Anke Vollmer was merged into this lead." in done.text
    one = Lead.objects.get(pk=anke.pk)
    assert (one.city, one.job_title, one.email) == ("Kiel", "Buyer", "anke@ostertal.example")
    made = Merge.objects.get()
    assert reverse("records:unmerge", args=[anke.pk, made.pk]) in done.text

    undone = client.post(reverse("records:unmerge", args=[anke.pk, made.pk]), follow=True)

    assert "Anke Vollmer is a lead of its own again. What happened since stays with Anke Vollmer." in undone.text
    assert Lead.objects.get(pk=anke.pk).city == "Bremen"
    assert client.get(twin.get_absolute_url()).status_code == HTTPStatus.OK
    again = client.post(reverse("records:unmerge", args=[anke.pk, made.pk]), follow=True)
    assert "This merge was undone already." in again.text


def test_a_choice_of_nothing_is_refused_beside_the_fact(client: Client, sami: Person, anke: Lead, twin: Lead) -> None:
    page = client.post(both(anke, twin), {"choice.city": "mine", "choice.stage": "other"})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose “survivor” or “other”." in page.text
    assert "This is not chosen in a merge." in page.text
    assert not Merge.objects.exists()


def test_with_itself_with_nobody_and_with_one_that_is_gone(
    client: Client, sami: Person, anke: Lead, twin: Lead
) -> None:
    itself = client.post(both(anke, anke))
    assert itself.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "A lead is not merged with itself." in itself.text
    for strange in ("x", "²", "99999", "9" * 30):
        page = client.get(reverse("records:merge", args=[anke.pk]), {"with": strange})
        assert page.status_code == HTTPStatus.NOT_FOUND, strange
    third = lead("third@ostertal.example")
    merging.merge(third, twin, by=sami, at=NOON)

    late = client.post(both(anke, twin))

    assert late.status_code == HTTPStatus.CONFLICT
    assert f"Lead {twin.pk} was merged into Anke Vollmer already." in late.text


def test_who_only_reads_merges_nothing(client: Client, anke: Lead, twin: Lead) -> None:
    client.force_login(person("Rita Reader", Role.READ_ONLY))
    made = merging.merge(anke, lead(), by=None, at=NOON)

    assert reverse("records:merge", args=[anke.pk]) not in client.get(anke.get_absolute_url()).text
    assert client.get(both(anke, twin)).status_code == HTTPStatus.FORBIDDEN
    assert client.post(both(anke, twin)).status_code == HTTPStatus.FORBIDDEN
    undo = reverse("records:unmerge", args=[anke.pk, made.pk])
    assert client.post(undo).status_code == HTTPStatus.FORBIDDEN


def test_every_address_of_the_old_id_leads_to_the_survivor(
    client: Client, sami: Person, anke: Lead, twin: Lead
) -> None:
    merging.merge(anke, twin, by=sami, at=NOON)

    for name, extra in (
        ("lead", []),
        ("edit", []),
        ("move", []),
        ("talk", ["call"]),
        ("merge", []),
        ("fact", ["city"]),
    ):
        old, new = (reverse(f"records:{name}", args=[pk, *extra]) for pk in (twin.pk, anke.pk))
        answer = client.get(old, {"show": "talks"})
        assert (answer.status_code, answer["Location"]) == (HTTPStatus.MOVED_PERMANENTLY, f"{new}?show=talks"), name
        assert "no-store" in answer["Cache-Control"], "a merge can be undone"
    note = reverse("records:talk", args=[twin.pk, "note"])
    written = client.post(note, {"text": "Written on the old page."}, follow=True)
    assert "Note saved." in written.text, "a form of the old page is kept, with what was written"
    assert client.post(reverse("records:remove", args=[twin.pk])).status_code == HTTPStatus.NOT_FOUND
    assert Lead.objects.living().count() == 1


def test_while_a_lead_is_written_down_the_ones_that_may_be_the_same_are_shown(
    client: Client, sami: Person, anke: Lead
) -> None:
    def asked(**typed: str) -> str:
        return client.get(reverse("records:alike"), typed).text

    link = f'href="{anke.get_absolute_url()}"'
    assert link in (by_mail := asked(email=" Anke@Ostertal.example"))
    assert "the same e-mail address" in by_mail
    assert "the same telephone number" in asked(phone="0049 421 555012")
    assert "the same name" in asked(first_name="anke", last_name="VOLLMER")
    for nothing in ({}, {"email": "anke@"}, {"last_name": "Vollmer"}, {"first_name": "a", "last_name": "v"}):
        assert link not in asked(**nothing)
    assert reverse("records:alike") in client.get(reverse("records:new")).text


@pytest.mark.parametrize("rows", [1, 5])
def test_what_may_be_the_same_costs_the_same_for_one_as_for_many(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _number in range(rows):
        lead(first_name="Anke", last_name="Vollmer")
    typed = {"email": "a@b.example", "phone": "+49 421 5550 12", "first_name": "Anke", "last_name": "Vollmer"}

    # session, person, permissions (2), and by address, number and name
    with django_assert_num_queries(7):
        page = client.get(reverse("records:alike"), typed)

    assert page.text.count("<li>") == rows


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


def test_a_merge_and_its_undoing_by_the_api(caller: Caller, anke: Lead, twin: Lead) -> None:
    body = {"with": twin.pk, "choices": {"city": "other"}}

    told = caller.post(f"leads/{anke.pk}/merge/", body)

    assert (told["id"], told["city"], told["job_title"]) == (anke.pk, "Kiel", "Buyer")
    listed = caller.get(f"leads/{anke.pk}/merges/")["results"]
    assert [(one["merged"], one["undone_at"]) for one in listed] == [({"id": twin.pk, "name": "Anke Vollmer"}, None)]
    assert caller.post(f"leads/{anke.pk}/merges/undo/")["city"] == "Bremen"
    assert caller.get(f"leads/{twin.pk}/")["id"] == twin.pk
    refused = caller.post(f"leads/{anke.pk}/merges/undo/", {}, HTTPStatus.BAD_REQUEST)
    assert "Nothing was merged into this lead." in json.dumps(refused)


def test_the_old_id_answers_with_the_survivor_in_all_that_is_called_of_it(
    caller: Caller, anke: Lead, twin: Lead
) -> None:
    caller.post(f"leads/{anke.pk}/merge/", {"with": twin.pk})

    assert caller.get(f"leads/{twin.pk}/")["id"] == anke.pk
    assert caller.patch(f"leads/{twin.pk}/", {"city": "Ulm"})["id"] == anke.pk
    caller.post(f"leads/{twin.pk}/log/", {"talk": "note", "text": "By the old id."}, HTTPStatus.CREATED)
    told = [entry["verb"] for entry in caller.get(f"leads/{anke.pk}/journal/")["results"]]
    assert "lead.noted" in told
    answer: Any = caller.client.delete(f"/api/v1/leads/{twin.pk}/")
    assert (answer.status_code, answer.json()["lead"]["id"]) == (HTTPStatus.CONFLICT, anke.pk)


def test_the_old_id_is_written_to_only_if_the_survivor_is_what_the_caller_saw(
    caller: Caller, anke: Lead, twin: Lead
) -> None:
    caller.post(f"leads/{anke.pk}/merge/", {"with": twin.pk})
    address = f"/api/v1/leads/{twin.pk}/"
    seen = caller.client.get(address)["ETag"]

    def write(city: str) -> int:
        headers = {"If-Match": seen}
        sent = caller.client.patch(address, json.dumps({"city": city}), "application/json", headers=headers)
        return int(sent.status_code)

    assert write("Ulm") == HTTPStatus.OK
    assert write("Kiel") == HTTPStatus.PRECONDITION_FAILED


def test_the_api_says_why_two_are_not_merged(caller: Caller, anke: Lead, twin: Lead) -> None:
    third = lead("third@ostertal.example")
    url = f"leads/{anke.pk}/merge/"

    assert set(caller.post(url, {"with": anke.pk}, HTTPStatus.BAD_REQUEST)["errors"]) == {"with"}
    assert set(caller.post(url, {"with": 999_999}, HTTPStatus.BAD_REQUEST)["errors"]) == {"with"}
    assert set(caller.post(url, {}, HTTPStatus.BAD_REQUEST)["errors"]) == {"with"}
    caller.post(url, {"with": twin.pk})
    late = caller.post(f"leads/{third.pk}/merge/", {"with": twin.pk}, HTTPStatus.CONFLICT)
    assert (late["title"], late["lead"]["id"]) == ("Merged meanwhile", anke.pk)
    reader = Caller(person("Rita Reader", Role.READ_ONLY))
    reader.post(url, {"with": third.pk}, HTTPStatus.FORBIDDEN)
