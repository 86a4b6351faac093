"""How a value that people, files and integrations give is cleaned, by its kind: one look at it, and no database."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from leads.records.telephones import telephone_key

# Control characters but tab and line ends; NUL cannot be stored, the others only hurt.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CURRENCY = re.compile(r"^[A-Z]{3}\Z")
# Two labels at least, of letters of any script, digits, hyphens and underscores.
_LABEL = r"[^\x00-,/:-@\[-^`{-\x7f\s.]+"
DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\Z")
LONGEST_DOMAIN = 253
CONSENTS = ("mail", "phone", "visits")
MOST_DIGITS = 30
MOST_NAMES = 50
# No lead was active before, or will be after: far beyond, a time cannot be shown in every zone.
FIRST_YEAR, LAST_YEAR = 1900, 2200
TRUE = {"true", "yes", "y", "1", "on", "ja", "oui", "si", "sí"}
FALSE = {"false", "no", "n", "0", "off", "nein", "non"}

Day = TypeVar("Day", date, datetime)

_valid_email = EmailValidator()
_valid_url = URLValidator(schemes=["http", "https"])


def clean_text(value: object, max_length: int | None = None) -> str:
    """One trimmed line of text without control characters.

    Raises:
        ValidationError: it is longer than the field holds.
    """
    if not isinstance(value, str | int | float | Decimal):
        raise ValidationError(_("This is not a text."))
    text = " ".join(CONTROL.sub("", str(value)).split())
    if max_length is not None and len(text) > max_length:
        raise ValidationError(
            _("This has %(count)d characters; %(limit)d are possible.") % {"count": len(text), "limit": max_length}
        )
    return text


def clean_email(value: object) -> str:
    """A trimmed address in small letters, or nothing."""
    address = clean_text(value, 254).lower().removeprefix("mailto:")
    if address:
        try:
            _valid_email(address)
        except ValidationError as error:
            raise ValidationError(_("“%s” is no e-mail address.") % address[:80]) from error
    return address


def clean_number(value: object) -> Decimal | None:
    """A decimal number; nothing for an empty text."""
    text = clean_text(value).replace(" ", "").replace("\u202f", "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValidationError(_("“%s” is no number.") % text[:40]) from error
    return sensible_number(number)


def sensible_number(number: Decimal) -> Decimal:
    """`number`, unless writing it out would take pages: 1e999999999 is nine letters, and a gigabyte of digits.

    Raises:
        ValidationError: it is infinite, no number, or beyond thirty digits before or after the point.
    """
    if not number.is_finite() or number.adjusted() > MOST_DIGITS or int(number.as_tuple().exponent) < -MOST_DIGITS:
        raise ValidationError(_("“%s” is no number that could be kept.") % str(number)[:40])
    return number


def clean_money(value: object) -> Decimal | None:
    """A positive amount in cents, up to twelve digits before the point."""
    amount = clean_number(value)
    if amount is None:
        return None
    if amount < 0 or amount >= Decimal("1e12"):
        raise ValidationError(_("A value lies between 0 and 999,999,999,999."))
    return amount.quantize(Decimal("0.01"))


def clean_date(value: object) -> date | None:
    """A day, from a date or ISO text (2026-11-22)."""
    if isinstance(value, datetime):
        return sensible_day(value.date())
    if isinstance(value, date):
        return sensible_day(value)
    text = clean_text(value)
    return sensible_day(_parsed(parse_date, text, text)) if text else None


def sensible_day(day: Day) -> Day:
    """`day` (or an instant), if it lies between 1900 and 2200.

    Raises:
        ValidationError: it does not.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("A date lies between 1900 and 2200."))
    return day


def clean_moment(value: object) -> datetime | None:
    """An instant, from a datetime or ISO text; a day alone is its start, and a missing zone the active one."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time.min)
    else:
        text = clean_text(value)
        if not text:
            return None
        is_day = len(text) == len("2026-11-22")
        moment = (
            datetime.combine(_parsed(parse_date, text, text), time.min)
            if is_day
            else _parsed(parse_datetime, text, text)
        )
    sensible_day(moment)
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return aware.astimezone(UTC)  # an offset of sixteen hours is none for the database


def _parsed(parse: Any, text: str, whole: str) -> Any:
    try:
        result = parse(text)
    except ValueError:
        result = None
    if result is None:
        raise ValidationError(_("“%s” is no date, as 2026-11-22 is.") % whole[:40])
    return result


def clean_yes_no(value: object) -> bool | None:
    """Yes or no from a truth value or a word for it; nothing for an empty text."""
    if isinstance(value, bool):
        return value
    text = clean_text(value).lower()
    if text in TRUE | FALSE:
        return text in TRUE
    if not text:
        return None
    raise ValidationError(_("“%s” is neither yes nor no.") % text[:40])


def clean_link(value: object, max_length: int | None = 500) -> str:
    """An http or https address, or nothing: no other scheme is ever made a link."""
    link = clean_text(value, max_length)
    if link:
        try:
            _valid_url(link)
        except ValidationError as error:
            raise ValidationError(_("“%s” is no web address.") % link[:80]) from error
    return link


def clean_domain(value: object) -> str:
    """The domain of whatever address is given of it (https://www.Example.com/about), in small letters and without `www.`;
    or nothing."""
    text = clean_text(value)
    if not text:
        return ""
    host = re.split(r"[/?#]", re.sub(r"^[a-z]+://", "", text.lower()), maxsplit=1)[0]
    domain = re.sub(r"^(?:www\.)+(?=[^.]+\.)", "", re.sub(r":\d*\Z", "", host).rstrip("."))
    if len(domain) > LONGEST_DOMAIN or not DOMAIN.match(domain):
        raise ValidationError(_("“%s” is no domain, as example.com is.") % text[:80])
    return domain


def clean_consent(value: object) -> dict[str, bool | None]:
    """What was consented to, by way: mail, phone, visits; unknown ways are refused, None says that nothing is known."""
    if not isinstance(value, Mapping):
        raise ValidationError(_("Consent is told by way: mail, phone, visits."))
    if unknown := sorted({clean_text(way) for way in value} - set(CONSENTS)):
        raise ValidationError(_("Consent is told by way: mail, phone, visits; not %s.") % ", ".join(unknown)[:80])
    return {clean_text(way): clean_yes_no("" if answer is None else answer) for way, answer in value.items()}


def merged_consent(known: Mapping[str, bool], told: Mapping[str, bool | None]) -> dict[str, bool]:
    """`known` with what was `told`: a way that is not spoken of keeps its answer, None takes it away."""
    return {way: answer for way, answer in {**known, **told}.items() if answer is not None}


def clean_names(value: object, max_length: int | None = 120) -> list[str | int]:
    """Names (or ids) from a list or from a text parted by commas or semicolons; each once, in order."""
    parts: Iterable[object] = re.split(r"[;,]", value) if isinstance(value, str) else value  # type: ignore[assignment]
    if not isinstance(parts, list | tuple):
        raise ValidationError(_("This is not a list."))
    if len(parts) > MOST_NAMES:
        raise ValidationError(_("%d at most.") % MOST_NAMES)
    cleaned = [
        part if isinstance(part, int) and not isinstance(part, bool) else clean_text(part, max_length) for part in parts
    ]
    return list(dict.fromkeys(name for name in cleaned if name != ""))


def clean_currency(value: object) -> str:
    code = clean_text(value, 3).upper()
    if code and not CURRENCY.match(code):
        raise ValidationError(_("A currency has three letters, as in EUR or USD."))
    return code


def clean_phone(value: object) -> str:
    phone = clean_text(value, 60)
    if phone and not telephone_key(phone):
        raise ValidationError(_("“%s” is no telephone number.") % phone[:40])
    return phone
