"""What is copied in is what is read back, whatever signs it holds."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from workspace.copying import as_array, copy_columns

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def _copied(columns: dict[str, Any], count: int, kinds: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE copied ({kinds}) ON COMMIT DROP")
        copy_columns("copied", columns, count)
        cursor.execute("SELECT * FROM copied")
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("DROP TABLE copied")
    return rows


class AnyText(TestCase):
    @given(st.lists(st.one_of(TEXTS, st.none()), min_size=1))
    def test_comes_in_as_it_is(self, texts: list[str | None]) -> None:
        rows = _copied({"number": list(range(len(texts))), "words": texts}, len(texts), "number int, words text")
        assert rows == list(enumerate(texts))

    @given(st.lists(TEXTS))
    def test_makes_an_array(self, texts: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text[]", [as_array(texts)])
            assert cursor.fetchone() == (texts,)


@pytest.mark.django_db
def test_values_of_every_kind_come_in_row_by_row_or_for_all() -> None:
    noon = datetime(2026, 3, 29, 12, tzinfo=timezone(timedelta(hours=2)))
    columns = {
        "at": [noon, None, noon],
        "day": date(2026, 3, 29),
        "amount": [Decimal("1.50"), Decimal("0.10"), None],
        "is_so": [True, False, True],
        "words": "the same\tfor all",
        "nothing": None,
    }
    rows = _copied(columns, 3, "at timestamptz, day date, amount numeric, is_so boolean, words text, nothing text")

    rest = ("the same\tfor all", None)
    assert rows == [
        (noon.astimezone(UTC), date(2026, 3, 29), Decimal("1.50"), True, *rest),
        (None, date(2026, 3, 29), Decimal("0.10"), False, *rest),
        (noon.astimezone(UTC), date(2026, 3, 29), None, True, *rest),
    ]


@pytest.mark.django_db
def test_what_does_not_fit_is_an_error_of_the_database() -> None:
    with pytest.raises(DataError):
        _copied({"number": ["twelve"]}, 1, "number int")
