"""Whom the demo company wants to attract."""

from datetime import datetime
from typing import Final

from leads.audience.models import BuyingRole, Persona
from workspace.people.models import Person

PERSONAS: Final = (
    ("Maintenance lead", BuyingRole.CHAMPION, "Is woken at night when a gearbox fails, and has nobody to send."),
    ("Plant manager", BuyingRole.DECIDER, "Answers for tonnes a week; one stop in the season costs the year."),
    ("Operations director", BuyingRole.DECIDER, "Compares plants, and wants one way of working in all of them."),
    ("Quality manager", BuyingRole.USER, "Has to show the auditor that machines run within limits."),
    ("Buyer", BuyingRole.FINANCE, "Wants three offers, a price a machine, and a way out of the contract."),
    ("IT lead", BuyingRole.BLOCKER, "Lets nothing into the plant network that talks to a cloud."),
)


def load(_now: datetime) -> None:
    """Make Fennmark's personas."""
    Persona.objects.bulk_create(
        Persona(name=name, buying_role=role, summary=summary, is_demo=True) for name, role, summary in PERSONAS
    )


def remove(_by: Person | None, _at: datetime) -> None:
    """Delete Fennmark's personas; those that a real lead bears become the workspace's own."""
    made = Persona.objects.filter(is_demo=True)
    made.filter(leads__isnull=False).update(is_demo=False)
    made.delete()
