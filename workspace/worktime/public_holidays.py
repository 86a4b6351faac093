"""Public holidays of countries and their regions, as the `holidays` package knows them."""

import datetime as dt
from collections.abc import Callable
from functools import cache, lru_cache, partial

import holidays
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES

from workspace.worktime.hours import no_holidays


@cache
def countries() -> dict[str, str]:
    """The two letters of every country that is known, with its name, by name."""
    named = {names[1]: _spoken(names[0]) for names in COUNTRIES.values()}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


@cache
def regions(country: str) -> tuple[str, ...]:
    """The regions of a country that have holidays of their own, as the package calls them."""
    known: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    return tuple(known.get(country, ()))


def validate(country: str, region: str) -> None:
    """Refuse a place that is not known.

    Raises:
        ValidationError: for `country` or `region`.
    """
    if region and not country:
        raise ValidationError({"country": _("Say in which country the region lies.")})
    if country and country not in countries():
        raise ValidationError({"country": _("The holidays of “%s” are not known.") % country[:40]})
    if region and region not in regions(country):
        known = ", ".join(regions(country)) or _("none")
        raise ValidationError(
            {
                "region": _("“%(region)s” is no region here; known are: %(known)s.")
                % {"region": region[:40], "known": known}
            }
        )


def names_of(country: str, region: str) -> Callable[[dt.date], str]:
    """The name of the holiday on a day, or nothing."""
    return partial(_name, country, region) if country else no_holidays


def _name(country: str, region: str, day: dt.date) -> str:
    return _of_year(country, region, day.year).get(day, "")


@lru_cache(maxsize=256)
def _of_year(country: str, region: str, year: int) -> dict[dt.date, str]:
    return dict(holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US"))


def _spoken(name: str) -> str:
    """`UnitedKingdom` as people write it."""
    return "".join(f" {letter}" if place and letter.isupper() else letter for place, letter in enumerate(name))
