"""Records that an intake makes by name, where the database has its own mind about which names are the same."""

import pytest
from django.db import IntegrityError

from leads.funnel.models import Source
from leads.records.actions import intake_known
from leads.records.actions.intake import Incoming, Intake, Outcome, Terms
from leads.records.actions.intake_known import Names
from leads.records.models import Lead
from leads.records.tests.factories import NOON, lead, person
from workspace.people.models import Person
from workspace.turns import Turns

pytestmark = pytest.mark.django_db


def test_one_record_is_made_of_a_name_in_two_cases_and_bears_the_first() -> None:
    names = Names("source")
    names.look_up(["Fair", "FAIR"])

    names.make(["Fair", "FAIR"], by=None, at=NOON)

    made = Source.objects.get(name__iexact="fair")
    assert (made.name, names.find("fair")) == ("Fair", made.pk)


def test_a_record_that_somebody_else_made_meanwhile_is_taken() -> None:
    names = Names("source")
    names.look_up(["Fair", "Booth"])
    theirs = Source.objects.create(name="fair")

    names.make(["Fair", "Booth"], by=None, at=NOON)

    assert names.find("FAIR") == theirs.pk
    assert names.find("booth") == Source.objects.get(name="Booth").pk


def test_a_database_that_folds_case_in_another_way_is_an_error_and_no_endless_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Source.objects.create(name="FAIR")
    monkeypatch.setattr(intake_known, "lower", str)
    names = Names("source")
    names.look_up(["FAIR"])

    with pytest.raises(IntegrityError, match="FAIR"):
        names.make(["FAIR"], by=None, at=NOON)


@pytest.mark.parametrize("is_stored", [False, True])
def test_nobody_gets_a_lead_who_was_let_go_since_an_earlier_batch_named_them(is_stored: bool) -> None:
    sami = person("Sami Rep")
    if is_stored:
        lead(external_id="2")
    taker = Intake(Terms("external_id", "both", "leads.csv", None, NOON))

    def bring(line: int) -> Outcome:
        row = Incoming(line, {"external_id": str(line), "owner": sami.email})
        return taker.take_in(taker.prepare([row], Turns()))[0]

    assert bring(1).act == "created"
    Person.objects.filter(pk=sami.pk).update(is_active=False)
    late = bring(2)

    assert (late.act, late.errors) == ("refused", {"owner": f"No owner is called “{sami.email}”."})
    assert [one.external_id for one in Lead.objects.filter(owner=sami)] == ["1"]
