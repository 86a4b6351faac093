"""Naming somebody with an @: Otto writes, Mara Lindholm is named."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from workspace.journal.models import JournalEntry
from workspace.people.actions import add_person
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.remarks import actions, mentions
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales() -> Department:
    return Department.objects.get(key="S")


def called(name: str, email: str, role: Role = Role.REP) -> Person:
    return add_person(email, name=name, role=role, departments="S", by=None, at=NOW)


def test_a_name_or_an_address_behind_an_at_becomes_a_number_and_is_read_as_the_name(
    mara: Person, sales: Department
) -> None:
    text = "@mara LINDHOLM, see @mara@fennmark.example."

    stored = mentions.resolve(text, about=sales)

    assert stored == f"@{{{mara.pk}}}, see @{{{mara.pk}}}."
    assert mentions.named_in(stored) == [mara.pk]
    mara.name = "Mara Berg"
    mara.save(update_fields=["name"])
    assert mentions.read([stored, "nobody"]) == ["@Mara Berg, see @Mara Berg.", "nobody"]


def test_the_longest_name_counts(mara: Person, sales: Department) -> None:
    other = called("Mara Lindholm Ek", "ek@fennmark.example")

    stored = mentions.resolve("@Mara Lindholm Ek and @Mara Lindholm", about=sales)

    assert stored == f"@{{{other.pk}}} and @{{{mara.pk}}}"


@pytest.mark.parametrize(
    "text",
    [
        "Tomorrow @ 5 pm",
        "write to mara@fennmark.example",
        "@Mara Lindholmsson",
        "@mara@fennmark.example.org",
        "@nobody",
        "@",
        "@@Mara",
    ],
)
def test_an_at_that_names_nobody_stays_as_it_is(mara: Person, sales: Department, text: str) -> None:
    assert mentions.resolve(text, about=sales) == text


def test_of_two_with_one_name_the_address_is_asked_for(mara: Person, sales: Department) -> None:
    called("mara lindholm", "other@fennmark.example")

    with pytest.raises(ValidationError, match="Two colleagues are called Mara Lindholm"):
        mentions.resolve("Ask @Mara Lindholm", about=sales)
    assert mentions.resolve("Ask @mara@fennmark.example", about=sales) == f"Ask @{{{mara.pk}}}"


def test_who_may_not_see_the_record_is_not_named_and_the_writer_is_told(otto: Person, mara: Person) -> None:
    role = Group.objects.first()
    assert role is not None

    for text in ("See this, @Mara Lindholm", f"See this, @{{{mara.pk}}}"):
        with pytest.raises(ValidationError, match="Mara Lindholm may not see this"):
            actions.say(role, text, by=otto, at=timezone.now())

    assert not JournalEntry.objects.filter(verb="remark.made").exists()


def test_who_left_or_never_was_is_not_named(otto: Person, mara: Person, sales: Department) -> None:
    mara.is_active = False
    mara.save(update_fields=["is_active"])

    assert mentions.resolve("@Mara Lindholm", about=sales) == "@Mara Lindholm"
    with pytest.raises(ValidationError, match="not known here"):
        mentions.resolve("@{999999}", about=sales)
    with pytest.raises(ValidationError, match="may not see this"):
        mentions.resolve(f"@{{{mara.pk}}}", about=sales)


def test_at_most_twenty_are_named(sales: Department) -> None:
    people = [called(f"Rep {number:02}", f"rep{number}@fennmark.example") for number in range(21)]

    with pytest.raises(ValidationError, match="twenty"):
        mentions.resolve(" ".join(f"@{person.name}" for person in people), about=sales)


def test_a_hostile_text_or_name_is_shown_as_it_is(mara: Person) -> None:
    mara.name = "<b>Mara</b>"
    mara.save(update_fields=["name"])

    drawn = mentions.drawn([f"<script>@{{{mara.pk}}} & @{{77777}}</script>"])

    assert drawn == [
        '&lt;script&gt;<b class="named">@&lt;b&gt;Mara&lt;/b&gt;</b> &amp; <b class="named">@somebody</b>&lt;/script&gt;'
    ]


def test_a_remark_stands_on_the_timeline_of_its_record_with_its_text_apart(otto: Person, sales: Department) -> None:
    actions.say(sales, "  Well done. ", by=otto, at=NOW)

    entry = JournalEntry.objects.on_thread("department", sales.pk).get(verb="remark.made")
    assert (entry.actor, entry.personal, entry.facts) == (otto, {"text": "Well done."}, {})


@pytest.mark.parametrize("text", ["", "  \x00 ", "x" * 10_001])
def test_a_remark_has_words_and_not_too_many(otto: Person, sales: Department, text: str) -> None:
    with pytest.raises(ValidationError):
        actions.say(sales, text, by=otto, at=NOW)


def test_who_only_reads_or_may_not_see_says_nothing(mara: Person, sales: Department) -> None:
    reader = called("Samuel Okafor", "samuel@fennmark.example", Role.READ_ONLY)
    role = Group.objects.first()
    assert role is not None

    with pytest.raises(PermissionDenied):
        actions.say(sales, "Hello", by=reader, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.say(role, "Hello", by=mara, at=NOW)
