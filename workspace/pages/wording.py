"""Numbers, money, moments and durations in the words that pages use."""

import datetime as dt
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from workspace.paging import Count

NOTHING: Final = "–"  # what stands where nothing is known
NO_BREAK: Final = "\N{NO-BREAK SPACE}"

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_TEN: Final = 10  # from ten units on, the smaller unit says nothing any more
_WEEK: Final = 7
_DAYS_COUNTED: Final = 100

_SYMBOLS: Final = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "ILS": "₪", "INR": "₹", "JPY": "¥",
    "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "UAH": "₴", "USD": "$", "VND": "₫",
}  # fmt: skip


def duration(seconds: float | dt.timedelta) -> str:
    """“3 d 4 h”, “41 d”, “2 h 36 min”, “34 min”; the smaller unit only while there are under ten of the larger."""
    total = int(seconds.total_seconds() if isinstance(seconds, dt.timedelta) else seconds)
    days, hours, minutes = total // _DAY, total % _DAY // _HOUR, total % _HOUR // _MINUTE
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours} if hours and days < _TEN else _days(days)
    if hours:
        if minutes and hours < _TEN:
            return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
        return _("%(hours)d h") % {"hours": hours}
    if minutes:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("under a minute")


def age(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago in one unit, as a column shows it: “9 min”, “2 h”, “41 d”; after a hundred days the date."""
    seconds = max(int((now - then).total_seconds()), 0)
    if seconds >= _DAYS_COUNTED * _DAY:
        return moment(timezone.localdate(then), now)
    if seconds >= _DAY:
        return _days(seconds // _DAY)
    if seconds >= _HOUR:
        return _("%(hours)d h") % {"hours": seconds // _HOUR}
    return _("%(minutes)d min") % {"minutes": seconds // _MINUTE} if seconds >= _MINUTE else _("now")


def ago(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago, as a sentence has it: “just now”, “9 min ago”; after a hundred days the date."""
    passed = now - then
    if passed < dt.timedelta(minutes=1):
        return _("just now")
    return age(then, now) if passed.days >= _DAYS_COUNTED else _("%(age)s ago") % {"age": age(then, now)}


def moment(value: dt.datetime | dt.date, now: dt.datetime) -> str:
    """“today 11:12”, “yesterday”, “Wed 18”, “8 Oct”, “8 Oct 2025”, in the reader's zone.

    The weekday stands within a week on either side; the time only where the hour still matters, from yesterday's
    midnight to the end of tomorrow, and never for a plain date.
    """
    local = timezone.localtime(value) if isinstance(value, dt.datetime) else None
    day = local.date() if local else value
    today = timezone.localdate(now)
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((day - today).days)
    if near:
        time = date_format(local, "H:i") if local and day >= today else ""
        return f"{near} {time}".rstrip()
    if abs((day - today).days) <= _WEEK:
        return date_format(day, "D j")
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def exactly(value: dt.datetime | dt.date) -> str:
    """The whole date, and for an instant the time and its zone: the `title` of what is told in short."""
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "l j F Y, H:i:s T")
    return date_format(value, "l j F Y")


def money(amount: Decimal | float, currency: str) -> str:
    """“€48,000”, “CHF 1,250.50”: cents only where there are any; the code where a symbol would be unclear."""
    exact = Decimal(amount).quantize(Decimal("0.01"))
    whole = exact == exact.to_integral_value()
    figures = number_format(abs(exact), decimal_pos=0 if whole else 2, force_grouping=True)
    sign = "−" if exact < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency) or currency + NO_BREAK}{figures}"


def counted(count: Count | int) -> str:
    """“1,257”, “10,000+” beyond what was counted, “many” where nobody could say in time."""
    if isinstance(count, int):
        count = Count(count, exact=True)
    if count.number is None:
        return _("many")
    figures = number_format(count.number, decimal_pos=0, force_grouping=True)
    return figures if count.exact else f"{figures}+"


def _days(days: int) -> str:
    return _("%(days)d d") % {"days": days}
