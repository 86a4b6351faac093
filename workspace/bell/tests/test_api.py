"""Notices by the API: Mara reads what Otto named her in, by a token of hers; nobody else does."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.api.tests.client import Caller
from workspace.notices.models import Notice
from workspace.people.actions import add_person, give_role
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.remarks import actions as remarks
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(db: None) -> Department:
    return Department.objects.get(key="S")


def name(by: Person, whom: Person, about: Department | Person | Group, text: str = "Look") -> Notice:
    remarks.say(about, f"{text}, @{whom.email}", by=by, at=timezone.now())
    return Notice.objects.filter(person=whom).latest("pk")


def test_a_notice_is_told_in_the_words_of_the_bell(otto: Person, mara: Person, sales: Department) -> None:
    first, second = name(otto, mara, sales, "First"), name(otto, mara, sales, "Second")

    told = Caller(mara).get("notices/")

    assert (told["next"], told["previous"]) == (None, None)
    newest, oldest = told["results"]
    assert (newest["id"], oldest["id"]) == (second.pk, first.pk), "one by one, the newest first"
    assert newest == Caller(mara).get(f"notices/{second.pk}/")
    assert newest == {
        "id": second.pk,
        "kind": "mention",
        "level": "mail",
        "told_at": second.told_at.isoformat().replace("+00:00", "Z"),
        "read_at": None,
        "actor": {"id": otto.pk, "name": "Otto Aalto", "email": otto.email},
        "subject": {"kind": "department", "id": sales.pk},
        "title": "Sales",
        "words": "Otto Aalto named you",
        "quote": "Second, @Mara Lindholm",
        "url": f"http://127.0.0.1:8000/notices/{second.pk}/",
    }


def test_nobody_reads_or_marks_somebody_elses(otto: Person, mara: Person, sales: Department) -> None:
    notice = name(otto, mara, sales)
    stranger = Caller(otto)

    assert stranger.get("notices/")["results"] == []
    stranger.get(f"notices/{notice.pk}/", HTTPStatus.NOT_FOUND)
    stranger.post(f"notices/{notice.pk}/read/", status=HTTPStatus.NOT_FOUND)
    assert stranger.post("notices/read-all/", {"up_to": notice.pk}) == {"read": 0}
    assert Notice.objects.unread().get() == notice


def test_what_may_no_longer_be_seen_is_not_told(otto: Person, mara: Person) -> None:
    give_role(mara, Role.ADMINISTRATOR)
    role = Group.objects.order_by("pk").first()
    assert role is not None
    notice = name(otto, mara, role)
    assert len(Caller(mara).get("notices/")["results"]) == 1

    give_role(mara, Role.REP)

    assert Caller(Person.objects.get(pk=mara.pk)).get("notices/")["results"] == []
    Caller(mara).get(f"notices/{notice.pk}/", HTTPStatus.NOT_FOUND)


def test_a_line_is_read_and_all_are_up_to_the_one_that_was_seen(otto: Person, mara: Person, sales: Department) -> None:
    first, other, later = name(otto, mara, sales), name(otto, mara, otto), name(otto, mara, sales)
    caller = Caller(mara)

    assert caller.post(f"notices/{first.pk}/read/")["read_at"] is not None
    assert list(Notice.objects.unread()) == [other], "it stands in one line with the later one"
    last = name(otto, mara, sales)
    assert caller.post("notices/read-all/", {"up_to": later.pk}) == {"read": 1}

    assert [told["id"] for told in caller.get("notices/?is_read=no")["results"]] == [last.pk]
    assert len(caller.get("notices/?is_read=yes")["results"]) == 3
    assert len(caller.get("notices/?kind=mention&page_size=2")["results"]) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("notices/read-all/", {}),
        ("notices/read-all/", {"up_to": 0}),
        ("notices/read-all/", {"up_to": 2**63}),
        ("notices/read-all/", {"up_to": "x"}),
        ("notices/read-all/", {"up_to": 1, "all": True}),
        ("notices/?kind=pigeon", None),
        ("notices/?person=1", None),
    ],
)
def test_what_does_not_fit_is_said(mara: Person, path: str, body: dict[str, object] | None) -> None:
    caller = Caller(mara)

    told = (
        caller.get(path, HTTPStatus.BAD_REQUEST)
        if body is None
        else caller.post(path, body, status=HTTPStatus.BAD_REQUEST)
    )

    assert told["errors"]


def test_a_token_needs_the_scope(otto: Person, mara: Person, sales: Department) -> None:
    notice = name(otto, mara, sales)

    Caller(mara, "leads:read").get("notices/", HTTPStatus.FORBIDDEN)
    reader = Caller(mara, "notices:read")
    assert len(reader.get("notices/")["results"]) == 1
    reader.post(f"notices/{notice.pk}/read/", status=HTTPStatus.FORBIDDEN)
    assert Notice.objects.unread().exists()


@pytest.mark.parametrize("many", [1, 20])
def test_a_page_costs_the_same_queries_at_any_length(
    otto: Person, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for number in range(many):
        colleague = add_person(f"c{number}@f.example", name="", role=Role.REP, departments="", by=None, at=NOW)
        name(otto, mara, colleague)
    caller = Caller(mara)

    # Token and its use, the limit of calls, permissions (2), notices, entries, records, actors, departments, names in texts.
    with django_assert_num_queries(11):
        told = caller.get("notices/")

    assert len(told["results"]) == many
