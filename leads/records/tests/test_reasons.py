"""Why deals end: names of the list, words of one's own, and what files of long ago say."""

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Reason
from leads.records.reasons import Reasons
from leads.records.tests.factories import stage

pytestmark = pytest.mark.django_db


def read(given: object, slug: str = "lost", *, from_file: bool = False) -> tuple[str, str] | None:
    why = Reasons().read(stage(slug), given, from_file=from_file)
    return None if why is None else (why.reason.name, why.text)


@pytest.mark.parametrize("from_file", [False, True], ids=["api", "file"])
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (" PRICE ", ("Price", "")),
        ("Other: They sold: the plant", ("Other", "They sold: the plant")),
        ("other:it rained", ("Other", "it rained")),
    ],
)
def test_a_name_is_read_whatever_its_case_and_words_behind_a_colon(
    given: str, meant: tuple[str, str], from_file: bool
) -> None:
    assert read(given, from_file=from_file) == meant


def test_a_file_may_say_what_is_on_no_list_any_more() -> None:
    assert read("Too dear", from_file=True) == ("Other", "Too dear")
    assert read("Price: a third above theirs", from_file=True) == ("Other", "Price: a third above theirs")
    assert read("No need", from_file=True) == ("Other", "No need"), "a reason of the other list"
    assert read("Other", from_file=True) == ("Other", "")
    assert read("", from_file=True) is None
    assert not Reason.objects.filter(name="Too dear").exists()


def test_others_choose_from_the_list_and_are_told_what_it_holds() -> None:
    with pytest.raises(ValidationError) as refused:
        read("Too dear")

    (told,) = refused.value.messages
    assert told == (
        "No reason for “Lost” is called “Too dear”. There are: Price, Competitor, Timing, Product gap, No decision, Other. "
        "For your own words write “Other: …”."
    )
    for wrong in ("Price: high", "No need", Reason.objects.get(kind="disqualified", name="No need").pk, 10**12):
        with pytest.raises(ValidationError, match="No reason for “Lost”"):
            read(wrong)
    for nothing in ("", None):
        with pytest.raises(ValidationError, match="Say why"):
            read(nothing)
    with pytest.raises(ValidationError, match="asks for a few words"):
        read("Other")


def test_where_no_reason_asks_for_words_files_are_refused_as_well() -> None:
    Reason.objects.filter(kind="lost", asks_text=True).update(is_active=False)

    with pytest.raises(ValidationError) as refused:
        read("Too dear", from_file=True)

    assert refused.value.messages == [
        "No reason for “Lost” is called “Too dear”. There are: Price, Competitor, Timing, Product gap, No decision."
    ]


def test_a_retired_reason_is_still_known_by_its_name() -> None:
    Reason.objects.filter(name="Timing").update(is_active=False)

    assert read("Timing") == ("Timing", "")


@pytest.mark.parametrize("slug", ["new", "won"])
def test_a_stage_without_reasons_takes_none(slug: str) -> None:
    assert read("Price", slug) is None
    assert read("Price", slug, from_file=True) is None


def test_any_number_of_reasons_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lost = stage("lost")

    with django_assert_num_queries(1):
        reasons = Reasons()
        for _row in range(20):
            reasons.read(lost, "Weather", from_file=True)
