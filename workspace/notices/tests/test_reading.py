"""What stands in the bell: one line a group, in words, of records that the reader may see now."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.notices import actions, reading
from workspace.notices.models import Notice
from workspace.notices.reading import Line
from workspace.notices.tests.conftest import Name
from workspace.paging import Count
from workspace.people.actions import add_person, give_role
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.remarks import actions as remarks
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


def lines(person: Person) -> list[Line]:
    fresh = Person.objects.get(pk=person.pk)  # without the permissions it was asked for before
    return reading.lines_of(fresh, list(reading.newest(fresh).order_by("-told_at", "-pk")))


def count(person: Person) -> Count:
    return reading.badge(Person.objects.get(pk=person.pk))


def test_one_event_is_told_in_words_with_what_was_written(name: Name, mara: Person) -> None:
    name("Well done")

    (line,) = lines(mara)
    assert (line.title, line.words, line.count) == ("Sales", "Otto Aalto named you", 1)
    assert line.quote == "Well done, @Mara Lindholm"
    assert (line.is_unread, line.icon) == (True, "at-sign")


def test_several_of_a_kind_on_a_record_are_one_line_and_one_on_the_badge(
    name: Name, mara: Person, otto: Person, sales: Department
) -> None:
    ruth = add_person("ruth@fennmark.example", name="Ruth Aalto", role=Role.REP, departments="S", by=None, at=NOW)
    name("One")
    name("Two")
    remarks.say(sales, f"Three, @{mara.email}", by=ruth, at=timezone.now())

    (line,) = lines(mara)
    assert line.words == "3 mentions, the last by Ruth Aalto and 1 other"
    assert line.quote == "Three, @Mara Lindholm"
    assert count(mara) == Count(1, exact=True)


def test_what_is_read_parts_from_what_comes_after(name: Name, mara: Person) -> None:
    actions.read_group(name("Old"), by=mara, at=timezone.now())
    assert count(mara) == Count(0, exact=True)

    name("New")

    assert [(line.count, line.is_unread, line.quote[:3]) for line in lines(mara)] == [
        (1, True, "New"),
        (1, False, "Old"),
    ]


def test_who_may_no_longer_see_a_record_neither_reads_nor_counts_its_notices(otto: Person, mara: Person) -> None:
    give_role(mara, Role.ADMINISTRATOR)
    role = Group.objects.order_by("pk").first()
    assert role is not None
    remarks.say(role, f"See this, @{mara.email}", by=otto, at=timezone.now())
    assert len(lines(mara)) == 1
    assert count(mara) == Count(1, exact=True)

    give_role(mara, Role.REP)

    assert lines(mara) == []
    assert count(mara) == Count(0, exact=True)
    notice = Notice.objects.get()
    assert reading.url_of(notice, Person.objects.get(pk=mara.pk)) is None


def test_looking_at_a_record_reads_what_one_was_told_of_it_and_nobody_elses(
    name: Name, otto: Person, mara: Person, sales: Department
) -> None:
    ruth = add_person("ruth@fennmark.example", name="Ruth Aalto", role=Role.REP, departments="S", by=None, at=NOW)
    name()
    name(whom=ruth)

    assert actions.read_about(sales, by=mara, at=timezone.now()) == 1

    assert [notice.person for notice in Notice.objects.unread()] == [ruth]
    assert Notice.objects.get(person=mara).mail_due_at is None


def test_all_read_leaves_what_came_after_the_page(name: Name, mara: Person) -> None:
    seen = name("Seen")
    name("Came later")

    assert actions.read_all(by=mara, at=timezone.now(), up_to=seen.pk) == 1

    assert Notice.objects.unread().count() == 1


def test_nobody_reads_for_somebody_else(name: Name, otto: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.read_group(name(), by=otto, at=timezone.now())


@pytest.mark.parametrize("many", [1, 20])
def test_lines_cost_the_same_queries_at_any_number(
    otto: Person, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for number in range(many):
        colleague = add_person(f"c{number}@fennmark.example", name="", role=Role.REP, departments="S", by=None, at=NOW)
        remarks.say(colleague, f"{number}, @{mara.email}", by=otto, at=timezone.now())
    mara = Person.objects.get(pk=mara.pk)
    mara.get_all_permissions()

    # The newest of each group; groups, entries, records, actors, their departments, names in the texts.
    with django_assert_num_queries(7):
        found = reading.lines_of(mara, list(reading.newest(mara).order_by("-told_at", "-pk")))

    assert len(found) == many


def test_the_badge_is_one_query_beside_the_limit_of_its_time(
    name: Name, mara: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    name()
    mara = Person.objects.get(pk=mara.pk)
    mara.get_all_permissions()

    with django_assert_num_queries(5):  # savepoint, time limit, count, limit back, savepoint
        assert reading.badge(mara) == Count(1, exact=True)
