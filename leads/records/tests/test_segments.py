"""Saved lists: Sami and Tina sell, Mara markets, Lena leads sales and may share with everybody, Rita only reads."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from leads.funnel.models import Tag
from leads.records import actions, segmenting
from leads.records.filters import LeadFilter
from leads.records.models import CustomField, Lead, ListShape, Segment
from leads.records.segmenting import Asking
from leads.records.tests.factories import NOON, closed_lead, lead, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Department, Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def lena() -> Person:
    return person("Lena Lead", Role.DEPARTMENT_LEAD)


def saved(by: Person, query: str = "", **values: Any) -> Segment:
    return actions.create_segment({"name": "A list", "query": query, **values}, by=by, at=NOON)


def found(segment: Segment, by: Person) -> set[int]:
    """The leads that `by` finds by the filter, as list, count and API do."""
    filters = LeadFilter(QueryDict(f"segment={segment.pk}"), Lead.objects.visible_to(by), request=Asking(by))
    assert not filters.errors, filters.errors
    return {one.pk for one in filters.qs}


def sales() -> Department:
    return Department.objects.get(key="S")


def test_a_saved_list_keeps_filters_order_and_columns_and_the_journal_knows_who_saved_it(sami: Person) -> None:
    segment = saved(
        sami,
        "stage=mql&tab=open&q=&country=Norway",
        ordering="-value",
        columns=[("city", "wide")],
        name="  Fair   in Oslo ",
    )

    segment.refresh_from_db()
    assert (segment.name, segment.query) == ("Fair in Oslo", "stage=mql&country=Norway&tab=open")
    assert (segment.ordering, segment.columns) == ("-value", [["name", "usual"], ["city", "wide"]])
    entry = JournalEntry.objects.get(verb="segment.created")
    assert (entry.actor, entry.facts["name"]) == (sami, "Fair in Oslo")


def test_a_saved_list_finds_what_its_filters_find_in_its_tab(sami: Person) -> None:
    norway, _other = lead(country="Norway", owner=sami), lead(country="Sweden", owner=sami)
    tinas = lead(country="Norway", owner=person("Tina Rep"))
    won = closed_lead("won", country="Norway", owner=sami)

    by_tab = {
        tab: found(saved(sami, f"country=Norway{tab}", name=tab or "all"), sami)
        for tab in ("", "&tab=open", "&tab=mine")
    }

    assert by_tab == {"": {norway.pk, tinas.pk, won.pk}, "&tab=open": {norway.pk, tinas.pk}, "&tab=mine": {norway.pk}}


def test_me_in_a_shared_list_is_whoever_looks(sami: Person) -> None:
    tina = person("Tina Rep")
    mine, hers = lead(owner=sami), lead(owner=tina)

    segment = saved(sami, "owner=me", sharing="department", department=sales())

    assert found(segment, sami) == {mine.pk}
    assert found(segment, tina) == {hers.pk}


@pytest.mark.parametrize(
    ("sharing", "seen_by"),
    [
        ("private", ["Sami Rep"]),
        ("department", ["Sami Rep", "Tina Rep"]),
        ("all", ["Sami Rep", "Tina Rep", "Mara", "Rita"]),
    ],
)
def test_who_sees_a_saved_list(sami: Person, lena: Person, sharing: str, seen_by: list[str]) -> None:
    colleagues = [sami, person("Tina Rep"), person("Mara", Role.MARKETER), person("Rita", Role.READ_ONLY, "M")]
    segment = saved(sami)
    department = sales() if sharing == "department" else None
    Segment.objects.filter(pk=segment.pk).update(sharing=sharing, department=department)

    assert [str(one) for one in colleagues if segment in Segment.objects.visible_to(one)] == seen_by


def test_people_share_with_their_own_department_and_only_some_with_everybody(sami: Person, lena: Person) -> None:
    marketing = Department.objects.get(key="M")

    own = saved(sami, sharing="department", department=sales(), name="Own")
    for refused in ({"sharing": "all"}, {"sharing": "department", "department": marketing}):
        with pytest.raises(PermissionDenied):
            saved(sami, name="Refused", **refused)
        with pytest.raises(PermissionDenied):
            actions.change_segment(own, refused, by=sami, at=NOON)

    assert saved(lena, sharing="all", name="For all").sharing == "all"
    assert saved(lena, sharing="department", department=marketing).department == marketing
    own.refresh_from_db()
    assert (own.sharing, own.department) == ("department", sales())


def test_its_owner_changes_a_list_and_of_shared_ones_whoever_may_share_with_everybody(
    sami: Person, lena: Person
) -> None:
    tina = person("Tina Rep")
    private, shared = saved(sami), saved(sami, name="Shared", sharing="department", department=sales())

    for segment, by in ((private, tina), (private, lena), (shared, tina)):
        with pytest.raises(PermissionDenied):
            actions.change_segment(segment, {"name": "Mine now"}, by=by, at=NOON)
        with pytest.raises(PermissionDenied):
            actions.delete_segment(segment, by=by, at=NOON)
    renamed = actions.change_segment(shared, {"name": "Renamed"}, by=lena, at=NOON)
    actions.delete_segment(private, by=sami, at=NOON)

    assert (renamed.name, renamed.owner) == ("Renamed", sami)
    assert list(Segment.objects.all()) == [shared]
    told = JournalEntry.objects.filter(verb__startswith="segment.").order_by("pk").values_list("verb", flat=True)
    assert list(told)[-2:] == ["segment.changed", "segment.deleted"]


def test_a_change_that_changes_nothing_is_no_entry(sami: Person) -> None:
    segment = saved(sami, "country=Norway")

    actions.change_segment(segment, {"name": "A list", "query": "country=Norway", "columns": []}, by=sami, at=NOON)

    assert not JournalEntry.objects.filter(verb="segment.changed").exists()


def test_a_name_is_taken_once_a_person_whatever_its_capitals(sami: Person) -> None:
    saved(sami, name="Fair")
    saved(person("Tina Rep"), name="Fair")

    with pytest.raises(ValidationError) as refused:
        saved(sami, name="FAIR")

    assert set(refused.value.message_dict) == {"name"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"query": "stage=nonsense"}, "query"),
        ({"query": "no_such_filter=1"}, "query"),
        ({"query": "custom.nobody=1"}, "query"),
        ({"query": "segment=1"}, "query"),
        ({"query": "tab=elsewhere"}, "query"),
        ({"query": "q=" + "a" * 2_000}, "query"),
        ({"ordering": "city"}, "ordering"),
        ({"columns": [("nonsense", "usual")]}, "columns"),
        ({"name": " \x00 "}, "name"),
        ({"name": "a" * 61}, "name"),
        ({"sharing": "nobody"}, "sharing"),
        ({"sharing": "department"}, "department"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(sami: Person, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        saved(sami, **values)

    assert set(refused.value.message_dict) == {field}
    assert not Segment.objects.exists()


def test_the_filters_of_somebody_who_left_still_find_their_leads_and_say_that_they_left(sami: Person) -> None:
    tina = person("Tina Rep")
    hers = lead(owner=tina)
    segment = saved(sami, f"owner={tina.pk}")

    Person.objects.filter(pk=tina.pk).update(is_active=False)

    assert found(segment, sami) == {hers.pk}
    [chip] = segmenting.sought(segment, sami).filters.chips()
    assert chip.words == "Tina Rep, who has left"


@pytest.mark.parametrize("gone", ["tag", "custom"])
def test_a_list_that_asks_for_what_is_gone_says_so_and_finds_nothing_rather_than_too_much(
    sami: Person, gone: str
) -> None:
    Tag.objects.create(name="Fair")
    CustomField.objects.create(key="region", label="Region")
    lead(tags=["Fair"], custom={"region": "North"})
    segment = saved(sami, {"tag": "tag=Fair", "custom": "custom.region=North"}[gone] + "&tab=open")
    Lead.tags.through.objects.all().delete()
    Tag.objects.all().delete()
    CustomField.objects.all().delete()

    filters = LeadFilter(QueryDict(f"segment={segment.pk}"), Lead.objects.visible_to(sami), request=Asking(sami))

    assert filters.qs.count() == 0
    [told] = filters.errors["segment"]
    assert told.startswith("The saved list “A list” asks for what is no longer there: ")
    assert len(segmenting.sought(segment, sami).problems) == 1


def test_a_default_goes_with_its_list_and_nobody_opens_what_is_not_shared_with_them(sami: Person) -> None:
    tina = person("Tina Rep")
    segment = saved(sami)

    with pytest.raises(PermissionDenied):
        actions.choose_default(tina, segment)
    actions.choose_default(sami, segment)
    actions.choose_columns(sami, [("city", "usual")])
    actions.delete_segment(segment, by=sami, at=NOON)

    shape = ListShape.objects.get(person=sami)
    assert shape.default is None
    assert shape.columns
    assert not ListShape.objects.filter(person=tina).exists()


@given(
    query=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.tuples(
                st.sampled_from(
                    ["tab", "q", "stage", "owner", "custom.x", "segment", "told", "is_open", "value_min", ""]
                ),
                st.text(max_size=8),
            ),
            max_size=4,
        ).map(lambda pairs: "&".join(f"{key}={value}" for key, value in pairs)),
    )
)
@example("tab=open&tab=mine&tab=")
@example("%00=1&%ff=%fe&&&=")
def test_any_query_is_refused_with_sentences_or_kept_so_that_it_reads_the_same(query: str) -> None:
    sami = Person(pk=1, email="sami@fennmark.example")
    try:
        kept = segmenting.clean_query(query, sami)
    except ValidationError as error:
        kept, sentences = "", error.message_dict["query"]
    else:
        sentences = ["kept"]

    assert all(sentences)
    assert segmenting.clean_query(kept, sami) == kept
