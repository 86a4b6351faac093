"""Where people can go: each role finds its own in front, and badges count what waits for the visitor."""

import pytest
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from workspace.pages import navigation
from workspace.pages.navigation import Link, Place
from workspace.paging import Count
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("workspace.pages.tests.urls"),
    pytest.mark.usefixtures("no_places"),
]


def everybody_waits(_person: Person) -> QuerySet[Person]:
    return Person.objects.all()


LEADS = Place("leads", "Leads", "users-round", "pages:find", 20, phone=True, badge=everybody_waits)
LEFT_BEHIND = Place("care", "Left behind", "heart", "pages:keys", 25, tabs_of="leads", badge=everybody_waits)
CAMPAIGNS = Place("campaigns", "Campaigns", "megaphone", "pages:kit", 30, roles=[Role.MARKETER])
HOME = Place("home", "My day", "sun", "account_login", 10, sums_badges=True, phone=True)


def names(links: list[Link]) -> list[str]:
    return [str(link.place.label) for link in links]


def with_role(person: Person, role: Role) -> Person:
    person.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return Person.objects.get(pk=person.pk)


def test_a_place_of_another_role_lies_under_more(mara: Person) -> None:
    navigation.register(CAMPAIGNS, LEADS, HOME)

    rep, marketer = with_role(mara, Role.REP), Person(email="new@fennmark.example")
    marketer.save()
    marketer = with_role(marketer, Role.MARKETER)

    assert names(navigation.navigation_of(rep, "/").main) == ["My day", "Leads"]
    assert names(navigation.navigation_of(rep, "/").more) == ["Campaigns"]
    assert names(navigation.navigation_of(marketer, "/").main) == ["My day", "Leads", "Campaigns"]


def test_what_a_person_may_not_see_shows_nowhere_and_what_belongs_under_more_stays_there(mara: Person) -> None:
    navigation.register(
        Place("admin", "Administration", "shield", "admin:index", 90, may=lambda person: person.is_staff),
        Place("imports", "Imports", "upload", "pages:find", 40, in_more=True),
        Place("wall", "Wall", "brick-wall", "pages:kit", 50, may=navigation.permitted("workspace_people.view_person")),
    )

    shown = navigation.navigation_of(mara, "/find/")

    assert names(shown.main) == []
    assert names(shown.more) == ["Imports"]
    assert shown.is_in_more


@pytest.mark.parametrize(("path", "current"), [("/find/3/", "Leads"), ("/keys/", "Leads"), ("/kit/", "Campaigns")])
def test_the_page_lies_in_the_place_with_the_longest_address_and_a_tab_in_its_place(
    mara: Person, path: str, current: str
) -> None:
    navigation.register(LEADS, LEFT_BEHIND, CAMPAIGNS)

    shown = navigation.navigation_of(mara, path)

    assert names([link for link in shown.main if link.is_current]) == [current]
    assert names(navigation.tabs_of("leads", mara, path)) == ["Leads", "Left behind"]


def test_the_phone_has_room_for_four_places(mara: Person) -> None:
    navigation.register(
        *(Place(f"p{number}", f"P{number}", "sun", "pages:find", number, phone=True) for number in range(6))
    )

    assert names(navigation.navigation_of(mara, "/").phone) == ["P0", "P1", "P2", "P3"]


def test_a_place_is_registered_once() -> None:
    navigation.register(LEADS)

    with pytest.raises(ValueError, match="leads"):
        navigation.register(LEADS)

    assert navigation.entries() == [LEADS]


def test_the_badge_of_a_place_adds_its_tabs_and_home_is_the_sum(
    as_mara: Client, mara: Person, otto: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    navigation.register(HOME, LEADS, LEFT_BEHIND, CAMPAIGNS)

    badges = {badge.key: badge for badge in navigation.badges_of(mara)}

    assert {key: badge.count for key, badge in badges.items()} == {
        "home": Count(4, exact=True),
        "leads": Count(4, exact=True),
    }
    with django_assert_num_queries(3):  # session, visitor, cache
        page = as_mara.get("/nav/badges/")
    assert page.text.count('id="badge-leads"') == 1
    assert page.text.count('id="badge-phone-leads"') == 1


def test_badges_are_counted_anew_once_forgotten(mara: Person) -> None:
    navigation.register(LEADS)
    navigation.badges_of(mara)
    Person.objects.create_user("new@fennmark.example")

    [stale] = navigation.badges_of(mara)
    navigation.forget_badges(mara)
    [fresh] = navigation.badges_of(mara)

    assert (stale.count, fresh.count) == (Count(1, exact=True), Count(2, exact=True))


def test_a_badge_beyond_its_cap_says_so(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_BADGE_CAP", 1)
    Person.objects.create_user("new@fennmark.example")
    navigation.register(HOME, LEADS)

    assert [badge.count for badge in navigation.badges_of(mara)] == [Count(1, exact=False)] * 2
