"""What cells look like: days, numbers, yes and no; and their text turned into what fields take."""

import re
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.records.values import FALSE, FIRST_YEAR, LAST_YEAR, TRUE, sensible_number


class Order(StrEnum):
    """In which order a written day names year, month and day."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Look(StrEnum):
    """What the values of a column look like."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"


_DAY = re.compile(
    r"(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})"
    r"(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\Z"
)
_NAMED_DAY = re.compile(r"(?:(\d{1,2})\.?[ \-]([^\W\d]{3,9})|([^\W\d]{3,9})\.? (\d{1,2}),?)\.?,?[ \-](\d{4})\Z")
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar janvier enero", "feb february februar février febrero", "mar march märz mär mars marzo",
            "apr april avril abril", "may mai mayo", "jun june juni juin junio", "jul july juli juillet julio",
            "aug august août agosto", "sep sept september septembre septiembre", "oct okt october oktober octobre octubre",
            "nov november novembre noviembre", "dec dez december dezember décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d[\d.,'’  \s]*\Z")
_MONEY_SIGNS = re.compile(r"^(?:[$€£¥₹]|[A-Z]{3}\b)\s*|\s*(?:[$€£¥₹]|\b[A-Z]{3}|%)\Z")
_GROUPS = re.compile(r"['’  \s]")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\Z")
_LINK = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|00|0|\()[\d\s().\-/]{6,}\Z")
_CENTURY = 100


def look(text: str) -> Look:
    """What one value looks like."""
    if _EMAIL.match(text):
        return Look.EMAIL
    if _LINK.match(text):
        return Look.LINK
    if _DAY.match(text) or _NAMED_DAY.match(text):
        return Look.DATE
    if _PHONE.match(text):
        return Look.PHONE
    if _NUMBER.match(_MONEY_SIGNS.sub("", text)):
        return Look.NUMBER
    return Look.YES_NO if text.lower() in TRUE | FALSE else Look.TEXT


def order_of(texts: list[str]) -> tuple[Order, bool]:
    """In which order days are written, and whether the values leave no doubt (none has a day past the twelfth)."""
    parts = [match.groups() for text in texts if (match := _DAY.match(text))]
    if any(len(first) > 2 for first, *_ in parts):  # noqa: PLR2004 - a year has four digits
        return Order.YMD, True
    firsts, seconds = ({int(part[place]) for part in parts} for place in (0, 1))
    if any(number > 12 for number in firsts):  # noqa: PLR2004 - no month
        return Order.DMY, all(number <= 12 for number in seconds)  # noqa: PLR2004
    if any(number > 12 for number in seconds):  # noqa: PLR2004
        return Order.MDY, True
    return (Order.MDY if any("/" in text for text in texts) else Order.DMY), not parts


def has_decimal_comma(texts: list[str]) -> bool:
    """Whether the comma parts the decimals: `1.234,5` and `12,50` say so, `1,234` and `1.5` do not."""
    commas = points = 0
    for text in texts:
        number = _GROUPS.sub("", _MONEY_SIGNS.sub("", text))
        last = max(number.rfind(","), number.rfind("."))
        if last < 0:
            continue
        is_comma = number[last] == ","
        is_group = len(number) - last - 1 == 3 and number.count(number[last]) >= 1  # noqa: PLR2004 - thousands
        both = "," in number and "." in number
        if both or not is_group:
            commas, points = commas + is_comma, points + (not is_comma)
    return commas > points


def number(text: str, *, decimal_comma: bool) -> Decimal:
    """The number that `text` writes, currency signs and thousands aside.

    Raises:
        ValidationError: it writes none.
    """
    plain = _GROUPS.sub("", _MONEY_SIGNS.sub("", text.strip()))
    plain = plain.replace(".", "").replace(",", ".") if decimal_comma else plain.replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise ValidationError(_("“%s” is no number.") % text[:40]) from error
    return sensible_number(value)


@lru_cache(maxsize=20_000)
def moment(text: str, order: Order, zone: tzinfo) -> datetime:
    """The instant that `text` writes; a day alone is its start, and a time without a zone is of `zone`.

    Raises:
        ValidationError: it writes none, or one before 1900 or after 2200.
    """
    found = _numbered(text, order, zone) if _DAY.match(text) else _named(text, zone)
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        wanted = {Order.YMD: "2026-11-22", Order.DMY: "22.11.2026", Order.MDY: "11/22/2026"}[order]
        raise ValidationError(_("“%(text)s” is no date, as %(wanted)s is.") % {"text": text[:40], "wanted": wanted})
    return found


def _numbered(text: str, order: Order, zone: tzinfo) -> datetime | None:
    match = _DAY.match(text)
    if match is None:
        return None
    first, second, third, hour, minute, second_of, half, offset = match.groups()
    if len(first) > 2:  # noqa: PLR2004 - a year stands first whatever was chosen
        order = Order.YMD
    year, month, day = {
        Order.YMD: (first, second, third), Order.DMY: (third, second, first), Order.MDY: (third, first, second),
    }[order]  # fmt: skip
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    try:
        found = datetime(_year(year), int(month), int(day), hours, int(minute or 0), int(second_of or 0), tzinfo=zone)
        if offset:
            found = found.replace(tzinfo=datetime.strptime(offset.replace("Z", "+0000"), "%z").tzinfo)
    except ValueError:
        return None
    return found


def _year(text: str) -> int:
    year = int(text)
    if year >= _CENTURY or len(text) > 2:  # noqa: PLR2004 - written out
        return year
    return year + (2000 if year < 70 else 1900)  # noqa: PLR2004 - as POSIX does


def _named(text: str, zone: tzinfo) -> datetime | None:
    match = _NAMED_DAY.match(text)
    if match is None:
        return None
    day, month, other_month, other_day, year = match.groups()
    number_of = _MONTHS.get((month or other_month).lower())
    try:
        return datetime(int(year), number_of or 0, int(day or other_day), tzinfo=zone)
    except ValueError:
        return None
