"""Values as people and files give them, cleaned for each kind of field: the answer is always a value or a sentence."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from leads.records import fields
from leads.records.fields import FIELDS, Kind
from leads.records.telephones import FEWEST_DIGITS, MOST_DIGITS, telephone_key

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
    st.binary(),
)


@given(key=st.sampled_from(sorted(FIELDS)), value=anything)
def test_any_value_is_cleaned_or_refused_with_a_sentence(key: str, value: Any) -> None:
    try:
        answers = [str(fields.clean_value(FIELDS[key], value))]
    except ValidationError as error:
        answers = error.messages
        assert all(answers), "a refusal says why"

    assert not any("\x00" in answer for answer in answers)


@given(
    key=st.sampled_from(sorted(key for key, field in FIELDS.items() if field.kind is not Kind.REFERENCES)),
    value=st.text(),
)
def test_cleaning_twice_changes_nothing(key: str, value: str) -> None:
    try:
        once = fields.clean_value(FIELDS[key], value)
    except ValidationError:
        return
    assert fields.clean_value(FIELDS[key], once) == once


@pytest.mark.parametrize(
    ("key", "given_value", "stored"),
    [
        ("first_name", "  Anne \u202fMarie\x00 ", "Anne Marie"),
        ("first_name", "عبد الله", "عبد الله"),
        ("first_name", "Zoë 🚀", "Zoë 🚀"),
        ("email", " Mailto:ANKE@Ostertal.Example", "anke@ostertal.example"),
        ("email", "ANKE@Ostertal.Example ", "anke@ostertal.example"),
        ("company_domain", "https://www.Ostertal.Example:8443/en/about?from=mail#team", "ostertal.example"),
        ("company_domain", " WWW.ostertal.example. ", "ostertal.example"),
        ("company_domain", "ostertal.example?x=1", "ostertal.example"),
        ("company_domain", "bräu-1.ostertal.example", "bräu-1.ostertal.example"),
        ("company_domain", "www.example", "www.example"),
        ("value", "1200", Decimal("1200.00")),
        ("value", " 1 200.5 ", Decimal("1200.50")),
        ("currency", "eur", "EUR"),
        ("asleep_until", "2026-11-22", date(2026, 11, 22)),
        ("created_at", "2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("next_step_at", "2026-11-22T09:00:00+23:59", datetime(2026, 11, 21, 9, 1, tzinfo=UTC)),
        ("tags", "a; b,a ,, c", ["a", "b", "c"]),
        ("consent", {"mail": "no", "phone": True, "visits": ""}, {"mail": False, "phone": True, "visits": None}),
        ("buying_role", "Champion", "champion"),
        ("owner", "", None),
    ],
)
def test_a_value_is_stored_in_one_form(key: str, given_value: object, stored: object) -> None:
    assert fields.clean_value(FIELDS[key], given_value) == stored


def test_a_moment_is_kept_in_an_offset_that_the_database_knows() -> None:
    moment = fields.clean_value(FIELDS["next_step_at"], "2026-11-22T09:00:00-20:00")

    assert moment.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("first_name", "x" * 10_000, "10000 characters; 120 are possible"),
        ("email", "anke(at)ostertal", "no e-mail address"),
        ("phone", "call me", "no telephone number"),
        ("company_domain", "ostertal", "no domain"),
        ("company_domain", "anke@ostertal.example", "no domain"),
        ("company_domain", "ostertal..example", "no domain"),
        ("company_domain", "<b>.example", "no domain"),
        ("company_domain", "x" * 250 + ".example", "no domain"),
        ("value", "-5", "between 0 and"),
        ("value", "NaN", "is no number"),
        ("value", "1e999999", "no number that could be kept"),
        ("value", "1e-999999", "no number that could be kept"),
        ("created_at", "0001-01-01", "between 1900 and 2200"),
        ("next_step_at", "9999-12-31T23:59:59", "between 1900 and 2200"),
        ("asleep_until", "2026-11-22rubbish", "is no date"),
        ("tags", ",".join(map(str, range(51))), "50 at most"),
        ("asleep_until", "31.02.2026", "is no date"),
        ("asleep_until", "2026-02-31", "is no date"),
        ("crm_url", "javascript:alert(1)", "no web address"),
        ("consent", {"pigeon": True}, "not pigeon"),
        ("buying_role", "boss", "none of"),
        ("currency", "E1R", "three letters"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(key: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("(", r"\(")):
        fields.clean_value(FIELDS[key], value)


def test_all_that_does_not_fit_is_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        fields.clean({"email": "x", "value": "y", "shoe_size": 44})

    assert set(caught.value.message_dict) == {"email", "value", "shoe_size"}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+49 30 5550 0142", "+493055500142"),
        ("0049 (30) 5550-0142", "+493055500142"),
        ("030 5550142", "0305550142"),
        ("٠٣٠ ٥٥٥٠١٤٢", "0305550142"),
        ("123", ""),
        ("1234567890123456", ""),
        ("no number", ""),
    ],
)
def test_two_ways_of_writing_one_number_have_one_key(written: str, key: str) -> None:
    assert telephone_key(written) == key


CALLING_CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@settings(max_examples=1_000)
@given(code=st.sampled_from(CALLING_CODES), national=st.text("0123456789", min_size=1, max_size=14))
@example(code=596, national="5")
@example(code=44, national="02079460123")
@example(code=39, national="0612345678")
@example(code=7, national="89161234567")
@example(code=52, national="15512345678")
def test_the_short_way_to_a_telephone_key_ends_where_the_long_one_does(code: int, national: str) -> None:
    written = f"+{code}{national}"
    assume(FEWEST_DIGITS <= len(written) - 1 <= MOST_DIGITS)

    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        expected = written[1:]
    else:
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    assert telephone_key(written) == expected


@given(st.text(max_size=80))
def test_a_telephone_key_is_digits_or_nothing(written: str) -> None:
    key = telephone_key(written)

    assert key == "" or (key.isascii() and key.removeprefix("+").isdigit())
