"""Own fields: Otto administers and defines them, Sami sells and fills them in. Defining never loses a value."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Stage
from leads.records import actions, custom
from leads.records.actions.definitions import MOST_FILTERABLE
from leads.records.filters import CompanyFilter, LeadFilter
from leads.records.models import CustomField, Lead
from leads.records.tests.factories import NOON, CompanyFactory, lead, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

Kind = CustomField.Kind
SETTINGS = "/settings/own-fields/"
HTMX = {"HX-Request": "true"}


def define(label: str, **values: Any) -> CustomField:
    return actions.save_custom_field(CustomField(), {"label": label, **values}, by=None, at=NOON)


def change(of: Lead, **own: Any) -> Lead:
    return actions.change(of, {"custom": own}, by=None, at=NOON)


def stored(field: CustomField) -> CustomField:
    return CustomField.objects.get(pk=field.pk)


@pytest.fixture
def otto(client: Client) -> Person:
    """The administrator, signed in."""
    otto = person("Otto Admin", Role.ADMINISTRATOR)
    client.force_login(otto)
    return otto


@pytest.fixture
def tier() -> CustomField:
    return define("Tier", kind=Kind.CHOICE, choices=["gold", "silver"])


def test_a_key_is_made_of_the_name_and_stays_when_the_name_changes() -> None:
    size = define("Größe der Halle")
    again = define("Größe der Halle!")

    renamed = actions.save_custom_field(size, {"label": "Hall size"}, by=None, at=NOON)

    assert (size.key, again.key) == ("gr_e_der_halle", "gr_e_der_halle_2")
    assert (renamed.key, renamed.label) == (size.key, "Hall size")


def test_a_key_of_a_retired_field_is_taken(tier: CustomField) -> None:
    actions.save_custom_field(tier, {"is_active": False}, by=None, at=NOON)

    with pytest.raises(ValidationError) as refused:
        define("Other", key="tier")

    assert list(refused.value.message_dict) == ["key"]
    assert define("Tier").key == "tier_2"


def test_a_retired_choice_stays_where_it_was_chosen_and_is_chosen_no_more(tier: CustomField) -> None:
    ada, bea = lead(custom={"tier": "silver"}), lead()

    actions.save_custom_field(tier, {"choices": ["gold", "bronze"]}, by=None, at=NOON)

    assert stored(tier).retired_choices == ["silver"]
    assert change(ada, tier="silver").custom == {"tier": "silver"}
    with pytest.raises(ValidationError) as refused:
        change(bea, tier="silver")
    assert refused.value.message_dict == {"custom.tier": ["silver is not among the choices."]}
    with pytest.raises(ValidationError):
        lead(custom={"tier": "silver"})
    # Said again it is offered again.
    actions.save_custom_field(tier, {"choices": ["gold", "silver"]}, by=None, at=NOON)
    assert stored(tier).retired_choices == ["bronze"]
    assert change(bea, tier="silver").custom == {"tier": "silver"}


def test_several_choices_keep_a_retired_one_beside_a_new_one() -> None:
    uses = define("Uses", kind=Kind.CHOICES, choices=["oil", "gas", "coal"])
    ada = lead(custom={"uses": ["coal"]})
    actions.save_custom_field(uses, {"choices": ["oil", "gas"]}, by=None, at=NOON)

    assert change(ada, uses=["coal", "gas"]).custom == {"uses": ["coal", "gas"]}
    with pytest.raises(ValidationError):
        change(lead(), uses=["coal", "gas"])


def test_a_form_offers_the_retired_choice_that_a_lead_holds(client: Client, sami: Person, tier: CustomField) -> None:
    ada = lead(custom={"tier": "silver"})
    actions.save_custom_field(tier, {"choices": ["gold", "bronze"]}, by=None, at=NOON)

    form = client.get(f"/leads/{ada.pk}/facts/custom.tier/", headers=HTMX)

    assert '<option value="silver" selected>' in form.text
    assert 'value="silver"' not in client.get(f"/leads/{lead().pk}/facts/custom.tier/", headers=HTMX).text


def test_a_filter_on_a_choice_that_is_no_longer_offered_finds_who_has_it(tier: CustomField) -> None:
    ada = lead(custom={"tier": "silver"})
    lead(custom={"tier": "gold"})
    actions.save_custom_field(tier, {"choices": ["gold", "bronze"]}, by=None, at=NOON)

    assert list(leads_by("custom.tier=silver")) == [ada]


def test_a_filter_on_a_choice_that_never_was_is_an_error_that_says_so(tier: CustomField) -> None:
    chips = LeadFilter(query("custom.tier=platinum"), Lead.objects.all()).chips()

    assert [chip.error for chip in chips] == ["platinum is not among the choices."]


def test_a_filter_by_a_retired_field_is_an_error_until_it_is_brought_back(tier: CustomField) -> None:
    ada = lead(custom={"tier": "gold"})
    actions.save_custom_field(tier, {"is_active": False}, by=None, at=NOON)
    chips = LeadFilter(query("custom.tier=gold"), Lead.objects.all()).chips()
    assert [chip.error for chip in chips] == ["There is no field of this name."]

    actions.save_custom_field(tier, {"is_active": True}, by=None, at=NOON)

    assert list(leads_by("custom.tier=gold")) == [ada]


def test_the_form_of_filters_keeps_an_own_field_that_it_does_not_offer(
    client: Client, sami: Person, tier: CustomField
) -> None:
    form = client.get(reverse("records:filter"), {"custom.tier": "gold"})

    assert '<input type="hidden" name="custom.tier" value="gold">' in form.text
    assert "custom.tier" not in client.get(reverse("records:filter")).text


@pytest.mark.parametrize(
    ("kind", "values", "asked", "found"),
    [
        (Kind.NUMBER, ["9", "10", "100"], "custom.it.min=10", ["10", "100"]),
        (Kind.MONEY, ["9.50", "10", "100"], "custom.it.max=10", ["9.50", "10"]),
        (Kind.NUMBER, ["-5", "0", "5"], "custom.it.min=-1&custom.it.max=1", ["0"]),
        (Kind.DATE, ["2025-12-31", "2026-01-01"], "custom.it.min=2026-01-01", ["2026-01-01"]),
    ],
)
def test_numbers_amounts_and_days_are_found_between_bounds(
    kind: Kind, values: list[str], asked: str, found: list[str]
) -> None:
    define("It", kind=kind)
    made = {value: lead(custom={"it": value}) for value in values}
    lead()

    assert set(leads_by(asked)) == {made[value] for value in found}


@pytest.mark.parametrize("name", ["custom.tier.min", "custom.tier.", "custom.nobody.min"])
def test_what_has_no_bounds_cannot_be_asked_between_them(tier: CustomField, name: str) -> None:
    chips = LeadFilter(query(f"{name}=1"), Lead.objects.all()).chips()

    assert [chip.error for chip in chips] == ["There is no field of this name."]


def test_companies_are_found_by_their_own_fields() -> None:
    define("Sites", on="company", kind=Kind.NUMBER)
    fenn = CompanyFactory.create(custom={"sites": 3})
    CompanyFactory.create(custom={"sites": 4})

    rows = CompanyFilter(query("custom.sites=3"), type(fenn).objects.all()).qs

    assert list(rows) == [fenn]


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LINK])
def test_a_long_text_is_found_whole_not_by_its_beginning(kind: Kind) -> None:
    define("Words", kind=kind)
    long = "https://kestrel.example/" + "a" * 150
    ada = lead(custom={"words": long})
    lead(custom={"words": long + "b"})

    assert list(leads_by(f"custom.words={long}")) == [ada]


def test_a_required_field_is_asked_of_who_is_new_and_cannot_be_emptied() -> None:
    ada = lead()
    define("Region", is_required=True)

    with pytest.raises(ValidationError) as refused:
        lead()
    assert refused.value.message_dict == {"custom.region": ["This field is required."]}
    assert change(ada).custom == {}  # who was here before is not held up
    assert change(ada, region="North").custom == {"region": "North"}
    with pytest.raises(ValidationError):
        change(ada, region="")
    assert lead(custom={"region": "South"}).custom == {"region": "South"}


def test_a_required_field_of_companies_holds_for_companies() -> None:
    define("Sites", on="company", kind=Kind.NUMBER, is_required=True)

    with pytest.raises(ValidationError) as refused:
        CompanyFactory.create()

    assert list(refused.value.message_dict) == ["custom.sites"]
    assert CompanyFactory.create(custom={"sites": 0}).custom == {"sites": 0}


def test_the_form_of_a_new_lead_asks_what_is_required_alone(client: Client, sami: Person) -> None:
    define("Region", is_required=True, help_text="Where the plant stands."), define("Hobby")

    page = client.get("/leads/new/")
    refused = client.post("/leads/new/", {"email": "ada@kestrel.example", "stage": first_stage()})
    made = client.post(
        "/leads/new/", {"email": "ada@kestrel.example", "stage": first_stage(), "custom.region": "North"}
    )

    assert ("Region" in page.text, "Where the plant stands." in page.text, "Hobby" in page.text) == (True, True, False)
    assert (refused.status_code, made.status_code) == (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FOUND)
    assert "Region: This field is required." in refused.text
    assert Lead.objects.get().custom == {"region": "North"}


def test_the_api_refuses_a_new_lead_without_what_is_required(client: Client, sami: Person) -> None:
    define("Region", is_required=True)

    refused = client.post("/api/v1/leads/", {"email": "ada@kestrel.example"}, content_type="application/json")
    given = {"email": "ada@kestrel.example", "custom": {"region": "North"}}
    made = client.post("/api/v1/leads/", given, content_type="application/json")

    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert refused.json()["errors"] == {"custom.region": ["This field is required."]}
    assert made.json()["custom"] == {"region": "North"}


def test_a_person_is_somebody_here_and_is_shown_by_name(client: Client, sami: Person) -> None:
    define("Sponsor", kind=Kind.PERSON)
    tove = person("Tove Marketer", Role.MARKETER)
    ada = lead()

    with pytest.raises(ValidationError) as refused:
        change(ada, sponsor="nobody@elsewhere.example")
    change(ada, sponsor=tove.email.upper())

    assert refused.value.message_dict == {"custom.sponsor": ["Nobody here has the address nobody@elsewhere.example."]}
    assert "Tove Marketer" in client.get(f"/leads/{ada.pk}/").text
    offered = client.get(reverse("records:person_suggestions"), {"custom.sponsor": "tov"})
    assert f'<option value="{tove.email}">Tove Marketer</option>' in offered.text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_calls_an_own_person_by_name_without_a_query_more(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    define("Sponsor", kind=Kind.PERSON)
    tove = person("Tove Marketer", Role.MARKETER)
    for _number in range(rows):
        lead(custom={"sponsor": tove.email})
    gone = lead(custom={"sponsor": sami.email})
    Lead.objects.filter(pk=gone.pk).update(custom={"sponsor": "who@left.example"})
    actions.choose_columns(sami, [("name", "usual"), ("custom.sponsor", "usual")])

    # Session, visitor, permissions (2), chosen columns, own fields, leads, the workspace's name, roles, departments.
    with django_assert_num_queries(10):
        page = client.get("/leads/")

    assert page.text.count("Tove Marketer") >= rows
    assert "who@left.example" in page.text


def test_a_field_without_a_value_is_filled_in_on_the_page(client: Client, sami: Person) -> None:
    define("Machines", kind=Kind.NUMBER)
    ada = lead()

    page = client.get(f"/leads/{ada.pk}/")
    client.post(f"/leads/{ada.pk}/facts/custom.machines/", {"custom.machines": "12000"}, headers=HTMX)

    assert "1 without a value" in page.text
    assert f"/leads/{ada.pk}/facts/custom.machines/" in page.text
    assert "12,000" in client.get(f"/leads/{ada.pk}/").text


def test_fields_are_put_in_order() -> None:
    first, second, third = define("First"), define("Second"), define("Third")
    define("Elsewhere", on="company")

    actions.place_custom_field(third, before=0, by=None, at=NOON)
    assert list(custom.definitions("lead")) == ["third", "first", "second"]
    actions.place_custom_field(third, before=1, by=None, at=NOON)
    assert list(custom.definitions("lead")) == ["first", "third", "second"]
    actions.place_custom_field(first, before=99, by=None, at=NOON)
    assert list(custom.definitions("lead")) == ["third", "second", "first"]
    assert define("Fourth").position > stored(second).position


def test_ten_fields_can_be_filtered_by_and_no_more(tier: CustomField) -> None:
    for number in range(MOST_FILTERABLE):
        define(f"Field {number}", is_filterable=True)

    with pytest.raises(ValidationError) as refused:
        actions.save_custom_field(tier, {"is_filterable": True}, by=None, at=NOON)

    assert list(refused.value.message_dict) == ["is_filterable"]
    assert define("Sites", on="company", is_filterable=True).is_filterable
    one = CustomField.objects.get(key="field_0")
    actions.save_custom_field(one, {"is_active": False}, by=None, at=NOON)
    actions.save_custom_field(tier, {"is_filterable": True}, by=None, at=NOON)
    with pytest.raises(ValidationError):  # its place among the ten was given away meanwhile
        actions.save_custom_field(one, {"is_active": True}, by=None, at=NOON)


def test_an_administrator_defines_changes_retires_and_brings_back(client: Client, otto: Person) -> None:
    given = {"label": "Tier", "kind": "choice", "choices": "gold\nsilver", "help_text": "By volume"}
    client.post(f"{SETTINGS}new/lead/", given)
    field = CustomField.objects.get()
    ada = lead(custom={"tier": "gold"})

    client.post(f"{SETTINGS}{field.pk}/", {"label": "Rank", "choices": "gold\nbronze", "help_text": "By value"})
    client.post(f"{SETTINGS}{field.pk}/retire/", follow=True)
    hidden = client.get(f"/leads/{ada.pk}/").text
    page = client.get(SETTINGS)
    client.post(f"{SETTINGS}{field.pk}/bring-back/")

    assert (field.key, field.kind, field.choices, field.help_text) == (
        "tier",
        "choice",
        ["gold", "silver"],
        "By volume",
    )
    assert "Rank" not in hidden
    assert "Retired: Leads" in page.text
    field = stored(field)
    assert (field.label, field.choices, field.retired_choices) == ("Rank", ["gold", "bronze"], ["silver"])
    assert "Rank" in client.get(f"/leads/{ada.pk}/").text
    told = JournalEntry.objects.filter(subject_kind="customfield").order_by("pk").values_list("verb", "actor")
    assert list(told) == [("definition.added", otto.pk), *[("definition.changed", otto.pk)] * 3]


def test_what_the_action_refuses_stands_in_the_form(client: Client, otto: Person, tier: CustomField) -> None:
    one = client.post(f"{SETTINGS}new/company/", {"label": "Tier", "kind": "choice", "choices": "gold"})
    taken = client.post(f"{SETTINGS}new/lead/", {"label": "Rank", "kind": "text", "key": "tier"})

    assert (one.status_code, taken.status_code) == (HTTPStatus.UNPROCESSABLE_ENTITY,) * 2
    assert "Choices: Say at least two choices." in one.text
    assert "Another field has this key already" in taken.text
    assert CustomField.objects.count() == 1


@pytest.mark.parametrize("path", ["", "new/lead/", "{pk}/", "{pk}/place/", "{pk}/retire/", "{pk}/bring-back/"])
def test_only_administrators_define_fields(client: Client, sami: Person, tier: CustomField, path: str) -> None:
    address = SETTINGS + path.format(pk=tier.pk)
    call = client.get if path in ("", "new/lead/") else client.post
    answers = [call(address, {"before": "0"}).status_code]
    client.force_login(person("Otto Admin", Role.ADMINISTRATOR))
    answers.append(call(address, {"before": "0", "label": "Tier", "choices": "gold\nsilver"}).status_code)

    allowed = HTTPStatus.OK if path in ("", "new/lead/") else HTTPStatus.FOUND
    assert answers == [HTTPStatus.FORBIDDEN, allowed]
    with pytest.raises(PermissionDenied):
        actions.save_custom_field(tier, {"label": "Mine"}, by=sami, at=NOON)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_settings_cost_the_same_queries_at_any_length(
    client: Client, otto: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        define(f"Field {number}", is_filterable=number == 0)

    # Session, visitor, permissions (2), fields, their indexes, the workspace's name, roles, departments.
    with django_assert_num_queries(9):
        page = client.get(SETTINGS)

    assert page.text.count('id="own-field-') == rows


@pytest.mark.parametrize("rows", [1, 20])
def test_a_lead_with_many_own_fields_costs_the_same_queries(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    own = {define(f"Boss {number}", kind=Kind.PERSON).key: sami.email for number in range(rows)}
    ada = lead(custom=own)
    client.get(f"/leads/{ada.pk}/")  # it is read from now on

    with django_assert_num_queries(19):
        page = client.get(f"/leads/{ada.pk}/")

    assert page.text.count("facts/custom.boss") >= rows


class EveryKind(TestCase):
    """What is cleaned is stored as it is cleaned again: values go out and come back the same."""

    @settings(max_examples=40, deadline=None)
    @given(
        kind=st.sampled_from([Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.YES_NO, Kind.LINK]),
        value=st.one_of(
            st.text(max_size=40), st.integers(-(10**12), 10**12), st.booleans(), st.dates().map(str), st.none()
        ),
    )
    def test_a_clean_value_is_clean(self, kind: Kind, value: object) -> None:
        definition = CustomField(key="it", label="It", kind=kind)
        try:
            once = custom.clean_value(definition, value)
        except ValidationError:
            return
        assert custom.clean_value(definition, once) == once
        assert once is None or custom.words(definition, once)


def query(text: str) -> QueryDict:
    return QueryDict(text)


def leads_by(text: str) -> Any:
    return LeadFilter(query(text), Lead.objects.all(), request=None).qs


def first_stage() -> int:
    stage = Stage.objects.on_path().first()
    assert stage is not None
    return int(stage.pk)
