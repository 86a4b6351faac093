"""The pages of companies: Sami sells, Rita only reads."""

import datetime as dt
import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.records import actions
from leads.records.filters import CompanyFilter
from leads.records.models import Company, CustomField, Lead
from leads.records.presenters import company_list
from leads.records.tests.factories import NOON, CompanyFactory, closed_lead, lead, person
from leads.records.tests.tables import bare_parts
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HTMX = {"HX-Request": "true"}
COMPANIES = "/companies/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def ostertal() -> Company:
    return CompanyFactory.create(
        name="Brauhaus Ostertal", domain="ostertal.example", industry="Food", country="Germany"
    )


def shown(text: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr id="company-(\d+)"', text)]


def test_a_list_of_cards_on_the_phone_is_a_table_to_a_screen_reader(
    client: Client, sami: Person, ostertal: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_list, "PAGE_SIZE", 1)
    CompanyFactory.create()

    page = client.get(COMPANIES)

    assert "Load more" in page.text
    assert page.text.count('<td role="cell"') == 8
    assert bare_parts(page.text) == []


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        lead(company=f"Company {number}")

    # Session, visitor, permissions (2), companies, their open leads, what they bought, the workspace's currency and
    # name, roles, departments.
    with django_assert_num_queries(11):
        page = client.get(COMPANIES)

    assert len(shown(page.text)) == rows


def test_the_list_tells_open_leads_and_what_was_bought(client: Client, sami: Person, ostertal: Company) -> None:
    lead(company=ostertal), lead(company=ostertal)
    closed_lead("won", at=NOON, company=ostertal, value="48000", currency="EUR")
    closed_lead("lost", at=NOON, company=ostertal, value="99000", currency="EUR")

    page = client.get(COMPANIES)

    assert re.search(r'class="c-leads end num">2<', page.text)
    assert re.search(r'class="c-won end num">€48,000<', page.text)


@pytest.mark.parametrize("query", ["q=oster", "industry=food", "country=germany", "account_owner=me"])
def test_companies_are_found_by_words_industry_country_and_owner(
    client: Client, sami: Person, ostertal: Company, query: str
) -> None:
    actions.change_company(ostertal, {"account_owner": sami}, by=sami, at=NOON)
    CompanyFactory.create(name="Corvane Foods")

    page = client.get(f"{COMPANIES}?{query}")
    by_htmx = client.get(f"{COMPANIES}?{query}", headers=HTMX)

    assert shown(page.text) == shown(by_htmx.text) == [ostertal.pk]
    assert "<html" not in by_htmx.text
    assert by_htmx["HX-Push-Url"] == f"{COMPANIES}?{query}"


def test_the_list_is_by_name_and_walked_page_by_page(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_list, "PAGE_SIZE", 2)
    by_name = {name: CompanyFactory.create(name=name).pk for name in ("Cid", "Åse", "bo")}

    first = client.get(COMPANIES)
    more = client.get(re.findall(r'href="([^"]*cursor[^"]*)"', first.text)[0], headers={**HTMX, "HX-Target": "more"})

    assert shown(first.text) + shown(more.text) == [by_name[name] for name in ("Åse", "bo", "Cid")]


def test_an_empty_list_says_why(client: Client, sami: Person) -> None:
    assert "No companies yet" in client.get(COMPANIES).text

    CompanyFactory.create()

    page = client.get(COMPANIES, {"q": "zebra"})
    assert "No company matches" in page.text
    assert 'href="/companies/"' in page.text


def test_the_number_of_companies_comes_after_the_page(client: Client, sami: Person, ostertal: Company) -> None:
    CompanyFactory.create(name="Corvane Foods")

    assert ">1</span>" in client.get(reverse("records:company_counts"), {"q": "oster"}).text
    assert ">2</span>" in client.get(reverse("records:company_counts")).text


def test_the_filter_form_offers_every_filter_of_companies(client: Client, sami: Person) -> None:
    page = client.get(reverse("records:company_filter"), {"industry": "Food"})

    assert set(CompanyFilter.base_filters) - {"q"} <= set(re.findall(r'name="(\w+)"', page.text))
    assert 'name="industry" value="Food"' in page.text
    assert 'action="/companies/"' in page.text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_queries_however_many_work_there(
    client: Client, sami: Person, ostertal: Company, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        one = lead(company=ostertal, owner=sami)
        actions.log_talk(one, actions.Talk.NOTE, text=f"Note {number}", by=sami, at=NOON)

    # Session, visitor, permissions (2), company, what it bought, currency, leads, entries with the actors' departments
    # (2), workspace name, roles, departments, what they were told of it (marked as read), whether they follow it,
    # own fields.
    with django_assert_num_queries(16):
        page = client.get(ostertal.get_absolute_url())

    assert page.text.count('<ul class="there">') == 1


def test_the_page_tells_what_they_bought_over_their_life_who_is_there_and_what_happened(
    client: Client, sami: Person, ostertal: Company
) -> None:
    anke = lead(first_name="Anke", company=ostertal, owner=sami, value="7000", currency="EUR")
    won = closed_lead("won", at=NOON - DAY, company=ostertal, value="48000", currency="EUR", created_at=NOON - 30 * DAY)
    actions.open_next_deal(won, by=sami, at=NOON)
    binned = closed_lead("won", at=NOON, company=ostertal, value="500", currency="EUR")
    Lead.objects.filter(pk=binned.pk).update(deleted_at=NOON)
    actions.change_company(
        ostertal, {"customer_since_date": dt.date(2025, 3, 1), "renewal_date": dt.date(2026, 12, 1)}, by=sami, at=NOON
    )
    actions.log_talk(anke, actions.Talk.NOTE, text="Wants a pilot.", by=sami, at=NOON)

    page = client.get(ostertal.get_absolute_url())

    assert '<span class="stat-value">€48,000</span><small class="muted">1 deal won' in page.text
    assert '<span class="stat-value">€7,000</span><small class="muted">2 open deals' in page.text
    assert "1 Mar 2025" in page.text
    assert "1 Dec" in page.text
    story = page.text[page.text.index('<ol class="journal"') :]
    assert "Wants a pilot." in story
    assert f'<a class="link" href="{anke.get_absolute_url()}">' in story
    assert re.search(r"Renewal</span> <s><bdi>–</bdi></s>", story)


def test_a_company_that_is_gone_is_not_found(client: Client, sami: Person, ostertal: Company) -> None:
    Company.objects.filter(pk=ostertal.pk).update(deleted_at=NOON)

    assert client.get(ostertal.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND


def test_a_fact_of_a_company_is_edited_in_its_place(client: Client, sami: Person, ostertal: Company) -> None:
    url = reverse("records:company_fact", args=[ostertal.pk, "industry"])

    form = client.get(url, headers=HTMX)
    saved = client.post(url, {"industry": "Breweries", "initial-industry": "Food"}, headers=HTMX)
    plain = client.get(url)

    assert 'hx-target="#fact-industry"' in form.text
    assert saved["HX-Retarget"] == "#company"
    assert "<bdi>Breweries</bdi>" in saved.text
    assert re.search(r'id="edit-industry"[^>]* autofocus', saved.text)
    assert plain["Location"] == f"{reverse('records:edit_company', args=[ostertal.pk])}#id_industry"


def test_a_new_name_reaches_the_leads_there(client: Client, sami: Person, ostertal: Company) -> None:
    anke = lead(company=ostertal)
    data = {"name": "Brauerei Ostertal", "initial-name": "Brauhaus Ostertal"}

    client.post(reverse("records:company_fact", args=[ostertal.pk, "name"]), data)

    anke.refresh_from_db()
    assert anke.company_name == "Brauerei Ostertal"


@pytest.mark.usefixtures("sami")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("domain", "https://www.corvane.example/en", "Corvane Foods has this domain already."),
        ("domain", "corvane", "“corvane” is no domain, as example.com is."),
        ("name", "", "This field is required."),
        ("people_count", "-3", "greater than or equal to 0"),
        ("renewal_date", "soon", "Enter a valid date."),
    ],
)
def test_what_does_not_fit_a_company_is_said_at_its_field(
    client: Client, ostertal: Company, field: str, value: str, words: str
) -> None:
    CompanyFactory.create(name="Corvane Foods", domain="corvane.example")
    url = reverse("records:company_fact", args=[ostertal.pk, field])

    response = client.post(url, {field: value, f"initial-{field}": getattr(ostertal, field) or ""}, headers=HTMX)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in response.text


def test_the_page_of_all_fields_writes_only_what_was_changed_own_fields_included(
    client: Client, sami: Person, ostertal: Company
) -> None:
    CustomField.objects.create(on="company", key="machines", label="Machines", kind="number")
    url = reverse("records:edit_company", args=[ostertal.pk])
    page = client.get(url)
    drawn = dict(re.findall(r'name="(initial-[\w.]+)" value="([^"]*)"', page.text))
    data = {name.removeprefix("initial-"): value for name, value in drawn.items()}
    actions.change_company(ostertal, {"country": "Austria"}, by=None, at=NOON)

    response = client.post(url, {**drawn, **data, "city": "Ostertal", "custom.machines": "40"})

    assert response["Location"] == ostertal.get_absolute_url()
    ostertal.refresh_from_db()
    assert (ostertal.city, ostertal.country, ostertal.custom) == ("Ostertal", "Austria", {"machines": 40})
    assert "Machines" in client.get(ostertal.get_absolute_url()).text


def test_only_facts_of_a_company_are_edited_in_place(client: Client, sami: Person, ostertal: Company) -> None:
    for key in ("deleted_at", "custom.nothing", "country"):
        url = reverse("records:company_fact", args=[ostertal.pk, key])
        assert client.get(url, headers=HTMX).status_code == HTTPStatus.NOT_FOUND


def test_who_only_reads_sees_a_company_and_changes_nothing(client: Client, ostertal: Company) -> None:
    client.force_login(person("Rita Reader", Role.READ_ONLY))
    before = JournalEntry.objects.count()

    page = client.get(ostertal.get_absolute_url())
    answers = [
        client.post(reverse(f"records:{name}", args=[ostertal.pk, *extra]), {"industry": "x"}).status_code
        for name, extra in (("edit_company", ()), ("company_fact", ("industry",)))
    ]

    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert "ostertal.example" in main
    assert "/edit/" not in main
    assert "/facts/" not in main
    assert answers == [HTTPStatus.FORBIDDEN] * 2
    assert JournalEntry.objects.count() == before


def test_hostile_words_of_a_company_are_shown_as_they_are(client: Client, sami: Person) -> None:
    attack = "<script>alert(1)</script>"
    company = CompanyFactory.create(name=attack, industry=attack, city=attack, phone=attack)
    lead(first_name=attack, job_title=attack, company=company)

    for url in (COMPANIES, company.get_absolute_url(), reverse("records:edit_company", args=[company.pk])):
        assert "<script>alert" not in client.get(url).text
