"""Where a person can go: rooms register their places, and each role finds in front of it what it works with.

A place shows when its room is installed and `may` agrees; it stands in the main navigation of its `roles`, for
everybody else under "More". The badges count only what waits for the person, and come in a request after the page.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from workspace import paging
from workspace.paging import Count
from workspace.people.models import Person
from workspace.people.roles import EVERYBODY, Role
from workspace.registry import Registry

PHONE_PLACES = 4
_BADGE_CAP = 999
_BADGE_SECONDS = 30


def everybody(_person: Person) -> bool:
    return True


def permitted(permission: str) -> Callable[[Person], bool]:
    """A predicate for `Place.may`: whether a person holds `app_label.codename`."""

    def holds(person: Person) -> bool:
        return person.has_perm(permission)

    return holds


@dataclass(frozen=True)
class Place:
    """One entry of the navigation.

    `badge` answers the rows that wait for a person; `sums_badges` marks the place (My day) that shows the sum of all.
    A place with `tabs_of` has no entry of its own: it is a tab of that place and adds to its badge. `phone` puts it
    into the bar at the bottom, which has room for four.
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str
    order: int
    roles: Iterable[Role] = EVERYBODY
    may: Callable[[Person], bool] = everybody
    badge: Callable[[Person], QuerySet[Any]] | None = None
    sums_badges: bool = False
    in_more: bool = False
    phone: bool = False
    tabs_of: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Link:
    """A place as one visitor sees it on one page."""

    place: Place
    is_current: bool


@dataclass(frozen=True)
class Navigation:
    """The links of one visitor on one page."""

    main: list[Link] = field(default_factory=list)
    more: list[Link] = field(default_factory=list)
    phone: list[Link] = field(default_factory=list)
    has_badges: bool = False

    @property
    def is_in_more(self) -> bool:
        """Whether the page lies under "More", which then stands open."""
        return any(link.is_current for link in self.more)


@dataclass(frozen=True)
class Badge:
    """How much waits at a place; None for nothing. `is_on_phone` for places of the bottom bar, which show it twice."""

    key: str
    count: Count | None
    is_on_phone: bool


_places: Registry[Place] = Registry("place")


def register(*places: Place) -> None:
    """Make places known.

    Raises:
        ValueError: a key is registered already.
    """
    for place in places:
        _places.add(place.key, place)


def entries() -> list[Place]:
    """All places in their order, for the guard test."""
    return sorted(_places.values(), key=lambda place: (place.order, place.key))


def places_of(person: Person) -> list[Place]:
    """What `person` may go to, tabs included. Costs two queries for the permissions, once a request."""
    return [place for place in entries() if place.may(person)]


def navigation_of(person: Person, path: str) -> Navigation:
    """The navigation of `person` on the page at `path`. Costs the queries of `places_of`, and one for the roles."""
    places = places_of(person)
    current = _current(places, path)
    links = [Link(place, place.key == current) for place in places if not place.tabs_of]
    main: list[Link] = []
    more: list[Link] = []
    for link in links:
        # Whoever has no role yet still finds everything.
        is_mine = not person.roles or not person.roles.isdisjoint(link.place.roles)
        (main if is_mine and not link.place.in_more else more).append(link)
    phone = [link for link in links if link.place.phone][:PHONE_PLACES]
    return Navigation(main, more, phone, has_badges=any(place.badge for place in places))


def tabs_of(key: str, person: Person, path: str) -> list[Link]:
    """The places that are tabs of the place `key`, it included, for the page at `path`."""
    tabs = [place for place in places_of(person) if key in (place.key, place.tabs_of)]
    here = max((place for place in tabs if path.startswith(place.url)), key=lambda place: len(place.url), default=None)
    return [Link(place, place is here) for place in tabs]


def badges_of(person: Person) -> list[Badge]:
    """What waits for `person`, by place. Kept for half a minute.

    Costs one query a badge (under the time limit of `paging.count`), or one look into the cache.
    """
    key = _cache_key(person)
    badges: list[Badge] | None = cache.get(key)
    if badges is None:
        badges = _count_badges(places_of(person), person)
        cache.set(key, badges, _BADGE_SECONDS)
    return badges


def forget_badges(person: Person) -> None:
    """Count anew at the next look, after something stopped waiting for `person`."""
    cache.delete(_cache_key(person))


def _count_badges(places: list[Place], person: Person) -> list[Badge]:
    numbers: Counter[str] = Counter()
    inexact: set[str] = set()
    homes = [place.key for place in places if place.sums_badges]
    for place in places:
        if place.badge is None:
            continue
        count = paging.count(place.badge(person), cap=_BADGE_CAP)
        for key in {place.tabs_of or place.key, *homes}:
            numbers[key] += count.number or 0
            if not count.exact:
                inexact.add(key)
    on_phone = [place.key for place in places if place.phone and not place.tabs_of][:PHONE_PLACES]
    return [
        Badge(key, Count(number, exact=key not in inexact) if number else None, key in on_phone)
        for key, number in numbers.items()
    ]


def _current(places: Iterable[Place], path: str) -> str:
    """The key of the place whose address is the longest beginning of `path`; home only for home itself."""
    matches = [place for place in places if path == place.url or (place.url != "/" and path.startswith(place.url))]
    here = max(matches, key=lambda place: len(place.url), default=None)
    return (here.tabs_of or here.key) if here else ""


def _cache_key(person: Person) -> str:
    return f"workspace.badges.{person.pk}"
