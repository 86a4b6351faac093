"""The journal: entries are added, never changed; who listens hears a batch; months have partitions of their own."""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from workspace import verbs
from workspace.journal import actions as journal
from workspace.journal import partitions
from workspace.journal.actions import Batch, Happening
from workspace.journal.models import JournalEntry, Way
from workspace.people.models import Person
from workspace.registry import Registry
from workspace.tests.moments import NOW
from workspace.verbs import Verb

pytestmark = pytest.mark.django_db

WAVED = Verb("test.waved", "Waved", "waved {times} times at {whom}", "hand", "talks", personal=("whom",))
NODDED = Verb("test.nodded", "Nodded", "nodded", "check")


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's verbs and two of these tests."""
    registry: Registry[Verb] = Registry("verb")
    for verb in (*verbs.entries().values(), WAVED, NODDED):
        registry.add(verb.key, verb)
    monkeypatch.setattr(verbs, "_verbs", registry)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Batch]:
    """What a listener to `test.waved` hears."""
    monkeypatch.setattr(journal, "_handlers", {})
    monkeypatch.setattr(journal, "_hearing_all", [])
    batches: list[Batch] = []
    journal.on("test.waved", batches.append)
    return batches


def test_an_entry_keeps_apart_what_is_personal(mara: Person) -> None:
    entry = journal.record("test.waved", subject=mara, by=mara, at=NOW, times=3, whom="Anke Vollmer")

    stored = JournalEntry.objects.get()
    assert stored.pk == entry.pk
    assert (stored.facts, stored.personal) == ({"times": 3}, {"whom": "Anke Vollmer"})
    assert (stored.subject_kind, stored.subject_id) == ("person", mara.pk)
    assert (stored.thread_kind, stored.thread_id) == ("person", mara.pk)
    assert stored.actor == mara
    assert str(stored.line) == "waved 3 times at Anke Vollmer"


def test_a_fact_that_is_gone_reads_as_a_dash(mara: Person) -> None:
    entry = journal.record("test.waved", subject=mara, by=None, at=NOW, times=3)

    assert str(entry.line) == "waved 3 times at –"


def test_a_verb_that_nobody_declared_is_not_written(mara: Person) -> None:
    with pytest.raises(KeyError):
        journal.record("test.unheard", subject=mara, by=None, at=NOW)


def test_a_record_of_no_registered_kind_is_no_subject(mara: Person) -> None:
    with pytest.raises(LookupError, match="JournalEntry"):
        journal.record("test.nodded", subject=JournalEntry(pk=1), by=mara, at=NOW)


@pytest.mark.parametrize(
    "statement", ["UPDATE workspace_journal_entry SET verb = 'other'", "DELETE FROM workspace_journal_entry"]
)
@pytest.mark.parametrize("is_demo", [False, True])
def test_nothing_is_changed_or_deleted(mara: Person, statement: str, is_demo: bool) -> None:
    journal.record("test.nodded", subject=mara, by=mara, at=NOW, is_demo=is_demo)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert JournalEntry.objects.get().verb == "test.nodded"


def test_nothing_is_changed_by_a_session_that_skips_triggers_either(mara: Person) -> None:
    journal.record("test.nodded", subject=mara, by=mara, at=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE workspace_journal_entry SET verb = 'other'")


def test_demo_entries_are_the_only_ones_that_go(mara: Person) -> None:
    journal.record("test.nodded", subject=mara, by=mara, at=NOW, is_demo=True)
    kept = journal.record("test.nodded", subject=mara, by=mara, at=NOW)

    assert journal.remove_demo_entries() == 1

    assert JournalEntry.objects.get().pk == kept.pk
    journal.record("test.nodded", subject=mara, by=mara, at=NOW, is_demo=True)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        JournalEntry.objects.filter(is_demo=True).delete()


def test_a_listener_hears_one_batch_of_its_verb_however_many_entries(
    mara: Person, otto: Person, heard: list[Batch]
) -> None:
    happenings = [Happening("test.waved", mara, NOW, facts={"times": times}) for times in range(3)]

    journal.record_many([*happenings, Happening("test.nodded", otto, NOW)], by=mara)

    (batch,) = heard
    assert sorted(entry.facts["times"] for entry in batch.entries()) == [0, 1, 2]


def test_nothing_written_is_nothing_heard(heard: list[Batch]) -> None:
    assert journal.record_many([], by=None) == []
    assert heard == []


def test_what_a_listener_refuses_is_not_written(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_batch: Batch) -> None:
        raise RuntimeError

    monkeypatch.setattr(journal, "_handlers", {})
    journal.on("test.nodded", refuse)

    with pytest.raises(RuntimeError), transaction.atomic():
        journal.record("test.nodded", subject=mara, by=mara, at=NOW)

    assert not JournalEntry.objects.exists()


@pytest.mark.usefixtures("heard")
def test_a_listener_listens_once() -> None:
    def listen(_batch: Batch) -> None: ...

    journal.on("test.waved", listen)

    with pytest.raises(ValueError, match=r"hears 'test\.waved' twice"):
        journal.on("test.waved", listen)


def test_who_follows_the_whole_journal_hears_every_verb_once(mara: Person, heard: list[Batch]) -> None:
    followed: list[Batch] = []
    listen = followed.append
    journal.on_every(listen)
    with pytest.raises(ValueError, match="hears every verb twice"):
        journal.on_every(listen)

    journal.record_many([Happening(verb, mara, NOW) for verb in ("test.waved", "test.nodded", "test.waved")], by=None)

    assert [batch.verb for batch in followed] == ["test.nodded", "test.waved"]
    assert [batch.verb for batch in heard] == ["test.waved"]


def test_a_set_is_written_by_one_statement_and_heard_as_one_batch(
    mara: Person, otto: Person, heard: list[Batch], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    select = (
        "SELECT %(at)s::timestamptz, 'person', id, 'person', id, jsonb_build_object('times', 2), '{}'::jsonb, false "
        "FROM workspace_people_person WHERE id = ANY(%(ids)s)"
    )

    with django_assert_num_queries(1), journal.by_way(Way.IMPORT):
        written = journal.record_select("test.waved", select, {"at": NOW, "ids": [mara.pk, otto.pk]}, by=otto)

    assert written == 2
    (batch,) = heard
    assert {(entry.subject_id, entry.actor_id, entry.way) for entry in batch.entries()} == {
        (mara.pk, otto.pk, "import"),
        (otto.pk, otto.pk, "import"),
    }


def test_an_empty_set_is_heard_by_nobody(heard: list[Batch]) -> None:
    nobody = "SELECT now(), '', 0::bigint, '', 0::bigint, '{}'::jsonb, '{}'::jsonb, false WHERE false"

    assert journal.record_select("test.waved", nobody, {}, by=None) == 0
    assert heard == []


def test_the_way_is_that_of_the_innermost_door(mara: Person) -> None:
    def way() -> str:
        return journal.record("test.nodded", subject=mara, by=mara, at=NOW).way

    with journal.by_way(Way.WEB):
        outside = way()
        with journal.by_way(Way.API):
            inside = way()
        after = way()

    assert (outside, inside, after, way()) == ("web", "api", "web", "worker")


def test_a_timeline_stands_newest_first_whatever_was_written_last(mara: Person) -> None:
    for days in (1, 3, 2):
        journal.record("test.waved", subject=mara, by=mara, at=NOW - timedelta(days=days), times=days)

    told = JournalEntry.objects.on_thread("person", mara.pk)

    assert [entry.facts["times"] for entry in told] == [1, 2, 3]
    assert not JournalEntry.objects.on_thread("person", mara.pk).of_groups(["visits"]).exists()
    assert JournalEntry.objects.of_groups(["talks"]).count() == 3


def test_partitions_are_made_ahead_and_once() -> None:
    far = datetime(2031, 11, 17, tzinfo=UTC)

    assert partitions.make_partitions(far, ahead=2) == [
        "workspace_journal_entry_2031_11",
        "workspace_journal_entry_2031_12",
        "workspace_journal_entry_2032_01",
    ]
    assert partitions.make_partitions(far, ahead=2) == []


def test_an_entry_lies_in_the_partition_of_the_month_in_which_it_was_written(mara: Person) -> None:
    partitions.make_partitions(datetime(2031, 11, 17, tzinfo=UTC), ahead=0)
    JournalEntry.objects.create(
        at=NOW, recorded_at=datetime(2031, 11, 30, 23, 59, tzinfo=UTC), way=Way.WEB, verb="test.nodded",
        subject_kind="person", subject_id=mara.pk, thread_kind="person", thread_id=mara.pk,
    )  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM workspace_journal_entry")
        assert cursor.fetchall() == [("workspace_journal_entry_2031_11",)]


def test_a_month_whose_entries_fell_into_the_rest_stays_there(mara: Person) -> None:
    JournalEntry.objects.create(
        at=NOW, recorded_at=datetime(2031, 11, 17, tzinfo=UTC), way=Way.WEB, verb="test.nodded",
        subject_kind="person", subject_id=mara.pk, thread_kind="person", thread_id=mara.pk,
    )  # fmt: skip

    assert partitions.make_partitions(datetime(2031, 11, 17, tzinfo=UTC), ahead=0) == []
    assert JournalEntry.objects.count() == 1


def test_months_pass_the_year() -> None:
    assert partitions.months(date(2026, 11, 17), 3) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_administrators_read_it_and_change_nothing(as_otto: Client, mara: Person) -> None:
    entry = journal.record("test.waved", subject=mara, by=mara, at=NOW, times=3, whom="Anke")
    journal.record("test.nodded", subject=mara, by=mara, at=NOW)
    listed = reverse("admin:workspace_journal_journalentry_changelist")

    page = as_otto.get(listed, {"verb": "test.waved", "actor": str(mara.pk)})

    assert "waved 3 times at Anke" in page.text
    assert page.context["cl"].result_count == 1
    assert as_otto.get(reverse("admin:workspace_journal_journalentry_add")).status_code == HTTPStatus.FORBIDDEN
    changed = as_otto.post(reverse("admin:workspace_journal_journalentry_change", args=[entry.pk]), {"verb": "x"})
    assert changed.status_code == HTTPStatus.FORBIDDEN


def test_entries_about_every_kind_of_record_can_be_listed(as_otto: Client, mara: Person) -> None:
    journal.record("test.nodded", subject=mara, by=mara, at=NOW)
    JournalEntry.objects.create(
        at=NOW, way=Way.WEB, verb="test.nodded", subject_kind="deal", subject_id=1, thread_kind="x", thread_id=1
    )

    page = as_otto.get(reverse("admin:workspace_journal_journalentry_changelist"))

    assert page.status_code == HTTPStatus.OK
    assert "deal 1" in page.text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    as_otto: Client, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    journal.record_many([Happening("test.nodded", mara, NOW) for _ in range(rows)], by=mara)
    url = reverse("admin:workspace_journal_journalentry_changelist")
    as_otto.get(url)

    # Session, visitor, two of permissions, a count with its time limit (set, savepoint, release), people to filter by,
    # entries with their actors.
    with django_assert_num_queries(11):
        as_otto.get(url)
