"""Who is told of what, by which way, and who is not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.journal import actions as journal
from workspace.journal.models import JournalEntry, Way
from workspace.notices import telling
from workspace.notices.kinds import NoticeKind
from workspace.notices.models import Level, Notice, Preference
from workspace.notices.recipients import mentioned
from workspace.notices.tests.conftest import Name
from workspace.people.models import Department, Person
from workspace.remarks import actions as remarks

pytestmark = pytest.mark.django_db


def test_whoever_is_named_is_told_once_and_the_writer_is_not(
    name: Name, otto: Person, mara: Person, sales: Department
) -> None:
    notice = name(f"@{otto.email} and @{mara.email}")

    entry = JournalEntry.objects.get(verb="remark.made")
    assert list(Notice.objects.values_list("person", flat=True)) == [mara.pk]
    assert (notice.kind, notice.level, notice.entry_id, notice.actor) == ("mention", Level.MAIL, entry.pk, otto)
    assert (notice.subject_kind, notice.subject_id, notice.told_at) == ("department", sales.pk, entry.recorded_at)
    assert notice.mail_due_at == notice.told_at + telling.PATIENCE


@pytest.mark.parametrize(
    ("level", "told"), [(Level.OFF, []), (Level.BELL, [("bell", False)]), (Level.DIGEST, [("digest", True)])]
)
def test_the_preference_says_how_one_is_told(name: Name, mara: Person, level: Level, told: list[object]) -> None:
    Preference.objects.create(person=mara, kind="mention", level=level)
    if level == Level.OFF:
        with pytest.raises(Notice.DoesNotExist):
            name()
    else:
        name()

    found = Notice.objects.filter(person=mara)
    assert [(notice.level, notice.mail_due_at is not None) for notice in found] == told


def test_who_left_is_told_nothing(otto: Person, mara: Person, sales: Department) -> None:
    mara.is_active = False
    mara.save(update_fields=["is_active"])

    journal.record("remark.made", subject=sales, by=otto, at=timezone.now(), text=f"@{{{mara.pk}}}")

    assert not Notice.objects.exists()


def test_what_happened_days_ago_or_came_with_a_file_is_no_news(otto: Person, mara: Person, sales: Department) -> None:
    text, now = f"@{{{mara.pk}}}", timezone.now()

    journal.record("remark.made", subject=sales, by=otto, at=now - timedelta(days=4), text=text)
    with journal.by_way(Way.IMPORT):
        journal.record("remark.made", subject=sales, by=otto, at=now, text=text)
    assert not Notice.objects.exists()

    journal.record("remark.made", subject=sales, by=otto, at=now - timedelta(days=2), text=text)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("level", [Level.MAIL, Level.DIGEST])
def test_what_the_demo_tells_of_its_past_is_in_the_bell_and_never_mailed(
    otto: Person, mara: Person, sales: Department, level: Level
) -> None:
    Preference.objects.create(person=mara, kind="mention", level=level)

    now, text = timezone.now(), f"@{{{mara.pk}}} @{{{mara.pk}}}"

    journal.record("remark.made", subject=sales, by=otto, at=now - timedelta(hours=2), is_demo=True, text=text)
    journal.record("remark.made", subject=sales, by=otto, at=now, is_demo=True, text=text)

    told = Notice.objects.order_by("pk")
    assert [notice.mail_due_at is not None for notice in told] == [False, True], "what is done in it now is mailed"


def test_a_notice_stands_and_falls_with_what_it_tells(otto: Person, mara: Person, sales: Department) -> None:
    with transaction.atomic():
        remarks.say(sales, f"@{mara.email}", by=otto, at=timezone.now())
        assert Notice.objects.exists()
        transaction.set_rollback(True)

    assert not Notice.objects.exists()


@pytest.mark.parametrize("entries", [1, 50])
def test_a_batch_of_any_size_is_told_in_the_same_statements(
    otto: Person, mara: Person, sales: Department, django_assert_num_queries: DjangoAssertNumQueries, entries: int
) -> None:
    happening = journal.Happening("remark.made", sales, timezone.now(), facts={"text": f"@{{{mara.pk}}}"})

    # The entries, the mentions, and the remarks for who follows (nobody).
    with django_assert_num_queries(3):
        journal.record_many([happening] * entries, by=otto)

    assert Notice.objects.filter(person=mara).count() == entries


def test_no_entry_is_told_twice_and_nothing_read_is_due_for_a_mail(name: Name, mara: Person) -> None:
    notice = name()

    with pytest.raises(IntegrityError, match="person_is_told_once_of_an_entry"), transaction.atomic():
        Notice.objects.bulk_create([Notice(**{**_columns(notice), "kind": "remark"})])
    with pytest.raises(IntegrityError, match="notice_is_mailed_unread_and_once"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())


def _columns(notice: Notice) -> dict[str, object]:
    return {
        field.attname: getattr(notice, field.attname) for field in Notice._meta.concrete_fields if field.name != "id"
    }


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        telling.register(NoticeKind("mention", "Again", "{count}", {"remark.made": mentioned}))
