"""People, their departments and roles as others find them."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from workspace.people import roles
from workspace.people.actions import add_person
from workspace.people.middleware import ReaderTimeZoneMiddleware
from workspace.people.models import Department, Person, validate_time_zone
from workspace.people.roles import Role
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "short", "initials"),
    [
        ("Mara Lindholm", "Mara L.", "ML"),
        ("Inês de Sá Pereira", "Inês P.", "IP"),
        ("Cher", "Cher", "C"),
        ("", "mara@fennmark.example", "MF"),
    ],
)
def test_names_in_short(name: str, short: str, initials: str) -> None:
    person = Person(name=name, email="mara@fennmark.example")

    assert (person.short_name, person.initials) == (short, initials)


def test_an_address_is_kept_and_found_in_small_letters() -> None:
    person = add_person("Mara@Fennmark.Example", name="Mara", role=Role.REP, departments="S", by=None, at=NOW)

    assert person.email == "mara@fennmark.example"
    assert Person.objects.get_by_natural_key("MARA@fennmark.example") == person
    with pytest.raises(IntegrityError, match="person_email_is_in_small_letters"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(email="Mara@fennmark.example")


def test_reps_add_nobody(mara: Person) -> None:
    with pytest.raises(PermissionDenied):
        add_person("x@fennmark.example", name="X", role=Role.REP, departments="", by=mara, at=NOW)


def test_who_has_left_sees_no_colleagues(mara: Person, otto: Person) -> None:
    assert set(Person.objects.visible_to(mara)) == {mara, otto}

    mara.is_active = False

    assert not Person.objects.visible_to(mara).exists()


def test_a_zone_has_a_name_that_the_world_knows() -> None:
    validate_time_zone("Europe/Berlin")
    with pytest.raises(ValidationError, match="no time zone"):
        validate_time_zone("Europe/Atlantis")


def test_both_departments_and_all_roles_are_there_from_the_beginning() -> None:
    assert list(Department.objects.values_list("key", "name")) == [("M", "Marketing"), ("S", "Sales")]
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_every_role_holds_what_rooms_have_declared() -> None:
    held = {
        role: {
            f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.select_related("content_type")
        }
        for role in Role.values
        if (group := Group.objects.get(name=role))
    }

    assert held == {role: roles.entries().get(role, set()) for role in Role.values}


def test_what_an_administrator_took_away_no_migration_gives_back() -> None:
    rep = Group.objects.get(name=Role.REP)
    taken = Permission.objects.get(codename="change_lead")
    rep.permissions.remove(taken)

    call_command("migrate", verbosity=0)

    assert taken not in rep.permissions.all()
    assert rep.permissions.filter(codename="view_lead").exists()


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    page = client.post(
        reverse("account_signup"),
        {"email": "x@fennmark.example", "password1": "correct horse", "password2": "correct horse"},
    )

    assert "home" not in page.headers.get("Location", "")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("zone", "shown"), [("Europe/Berlin", "Europe/Berlin"), ("Mars/Olympus", "UTC")], ids=["known", "gone"]
)
def test_a_request_is_answered_in_the_readers_zone(rf: RequestFactory, mara: Person, zone: str, shown: str) -> None:
    mara.time_zone = zone
    request = rf.get("/")
    request.user = mara

    answered = ReaderTimeZoneMiddleware(lambda _request: HttpResponse(timezone.get_current_timezone_name()))(request)

    assert answered.text == shown
    assert timezone.get_current_timezone_name() == "UTC"
