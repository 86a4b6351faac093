"""Telephone numbers: the form in which two ways of writing one number are equal."""

import re
from functools import lru_cache
from unicodedata import decimal

import phonenumbers

NOT_DIAL = re.compile(r"[^\d+]")
FEWEST_DIGITS, MOST_DIGITS = 4, 15
LONGEST_CALLING_CODE, SHORTEST_NATIONAL = 3, 2


@lru_cache(maxsize=20_000)
def telephone_key(phone: str, region: str | None = None) -> str:
    """E.164 digits with `+` where the number tells its country (or `region` does), else its bare digits.

    Empty where there are fewer than 4 or more than 15 digits (ITU-T E.164): that is no number.
    """
    bare = NOT_DIAL.sub("", phone)
    if not bare.isascii():
        # Digits of other scripts count as the digits they are.
        bare = "".join(sign if sign == "+" else str(decimal(sign)) for sign in bare)
    digits = bare.replace("+", "")
    if not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return ""
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    is_long = len(bare) > LONGEST_CALLING_CODE + SHORTEST_NATIONAL
    # The digit behind the calling code tells whether a trunk prefix follows it.
    if is_long and bare.startswith("+") and _begins_written_out(bare[1 : LONGEST_CALLING_CODE + 2]):
        return bare
    if bare.startswith("+") or region:
        try:
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            return digits
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return digits


@lru_cache(maxsize=10_000)
def _begins_written_out(beginning: str) -> bool:
    """Whether a number that begins so, after its +, is its own E.164 form for sure: no trunk prefix can follow its country.

    Spares a parse that takes 20 times as long, which counts when a file brings a hundred thousand.
    """
    for length in (1, 2, 3):
        if (trunk := _trunk_prefix(beginning[:length])) is not None:
            return trunk in ("", "0") and beginning[length : length + 1] not in ("", "0")
    return False


def _trunk_prefix(calling_code: str) -> str | None:
    """What is dialled before national numbers of a country, empty for nothing; None for what is no country's code."""
    if not calling_code.isdigit():
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code), ())
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(regions[0], None) if regions else None
    return None if metadata is None else metadata.national_prefix_for_parsing or ""
