"""Closed leads of a file: their dates, the reasons for a loss, and what a closing takes with it."""

from datetime import UTC, datetime

import pytest

from leads.funnel.models import Reason
from leads.imports.reading.values import Order
from leads.imports.tests.bringing import bring, counts, only_lead, refused
from leads.records import actions as records
from leads.records.models import Deal, StagePassage
from leads.records.tests.factories import NOON, stage
from workspace.journal.models import JournalEntry

pytestmark = pytest.mark.django_db
BY_ID = {"id": "external_id", "stage": "stage", "from": "created_at", "until": "closed_at", "why": "lost_reason"}


def test_a_closed_lead_comes_in_with_the_dates_of_its_file() -> None:
    bring(
        "id,stage,from,until,why\n1,Won,10/20/2016,3/1/2017,\n2,Lost,10/21/2016,3/2/2017,price\n3,New,10/22/2016,,\n",
        BY_ID,
        match="external_id",
        date_order=Order.MDY,
    )

    won, lost, new = (only_lead(external_id=key) for key in "123")
    began, ended = datetime(2016, 10, 20, tzinfo=UTC), datetime(2017, 3, 1, tzinfo=UTC)
    assert (won.created_at, won.closed_at, won.stage_entered_at, won.furthest_stage.slug) == (
        began,
        ended,
        ended,
        "won",
    )
    assert (lost.furthest_stage.slug, lost.lost_reason) == ("new", Reason.objects.get(kind="lost", name="Price"))
    assert (new.created_at, new.closed_at) == (datetime(2016, 10, 22, tzinfo=UTC), None)
    deal = Deal.objects.get(lead=won)
    assert (deal.opened_at, deal.closed_at, deal.outcome) == (began, ended, "won")
    passages = StagePassage.objects.filter(deal=deal).order_by("entered_at")
    assert [(p.stage.slug, p.entered_at, p.left_at) for p in passages] == [("new", began, ended), ("won", ended, None)]
    moved = JournalEntry.objects.get(thread_id=won.pk, thread_kind="lead", verb="lead.moved")
    assert (moved.at, moved.facts["to_stage"], moved.facts["seconds"]) == (ended, "won", 132 * 86_400)
    assert JournalEntry.objects.get(thread_id=won.pk, thread_kind="lead", verb="lead.created").at == began


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,Won,2017-03-02,2017-03-01,", "Closed: It was closed before it was created."),
        ("1,New,2017-03-01,2017-03-02,", "Closed: The lead is closed, but its stage “New” is an open one."),
        ("1,New,2199-01-01,,", "Created: This day is still to come."),
        ("1,Won,,2199-01-01,", "Closed: This day is still to come."),
        ("1,New,31.02.2017,,", "Created: “31.02.2017” is no date, as 2026-11-22 is."),
    ],
)
def test_dates_that_cannot_be_are_refused(row: str, words: str) -> None:
    done = bring(f"id,stage,from,until,why\n{row}\n", BY_ID, match="external_id", date_order=Order.YMD)

    assert counts(done) == (0, 0, 0, 1)
    assert words in refused(done)[0]


def test_a_closed_lead_with_one_date_has_it_for_both() -> None:
    bring("id,stage,from,until,why\n1,Won,,2017-03-01,\n2,Won,2016-05-05,,\n", BY_ID, match="external_id")

    one, two = only_lead(external_id="1"), only_lead(external_id="2")
    assert one.created_at == one.closed_at == datetime(2017, 3, 1, tzinfo=UTC)
    assert two.created_at == two.closed_at == datetime(2016, 5, 5, tzinfo=UTC)


def test_a_reason_that_is_on_no_list_is_kept_as_words_of_the_one_that_asks_for_some() -> None:
    lost = bring("id,stage,why\n1,Lost,They moved abroad\n2,New,\n", BY_ID, match="external_id")
    bring("id,stage,why\n2,Lost,Merged with Vestas\n", BY_ID, match="external_id")

    assert counts(lost) == (2, 0, 0, 0)
    for external_id, words in (("1", "They moved abroad"), ("2", "Merged with Vestas")):
        made = only_lead(external_id=external_id)
        deal = Deal.objects.get(lead=made)
        moved = JournalEntry.objects.get(thread_id=made.pk, thread_kind="lead", verb="lead.moved")
        assert (str(deal.reason), deal.reason_text) == (str(made.lost_reason), words)
        assert (moved.facts["reason"], moved.personal) == (str(made.lost_reason), {"reason_text": words})
    assert not Reason.objects.filter(name__in=["They moved abroad", "Merged with Vestas"]).exists()


def test_where_no_reason_asks_for_words_an_unknown_one_is_refused_with_the_known_ones() -> None:
    Reason.objects.filter(kind="lost", asks_text=True).update(is_active=False)

    done = bring("id,stage,why\n1,Lost,They moved abroad\n", BY_ID, match="external_id")

    assert counts(done) == (0, 0, 0, 1)
    assert "No reason for “Lost” is called “They moved abroad”. There are: " in refused(done)[0]


def test_a_lead_was_not_closed_before_it_came_into_its_stage_though_a_day_alone_may_be_the_same() -> None:
    bring("id,stage,from\n1,New,2026-11-12\n2,New,2026-11-12\n", BY_ID, match="external_id")
    for key in "12":
        records.move(only_lead(external_id=key), stage("engaged"), by=None, at=NOON)

    done = bring("id,stage,until\n1,Won,2026-11-16\n2,Won,2026-11-17\n", BY_ID, match="external_id")

    assert counts(done) == (0, 1, 0, 1)
    assert "Closed: The lead came into “Engaged” later than that, on Nov. 17, 2026." in refused(done)[0]
    assert only_lead(external_id="2").closed_at == NOON
    assert only_lead(external_id="1").is_open


def test_a_lead_that_comes_in_closed_has_nothing_more_to_do() -> None:
    columns = BY_ID | {"next": "next_step"}
    bring("id,stage,next\n1,Won,Call them\n2,New,Call them\n", columns, match="external_id")

    assert [only_lead(external_id=key).next_step for key in "12"] == ["", "Call them"]
