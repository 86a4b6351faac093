"""The people of the demo company Fennmark, a maker of vibration sensors."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError

from workspace.people import actions
from workspace.people.models import Invitation, Person
from workspace.people.roles import Role

PASSWORD: Final = "demo-smarketing"  # noqa: S105 - shown on the sign-in page of a demo workspace, by design
JOINED_DAYS_AGO: Final = 600

# Whom the sign-in page offers stands first; the others are colleagues.
_PEOPLE: Final = (
    ("rep", "Mara Lindholm", "Account executive", Role.REP, "S"),
    ("marketer", "Priya Raman", "Demand generation manager", Role.MARKETER, "M"),
    ("sales-lead", "Ruth Aalto", "Head of sales", Role.DEPARTMENT_LEAD, "S"),
    ("marketing-lead", "Leo Castell", "Head of marketing", Role.DEPARTMENT_LEAD, "M"),
    ("revenue", "Tomasz Wilk", "Chief revenue officer", Role.REVENUE_LEAD, "MS"),
    ("admin", "Nora Ekdahl", "Revenue operations", Role.ADMINISTRATOR, ""),
    ("reader", "Samuel Okafor", "Controller", Role.READ_ONLY, ""),
    ("felix", "Felix Brandt", "Account executive", Role.REP, "S"),
    ("ines", "Inês Pereira", "Account executive", Role.REP, "S"),
    ("daniel", "Daniel Ortega", "Account executive", Role.REP, "S"),
    ("hanna", "Hanna Weiss", "Content and events manager", Role.MARKETER, "M"),
)


def address(key: str) -> str:
    """The address of somebody of the demo company: `rep@demo.example`."""
    return f"{key}@demo.example"


def cast() -> dict[str, Person]:
    """The people of the demo company by key (`rep`, `hanna`, …)."""
    return {person.email.partition("@")[0]: person for person in Person.objects.filter(is_demo=True)}


def load(now: datetime) -> None:
    """Bring Fennmark's people in, all with the same password."""
    for key, name, job_title, role, departments in _PEOPLE:
        person = actions.add_person(
            address(key),
            name=name,
            role=role,
            departments=departments,
            by=None,
            at=now - timedelta(days=JOINED_DAYS_AGO),
            time_zone="Europe/Berlin",
            is_demo=True,
        )
        person.job_title = job_title
        person.save(update_fields=["job_title"])
    # Hashed once for all: it is no secret, and a hash takes half a second by design.
    Person.objects.filter(is_demo=True).update(password=make_password(PASSWORD))


def remove(_by: Person | None, _at: datetime) -> None:
    """Let Fennmark's people go: deleted, or deactivated where something real still bears their name."""
    people = Person.objects.filter(is_demo=True)
    Invitation.objects.filter(invited_by__in=people, accepted_by=None).delete()
    for person in people:
        try:
            with transaction.atomic():
                person.delete()
        except ProtectedError:
            person.is_active = person.is_demo = person.is_staff = False
            person.set_unusable_password()
            person.save(update_fields=["is_active", "is_demo", "is_staff", "password"])
            person.groups.clear()
