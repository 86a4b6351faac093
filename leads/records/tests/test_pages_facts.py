"""Facts edited in their place on the page of a lead, and on the page of all fields."""

import datetime as dt
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.records import actions
from leads.records.models import CustomField, Lead
from leads.records.tests.acting import HTMX, act, shows_whole_lead
from leads.records.tests.factories import NOON, lead, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer", created_at=NOON - 30 * HOUR)


def test_a_fact_is_edited_in_its_place(client: Client, sami: Person, anke: Lead) -> None:
    url = reverse("records:fact", args=[anke.pk, "city"])

    form = client.get(url, headers=HTMX)
    saved = client.post(
        url, {"city": "Ostertal", "initial-city": "", "country": "", "initial-country": ""}, headers=HTMX
    )

    assert form.text.count("<input") >= 2
    assert 'hx-target="#fact-city"' in form.text
    assert shows_whole_lead(saved)
    assert "<bdi>Ostertal</bdi>" in saved.text
    # The keyboard goes on where it was.
    assert re.search(r'id="edit-city"[^>]* autofocus', saved.text)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_fact_that_does_not_fit_stays_in_its_form_with_the_reason(
    client: Client, sami: Person, anke: Lead, htmx: bool
) -> None:
    data = {"email": "anke@", "initial-email": "anke@ostertal.example"}

    response = act(client, "fact", anke, data, "email", htmx=htmx)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "“anke@” is no e-mail address." in response.text
    assert 'value="anke@"' in response.text
    assert ("<html" in response.text) is not htmx


def test_an_address_that_another_lead_has_names_and_links_it(client: Client, sami: Person, anke: Lead) -> None:
    other = lead("uwe@ostertal.example", first_name="Uwe", last_name="Kranz")

    response = act(
        client, "fact", anke, {"email": "UWE@ostertal.example", "initial-email": anke.email}, "email", htmx=True
    )

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Uwe Kranz has this e-mail address already." in response.text
    assert f'href="{other.get_absolute_url()}"' in response.text


def test_a_fact_without_javascript_is_edited_on_the_page_of_all_fields(
    client: Client, sami: Person, anke: Lead
) -> None:
    response = client.get(reverse("records:fact", args=[anke.pk, "value"]))

    assert response["Location"] == f"{reverse('records:edit', args=[anke.pk])}#id_value"


@pytest.mark.parametrize("key", ["stage", "created_at", "fit", "custom.nothing", "next_step", "deleted_at"])
def test_only_facts_are_edited_in_place(client: Client, sami: Person, anke: Lead, key: str) -> None:
    assert act(client, "fact", anke, {key: "x"}, key, htmx=True).status_code == HTTPStatus.NOT_FOUND


def test_every_kind_of_fact_has_a_form_that_saves(client: Client, sami: Person, anke: Lead) -> None:
    CustomField.objects.create(key="machines", label="Machines", kind="number")
    CustomField.objects.create(key="pilot", label="Pilot", kind="yes_no")
    given: dict[str, dict[str, Any]] = {
        "name": {"first_name": "Anka", "last_name": "Vollmer", "job_title": "Director"},
        "phone": {"phone": "+49 30 5550 0142"},
        "owner": {"owner": sami.pk},
        "company": {"company": "Brauhaus Ostertal"},
        "buying_role": {"buying_role": "champion"},
        "tags": {"tags": "brewery, pilot"},
        "value": {"value": "48000.50", "currency": "USD"},
        "consent": {"consent_mail": "yes", "consent_phone": "no", "consent_visits": ""},
        "crm_url": {"crm_url": "https://crm.example/7"},
        "asleep_until": {"asleep_until": "2026-12-24", "asleep_reason": "Budget opens then"},
        "custom.machines": {"custom.machines": "40"},
        "custom.pilot": {"custom.pilot": "yes"},
    }

    answers = {
        key: act(client, "fact", anke, {**{f"initial-{name}": "" for name in data}, **data}, key, htmx=True).status_code
        for key, data in given.items()
    }

    assert set(answers.values()) == {HTTPStatus.OK}, answers
    stored = Lead.objects.for_page().get(pk=anke.pk)
    assert (str(stored), stored.job_title, stored.owner, stored.company_name) == (
        "Anka Vollmer", "Director", sami, "Brauhaus Ostertal",
    )  # fmt: skip
    assert (str(stored.value), stored.currency, stored.buying_role) == ("48000.50", "USD", "champion")
    assert stored.consent == {"mail": True, "phone": False}
    assert sorted(str(tag) for tag in stored.tags.all()) == ["brewery", "pilot"]
    assert (stored.asleep_until, stored.asleep_reason) == (dt.date(2026, 12, 24), "Budget opens then")
    assert stored.custom == {"machines": 40, "pilot": True}


def test_the_page_of_all_fields_writes_only_what_this_visitor_changed(client: Client, sami: Person, anke: Lead) -> None:
    url = reverse("records:edit", args=[anke.pk])
    page = client.get(url)
    names = re.findall(r'<(?:input|select)[^>]* name="([\w.]+)"', page.text)
    drawn = dict(re.findall(r'name="(initial-[\w.]+)" value="([^"]*)"', page.text))
    as_drawn = {name: drawn.get(f"initial-{name}", "") for name in names if name != "q"}
    actions.change(anke, {"country": "Germany"}, by=person("Tove Rep"), at=NOON)

    response = client.post(url, {**drawn, **as_drawn, "city": "Ostertal"})

    assert response.status_code == HTTPStatus.FOUND
    anke.refresh_from_db()
    assert (anke.city, anke.country, anke.email) == ("Ostertal", "Germany", "anke@ostertal.example")
    edits = JournalEntry.objects.filter(verb="lead.edited", actor=sami)
    assert [change["field"] for entry in edits for change in entry.personal["changes"]] == ["city"]


def test_a_cancelled_edit_shows_the_lead_as_it_is_now(client: Client, sami: Person, anke: Lead) -> None:
    response = client.get(f"{anke.get_absolute_url()}?focus=city", headers={**HTMX, "HX-Target": "lead"})

    assert response.text.lstrip().startswith('<div class="record" id="lead"')
    assert re.search(r'id="edit-city"[^>]* autofocus', response.text)
