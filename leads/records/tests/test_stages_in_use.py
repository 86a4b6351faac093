"""Stages that deals passed: what they were then, they stay."""

import threading
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from leads.funnel.actions import save_definition
from leads.funnel.models import Stage
from leads.records import actions
from leads.records.tests.factories import NOON, lead, person, stage
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


def test_a_stage_where_a_deal_was_keeps_its_kind_and_may_change_otherwise() -> None:
    actions.move(lead("anke@ostertal.example"), stage("mql"), by=None, at=NOON)

    for passed in ("new", "mql"):
        with pytest.raises(ValidationError) as refused:
            save_definition(stage(passed), {"kind": "won"}, by=None, at=NOON)
        assert list(refused.value.message_dict) == ["kind"]
        save_definition(stage(passed), {"meaning": "We see them.", "kind": "open"}, by=None, at=NOON)

    assert set(Stage.objects.filter(meaning="We see them.").values_list("slug", "kind")) == {
        ("new", "open"), ("mql", "open"),
    }  # fmt: skip


def test_the_administration_shows_the_refusal_at_the_kind(client: Client) -> None:
    client.force_login(person("Otto", Role.ADMINISTRATOR))
    lead("anke@ostertal.example")
    stage("disqualified").delete()
    new = stage("new")
    given = {
        "name": "New", "position": 10, "kind": "disqualified", "part": "top", "department": new.department_id, "meaning": "",
        "other_side": "", "is_active": "on",
    }  # fmt: skip

    page = client.post(reverse("admin:leads_funnel_stage_change", args=[new.pk]), given)

    assert page.status_code == HTTPStatus.OK
    assert page.context["adminform"].form.errors == {
        "kind": ["Deals stand in this stage or passed it, so its kind stays. Add a stage of the other kind."]
    }


@pytest.mark.django_db(transaction=True)
def test_who_changes_the_kind_waits_for_a_lead_that_is_just_coming_in() -> None:
    refused: list[ValidationError] = []

    def change() -> None:
        try:
            save_definition(stage("sql"), {"kind": "lost"}, by=None, at=NOON)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        lead("anke@ostertal.example", stage="sql")
        changing = threading.Thread(target=change)
        changing.start()
        changing.join(0.5)
        assert changing.is_alive(), "the lead is not there yet, and the kind not judged"
    changing.join()

    assert [list(error.message_dict) for error in refused] == [["kind"]]
    assert stage("sql").kind == "open"
