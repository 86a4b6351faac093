"""The shell around every page: what it costs, what it shows, and what it lets people do."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from workspace import subjects
from workspace.pages import context, finding, navigation
from workspace.pages.navigation import Place
from workspace.people import demo
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.subjects import Hit, Subject

pytestmark = [pytest.mark.django_db, pytest.mark.urls("workspace.pages.tests.urls")]

HTMX = {"HX-Request": "true"}


@pytest.mark.usefixtures("no_places")
def test_a_page_costs_a_fixed_number_of_queries_and_a_fragment_next_to_none(
    as_mara: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    navigation.register(*(Place(f"p{number}", "Place", "sun", "pages:find", number) for number in range(20)))

    with django_assert_num_queries(5):  # session, visitor, workspace name, roles, departments
        page = as_mara.get("/keys/")
    with django_assert_num_queries(2):  # session, visitor
        fragment = as_mara.get("/keys/", headers=HTMX)

    assert "Mara Lindholm" in page.text
    assert "<html" not in fragment.text
    assert page["Vary"].split(", ")[0] == fragment["Vary"].split(", ")[0] == "HX-Request"


def test_the_sign_in_page_costs_no_query_for_who_is_not_there(
    client: Client, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.DEMO = False

    with django_assert_num_queries(1):  # workspace name
        page = client.get("/accounts/login/")

    assert page.status_code == HTTPStatus.OK
    assert "demo" not in page.text


def test_a_demo_workspace_offers_its_people_in_one_click_and_no_other_does(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    Person.objects.create_user("rep@demo.example", demo.PASSWORD, name="Mara Lindholm", is_demo=True)
    Person.objects.create_user("admin@demo.example", "secret", name="A real Otto", is_demo=False)

    page = client.get("/accounts/login/")
    assert "Mara Lindholm" in page.text
    assert "A real Otto" not in page.text

    signed_in = client.post("/accounts/login/", {"login": "rep@demo.example", "password": demo.PASSWORD})
    assert signed_in.status_code == HTTPStatus.FOUND
    assert list(get_messages(signed_in.wsgi_request)) == [], "whoever signed in sees it, and needs no notice"


@pytest.mark.parametrize(
    ("theme", "status"), [("dark", HTTPStatus.NO_CONTENT), ("pink", HTTPStatus.UNPROCESSABLE_ENTITY)]
)
def test_a_theme_is_kept_if_there_is_one_of_this_name(
    as_mara: Client, mara: Person, theme: str, status: HTTPStatus
) -> None:
    answer = as_mara.post("/settings/theme/", {"theme": theme}, headers=HTMX)

    assert answer.status_code == status
    assert Person.objects.get(pk=mara.pk).theme == ("dark" if status == HTTPStatus.NO_CONTENT else "auto")
    assert f'data-theme="{Person.objects.get(pk=mara.pk).theme}"' in as_mara.get("/keys/").text


@pytest.mark.parametrize(("back", "goes"), [("/keys/", "/keys/"), ("https://evil.example/", "/"), ("", "/")])
def test_without_htmx_the_theme_returns_to_where_it_stood_on_this_site(as_mara: Client, back: str, goes: str) -> None:
    answer = as_mara.post("/settings/theme/", {"theme": "light", "next": back})

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, goes)


def test_find_anything_shows_places_and_the_hits_of_every_kind(
    as_mara: Client, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Person, str]] = []

    def search(person: Person, text: str, _limit: int) -> list[Hit]:
        asked.append((person, text))
        return [Hit("person", "Anke <Vollmer>", "Brauhaus Ostertal", "/leads/1/")]

    kind = Subject("person", Person, "People", lambda _record: "", str, lambda _person: Person.objects.none(), search)
    monkeypatch.setattr(subjects, "_kinds", {"person": kind})

    page = as_mara.get("/find/", {"q": " ank\x00e "})
    fragment = as_mara.get("/find/", {"q": "anke"}, headers=HTMX)

    assert asked == [(mara, "anke"), (mara, "anke")]
    assert "Anke &lt;Vollmer&gt;" in fragment.text
    assert "<html" in page.text
    assert "<html" not in fragment.text


def test_nothing_found_says_what_else_to_try(as_mara: Client) -> None:
    assert "Nothing is called “zzzz”" in as_mara.get("/find/", {"q": "zzzz"}, headers=HTMX).text


@pytest.mark.parametrize(("text", "found"), [("", True), ("my d", True), ("DAY", True), ("ay", False)])
def test_a_place_is_found_from_the_beginning_of_any_of_its_words(text: str, found: bool) -> None:
    place = Place("home", "My day", "sun", "pages:find", 1)

    assert finding.places_called(text, [place]) == ([place] if found else [])


def test_the_parts_are_shown_to_administrators_and_developers_only(
    client: Client, mara: Person, otto: Person, settings: Settings
) -> None:
    nora = Person.objects.create_user("nora@fennmark.example")
    nora.groups.add(Group.objects.get_or_create(name=Role.ADMINISTRATOR.value)[0])
    answers = []
    for visitor, debug in ((mara, False), (nora, False), (otto, False), (mara, True)):
        client.force_login(visitor)
        settings.DEBUG = debug
        answers.append(client.get("/kit/").status_code)

    assert answers == [HTTPStatus.FORBIDDEN, HTTPStatus.OK, HTTPStatus.OK, HTTPStatus.OK]


def test_the_status_line_tells_what_happened_and_how_to_take_it_back(as_mara: Client) -> None:
    as_mara.get("/telling/")

    page = as_mara.get("/keys/")

    assert "Moved to &lt;MQL&gt;." in page.text
    assert 'action="/leads/1/undo/"' in page.text
    assert "Moved to" not in as_mara.get("/keys/").text


@pytest.mark.parametrize("path", ["/find/", "/nav/badges/", "/keys/", "/kit/"])
def test_pages_of_the_shell_are_for_people_who_signed_in(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"].startswith("/accounts/login/")


def test_a_shell_without_a_request_of_somebody_is_empty(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/")

    shell = context.Shell(request)

    assert shell.person is None
    assert shell.theme == "auto"
    assert shell.navigation.main == []
    assert not shell.is_demo
