"""Columns mean what the person chose for the same header last: Mara brings the same list each month."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from leads.imports import actions, remembering
from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import NEW, SKIP, Mapping
from leads.imports.models import Import, RememberedMapping
from leads.imports.reading.values import Order
from leads.imports.tests.bringing import run, uploaded
from leads.records.models import CustomField
from leads.records.tests.factories import NOON, person
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

MONTHLY = "E-Mail,Phase,Stand,Since,Note\na@x.example,hot,B7,03/04/2026,hm\nb@x.example,cold,B8,04/05/2026,\n"


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


def chosen(mara: Person) -> Import:
    """Mara's choice for the file of one month: the phase is the stage, the stand the city, days first, no notes."""
    import_ = uploaded(MONTHLY, by=mara)
    mapping = Mapping.from_json(import_.mapping)
    for column, target in zip(mapping.columns, ("email", "stage", "city", "created_at", SKIP), strict=True):
        column.target = target
    mapping.columns[1].values = {"hot": "sql", "cold": "new"}
    mapping.columns[3].date_order = Order.DMY
    mapping.empty, mapping.for_all = ["none"], {"source": "Fair"}
    return actions.agree(import_, Agreed(mapping, "email", "update"), by=mara, at=NOON)


def test_the_next_file_with_this_header_begins_with_what_was_chosen(mara: Person) -> None:
    chosen(mara)

    following = uploaded(MONTHLY, by=mara)

    mapping = Mapping.from_json(following.mapping)
    assert [column.target for column in mapping.columns] == ["email", "stage", "city", "created_at", SKIP]
    assert mapping.columns[1].values == {"hot": "sql", "cold": "new"}
    assert mapping.columns[3].date_order is Order.DMY
    assert (mapping.empty, mapping.for_all) == (["none"], {"source": "Fair"})
    assert (following.match, following.mode, following.recalled_at) == ("email", "update", NOON)


def test_case_blanks_and_order_of_the_columns_do_not_count(mara: Person) -> None:
    chosen(mara)

    following = uploaded("note , STAND,since,phase,e-mail\nhm,B7,03/04/2026,hot,a@x.example\n", by=mara)

    targets = [column.target for column in Mapping.from_json(following.mapping).columns]
    assert targets == [SKIP, "city", "created_at", "stage", "email"]


def test_a_column_more_is_another_header(mara: Person) -> None:
    chosen(mara)

    assert uploaded("More," + MONTHLY.replace("\n", "\n,"), by=mara).recalled_at is None


def test_everybody_has_choices_of_their_own(mara: Person) -> None:
    chosen(mara)

    assert uploaded(MONTHLY, by=person("Sami Rep")).recalled_at is None
    assert uploaded(MONTHLY).recalled_at is None


def test_the_last_choice_takes_the_place_of_the_one_before(mara: Person) -> None:
    chosen(mara)
    import_ = uploaded(MONTHLY, by=mara)
    mapping = Mapping.from_json(import_.mapping)
    mapping.columns[2].target = SKIP
    actions.agree(import_, Agreed(mapping, "email", "both"), by=mara, at=NOON + timedelta(days=30))

    following = uploaded(MONTHLY, by=mara)

    assert Mapping.from_json(following.mapping).columns[2].target == SKIP
    assert RememberedMapping.objects.count() == 1


def test_a_new_field_of_last_time_is_the_field_that_it_became(mara: Person) -> None:
    import_ = uploaded("email,Stand\na@x.example,B7\n", by=mara)
    mapping = Mapping.from_json(import_.mapping)
    assert mapping.columns[1].target == NEW
    run(actions.agree(import_, Agreed(mapping, "email", "both"), by=mara, at=NOON))

    following = uploaded("email,Stand\na@x.example,B7\n", by=mara)

    assert Mapping.from_json(following.mapping).columns[1].target == "custom.stand"


def test_a_field_that_is_gone_is_suggested_anew(mara: Person) -> None:
    field = CustomField.objects.create(on="lead", key="booth", label="Booth", kind="text")
    import_ = uploaded("email,Stand\na@x.example,B7\n", by=mara)
    mapping = Mapping.from_json(import_.mapping)
    mapping.columns[1].target = "custom.booth"
    actions.agree(import_, Agreed(mapping, "email", "both"), by=mara, at=NOON)
    field.delete()

    following = uploaded("email,Stand\na@x.example,B7\n", by=mara)

    assert Mapping.from_json(following.mapping).columns[1].target == NEW


def test_days_that_leave_no_doubt_are_read_as_they_are_written(mara: Person) -> None:
    chosen(mara)

    following = uploaded(MONTHLY.replace("03/04/2026", "03/24/2026"), by=mara)

    assert Mapping.from_json(following.mapping).columns[3].date_order is Order.MDY


def test_columns_without_a_header_are_not_known_again(mara: Person) -> None:
    import_ = uploaded(MONTHLY, by=mara)
    import_ = actions.look_again(import_, encoding="utf-8", delimiter=",", header_line=0, by=mara)
    mapping = Mapping.from_json(import_.mapping)
    mapping.columns[0].target = "email"
    actions.agree(import_, Agreed(mapping, "email", "both"), by=mara, at=NOON)

    assert not RememberedMapping.objects.exists()


def test_the_page_says_when_it_was_chosen_and_leads_back_to_the_suggestions(client: Client, mara: Person) -> None:
    chosen(mara)
    import_ = uploaded(MONTHLY, by=mara)
    actions.look_again(import_, encoding="utf-8", delimiter=",", header_line=1, by=mara)
    client.force_login(mara)
    url = reverse("imports:map", args=[import_.pk])

    before = client.get(url).text
    answer = client.post(reverse("imports:suggest", args=[import_.pk]))
    after = client.get(url).text

    assert "The columns mean what you chose for them on 17 November 2026." in before
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.FOUND, url)
    assert "what you chose for them" not in after
    mapping = Mapping.from_json(Import.objects.get(pk=import_.pk).mapping)
    assert [column.target for column in mapping.columns] == ["email", "stage", NEW, NEW, NEW]


def test_the_fingerprint_knows_names_apart_that_only_look_alike() -> None:
    assert remembering.fingerprint(["a b", "c"]) != remembering.fingerprint(["a", "b c"])
    assert remembering.fingerprint(["Straße"]) == remembering.fingerprint(["STRASSE"])
