"""A new lead in a short form: Sami sells, Mara markets, Rita only reads."""

import datetime as dt
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from leads.records.models import Company, Lead
from leads.records.tests.factories import CompanyFactory, lead, person, stage
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

NEW = "/leads/new/"


def test_a_lead_is_made_with_its_company_and_next_step_and_its_page_opens(client: Client, sami: Person) -> None:
    data = {
        "first_name": "Anke", "last_name": "Vollmer", "email": "Anke@Ostertal.example", "company": "Brauhaus Ostertal",
        "stage": stage("engaged").pk, "value": "48000", "owner": sami.pk, "next_step": "First call",
        "next_step_at": "2026-11-18T09:00",
    }  # fmt: skip

    page = client.post(NEW, data, follow=True)

    one = Lead.objects.for_page().get()
    assert page.redirect_chain == [(one.get_absolute_url(), HTTPStatus.FOUND)]
    assert "Anke Vollmer is in the workspace." in page.text
    assert (one.email, one.stage, one.owner, one.company_name) == (
        "anke@ostertal.example", stage("engaged"), sami, "Brauhaus Ostertal",
    )  # fmt: skip
    assert (str(one.value), one.currency) == ("48000.00", "EUR")
    assert (one.next_step, one.next_step_at) == ("First call", dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("role", "departments", "fields"),
    [(Role.REP, "S", {"owner"}), (Role.MARKETER, "M", {"marketer"}), (Role.REVENUE_LEAD, "MS", {"owner", "marketer"})],
)
def test_whoever_makes_a_lead_looks_after_it(client: Client, role: Role, departments: str, fields: set[str]) -> None:
    somebody = person("Somebody New", role, *departments)
    client.force_login(somebody)

    page = client.get(NEW)

    mine = f'<option value="{somebody.pk}" selected>Somebody New</option>'
    for name in ("owner", "marketer"):
        control = page.text[page.text.index(f'<select name="{name}"') :]
        assert (mine in control[: control.index("</select>")]) is (name in fields)


def test_an_address_that_is_taken_names_and_links_the_lead_that_has_it(client: Client, sami: Person) -> None:
    other = lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer")

    page = client.post(NEW, {"email": "ANKE@ostertal.example", "stage": stage("new").pk})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Anke Vollmer has this e-mail address already." in page.text
    assert f'href="{other.get_absolute_url()}"' in page.text
    assert 'href="#id_email"' in page.text  # the summary leads to the field
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"first_name": "Anke"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "a@b.example", "phone": "call me"}, "phone"),
        ({"email": "a@b.example", "value": "-1"}, "value"),
        ({"email": "a@b.example", "value": "1", "currency": "euro"}, "currency"),
        ({"email": "a@b.example", "first_name": "x" * 121}, "first_name"),
        ({"email": "a@b.example", "last_name": "a\x00b"}, "last_name"),
        ({"email": "a@b.example", "next_step": "Call"}, "next_step_at"),
        ({"email": "a@b.example", "next_step_at": "2026-11-18T09:00"}, "next_step"),
        ({"email": "a@b.example", "owner": "999999"}, "owner"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_in_the_summary_and_nothing_is_made(
    client: Client, sami: Person, data: dict[str, str], field: str
) -> None:
    page = client.post(NEW, {"stage": str(stage("new").pk), **data})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'id="id_{field}_error"' in page.text
    assert f'href="#id_{field}"' in page.text
    assert "data-takes-focus" in page.text
    assert not Lead.objects.exists()


def test_hostile_and_right_to_left_names_are_kept_as_given_and_shown_harmless(client: Client, sami: Person) -> None:
    name = "<script>alert(1)</script> ليلى 🍺"

    page = client.post(NEW, {"last_name": name, "email": "a@b.example", "stage": stage("new").pk}, follow=True)

    assert Lead.objects.get().last_name == name
    assert "<script>alert" not in page.text


def test_who_only_reads_makes_no_lead(client: Client) -> None:
    client.force_login(person("Rita Reader", Role.READ_ONLY))

    answers = [client.get(NEW).status_code, client.post(NEW, {"email": "a@b.example"}).status_code]

    assert answers == [HTTPStatus.FORBIDDEN] * 2
    assert not Lead.objects.exists()


def test_names_of_companies_come_as_one_types_and_an_existing_one_is_used(client: Client, sami: Person) -> None:
    known = CompanyFactory.create(name="Brauhaus <Ostertal>", domain="ostertal.example")
    CompanyFactory.create(name="Corvane Foods")

    offered = client.get(reverse("records:company_suggestions"), {"company": "brau"})
    nothing = client.get(reverse("records:company_suggestions"), {"company": " "})
    client.post(NEW, {"last_name": "Kranz", "company": "brauhaus <ostertal>", "stage": stage("new").pk})

    assert offered.text.count("<option") == 1
    assert 'value="Brauhaus &lt;Ostertal&gt;"' in offered.text
    assert "<option" not in nothing.text
    assert Lead.objects.get().company == known
    assert Company.objects.count() == 2
