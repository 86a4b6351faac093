"""Own fields that administrators rename, retire or narrow while a file is on its way in."""

from typing import Any

import pytest

from leads.imports.tests.bringing import agreed, bring, counts, only_lead, refused, run, take_back
from leads.records import actions as records
from leads.records.models import CustomField
from leads.records.tests.factories import NOON

pytestmark = pytest.mark.django_db

FILE = "email,tier\nada@x.example,gold\n"
COLUMNS = {"email": "email", "tier": "custom.tier"}


@pytest.fixture
def tier() -> CustomField:
    given = {"label": "Tier", "kind": "choice", "choices": ["gold", "silver"]}
    return records.save_custom_field(CustomField(), given, by=None, at=NOON)


def save(field: CustomField, **values: Any) -> None:
    records.save_custom_field(field, values, by=None, at=NOON)


def test_a_field_that_is_renamed_meanwhile_takes_the_column_still(tier: CustomField) -> None:
    import_ = agreed(FILE, COLUMNS)
    save(tier, label="Rank")

    run(import_)

    assert only_lead(email="ada@x.example").custom == {"tier": "gold"}


def test_a_field_that_is_retired_meanwhile_keeps_what_the_file_says(tier: CustomField) -> None:
    import_ = agreed(FILE, COLUMNS)
    save(tier, is_active=False)

    done = run(import_)

    assert counts(done) == (1, 0, 0, 0)
    assert only_lead(email="ada@x.example").custom == {"tier": "gold"}


def test_a_choice_that_is_retired_meanwhile_is_refused_at_its_row(tier: CustomField) -> None:
    import_ = agreed(FILE + "bo@x.example,silver\n", COLUMNS)
    save(tier, choices=["silver", "bronze"])

    done = run(import_)

    assert refused(done)
    assert only_lead(email="bo@x.example").custom == {"tier": "silver"}


def test_taking_an_import_back_leaves_the_values_of_a_retired_field(tier: CustomField) -> None:
    bring("email\nada@x.example\n")
    ada = only_lead(email="ada@x.example")
    done = bring(FILE, COLUMNS)
    save(tier, is_active=False)

    take_back(done)

    ada.refresh_from_db()
    assert ada.custom == {"tier": "gold"}
