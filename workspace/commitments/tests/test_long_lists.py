"""Lists of what is open find it without walking past all that was ever closed."""

import pytest
from django.db import connection

from workspace.commitments import actions
from workspace.commitments.models import Commitment, CommitmentQuerySet
from workspace.commitments.tests.owing import TEN, department, promise
from workspace.people.models import Person

pytestmark = pytest.mark.django_db
MANY = 3_000


@pytest.fixture
def _much_is_closed(priya: Person) -> None:
    """And one is open."""
    kept = actions.meet(promise(priya, "Kept"), by=priya, at=TEN)
    values = {field.attname: getattr(kept, field.attname) for field in Commitment._meta.concrete_fields}
    Commitment.objects.bulk_create([Commitment(**{**values, "id": None}) for _number in range(MANY)])
    promise(priya, "Open")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workspace_commitments_commitment")


def first_page(rows: CommitmentQuerySet) -> str:
    """How the database finds it."""
    return str(rows.open().order_by("due_at", "pk")[:51].explain())


@pytest.mark.usefixtures("_much_is_closed")
def test_what_is_open_is_found_by_indexes_of_its_own(priya: Person) -> None:
    mine = first_page(Commitment.objects.filter(debtor=priya, is_promise=False))
    ours = first_page(Commitment.objects.promises().filter(debtor_department=department("M")))

    assert "open_commitment_by_debtor" in mine
    assert "open_promise_by_department" in ours
