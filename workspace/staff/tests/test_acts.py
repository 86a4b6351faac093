"""Changing who works here: Otto administers, Mara sells; nobody locks everybody out."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from workspace.journal.models import JournalEntry
from workspace.people.actions import add_person
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.staff import actions
from workspace.tests.moments import NOW


def spoken() -> list[tuple[str, str]]:
    return [(entry.verb, str(entry.line)) for entry in JournalEntry.objects.order_by("pk")]


def test_a_role_replaces_the_former_one_and_opens_the_administration(otto: Person, mara: Person) -> None:
    mara = actions.set_role(mara, Role.ADMINISTRATOR, by=otto, at=NOW)

    assert mara.roles == {"administrator"}
    assert mara.is_staff
    assert spoken() == [("person.role_set", "gave the role Administrator")]


def test_the_same_role_again_says_nothing(otto: Person, mara: Person) -> None:
    actions.set_role(mara, Role.REP, by=otto, at=NOW)

    assert spoken() == []


def test_the_last_administrator_neither_leaves_nor_steps_down(otto: Person) -> None:
    with pytest.raises(ValidationError, match="Nobody would be left"):
        actions.deactivate(otto, by=otto, at=NOW)
    with pytest.raises(ValidationError, match="Nobody would be left"):
        actions.set_role(otto, Role.REP, by=otto, at=NOW)

    otto.refresh_from_db()
    assert otto.is_active
    assert otto.roles == {"administrator"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(8))
def test_two_administrators_who_dismiss_each_other_leave_one(_round: int) -> None:
    pair = [
        add_person(f"{name}@fennmark.example", name=name, role=Role.ADMINISTRATOR, departments="", by=None, at=NOW)
        for name in ("otto", "olga")
    ]
    together = threading.Barrier(2)
    refused: list[Exception] = []

    def dismiss(whom: Person, by: Person) -> None:
        connection.ensure_connection()
        together.wait()
        try:
            actions.deactivate(whom, by=by, at=NOW)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=dismiss, args=both) for both in (pair, reversed(pair))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Person.objects.active().count() == 1
    assert len(refused) == 1


def test_who_leaves_keeps_what_they_did_and_can_come_back(otto: Person, mara: Person) -> None:
    gone = actions.deactivate(mara, by=otto, at=NOW)
    back = actions.reactivate(gone, by=otto, at=NOW)

    assert not gone.is_active
    assert back.is_active
    assert [verb for verb, _line in spoken()] == ["person.deactivated", "person.reactivated"]


def test_departments_are_set_as_a_whole(otto: Person, mara: Person) -> None:
    mara = actions.set_departments(mara, Department.objects.all(), by=otto, at=NOW)

    assert mara.department_keys == ["M", "S"]
    assert spoken() == [("person.moved", "set the departments: Marketing + Sales")]


def test_an_address_is_changed_by_administrators_and_stays_unique(otto: Person, mara: Person) -> None:
    mara = actions.change_person(mara, {"email": "Mara.L@fennmark.example"}, by=otto, at=NOW)

    assert mara.email == "mara.l@fennmark.example"
    with pytest.raises(ValidationError) as refused:
        actions.change_person(mara, {"email": "otto@fennmark.example"}, by=otto, at=NOW)
    assert list(refused.value.message_dict) == ["email"]


def test_people_say_of_themselves_what_is_theirs_to_say(mara: Person) -> None:
    mara = actions.set_own(mara, {"job_title": "Rep", "time_zone": "Europe/Oslo", "email": "x@y.example"})

    assert (mara.job_title, mara.time_zone, mara.email) == ("Rep", "Europe/Oslo", "mara@fennmark.example")
    with pytest.raises(ValidationError) as refused:
        actions.set_own(mara, {"time_zone": "Mars/Olympus"})
    assert list(refused.value.message_dict) == ["time_zone"]


def test_reps_change_nobody(otto: Person, mara: Person) -> None:
    sales = Department.objects.get(key="S")
    role = Group.objects.get(name=Role.REP)
    acts: list[Callable[[], object]] = [
        lambda: actions.set_role(otto, Role.REP, by=mara, at=NOW),
        lambda: actions.deactivate(otto, by=mara, at=NOW),
        lambda: actions.reactivate(otto, by=mara, at=NOW),
        lambda: actions.set_departments(otto, [], by=mara, at=NOW),
        lambda: actions.change_person(otto, {"name": "O"}, by=mara, at=NOW),
        lambda: actions.rename_department(sales, "Selling", by=mara, at=NOW),
        lambda: actions.set_permissions(role, [], by=mara, at=NOW),
    ]

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert spoken() == []


def test_a_role_holds_what_it_was_given_and_administrators_keep_the_administration(otto: Person) -> None:
    rep, administrator = (Group.objects.get(name=role) for role in (Role.REP, Role.ADMINISTRATOR))
    look = Permission.objects.filter(codename="view_lead")

    actions.set_permissions(rep, look, by=otto, at=NOW)

    assert list(rep.permissions.values_list("codename", flat=True)) == ["view_lead"]
    assert [verb for verb, _line in spoken()] == ["role.changed"]
    with pytest.raises(ValidationError, match="Nobody would be left"):
        actions.set_permissions(administrator, look, by=otto, at=NOW)
