"""Leads that a file closes on the very day on which they were made, or came into their stage: it may name the day only."""

import pytest

from leads.imports.tests.bringing import bring, counts, only_lead, refused

pytestmark = pytest.mark.django_db

COLUMNS = {"id": "external_id", "stage": "stage", "from": "created_at", "until": "closed_at"}


def test_a_lead_made_in_the_afternoon_may_be_closed_on_that_day() -> None:
    done = bring("id,stage,from,until\n1,Won,2017-03-02 15:30,2017-03-02\n", COLUMNS, match="external_id")

    assert counts(done) == (1, 0, 0, 0)
    one = only_lead(external_id="1")
    assert one.closed_at == one.created_at


def test_a_known_lead_is_closed_on_the_day_on_which_it_was_made_and_not_before() -> None:
    bring("id,stage,from\n1,New,2017-03-02 15:30\n2,New,2017-03-02 15:30\n", COLUMNS, match="external_id")

    done = bring("id,stage,until\n1,Won,2017-03-02\n2,Won,2017-03-01\n", COLUMNS, match="external_id")

    assert counts(done) == (0, 1, 0, 1)
    assert only_lead(external_id="1").closed_at == only_lead(external_id="1").created_at
    assert "Closed: The lead came into “New” later than that" in refused(done)[0]
