"""Telephone numbers: the form in which two ways of writing one number are equal."""

import re
from functools import lru_cache
from unicodedata import decimal

import phonenumbers

NOT_DIAL = re.compile(r"[^\d+]")
FEWEST_DIGITS, MOST_DIGITS = 4, 15


@lru_cache(maxsize=20_000)
def telephone_key(phone: str, region: str | None = None) -> str:
    """E.164 digits with `+` where the number tells its country (or `region` does), else its bare digits.

    Empty where there are fewer than 4 or more than 15 digits (ITU-T E.164): that is no number.
    """
    # Digits of other scripts count as the digits they are.
    bare = "".join(sign if sign == "+" else str(decimal(sign)) for sign in NOT_DIAL.sub("", phone))
    digits = bare.replace("+", "")
    if not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return ""
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+") or region:
        try:
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            return digits
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return digits
