"""Reading under conditions: what is there has a tag, and who has it already is not told it again."""

from http import HTTPStatus

import pytest

from workspace.api import conditions
from workspace.api.tests.client import ROOT, Caller, told
from workspace.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["users/me/", "users/", "users/?page_size=1&ordering=email"])
def test_what_the_caller_has_already_is_not_told_again(caller: Caller, path: str) -> None:
    first = caller.client.get(f"{ROOT}{path}")

    again = caller.client.get(f"{ROOT}{path}", headers={"If-None-Match": first["ETag"]})
    weakened = caller.client.get(f"{ROOT}{path}", headers={"If-None-Match": f'"other", W/{first["ETag"]}'})

    assert (again.status_code, again.content, again["ETag"]) == (HTTPStatus.NOT_MODIFIED, b"", first["ETag"])
    assert weakened.status_code == HTTPStatus.NOT_MODIFIED, "a proxy that compresses weakens tags"
    assert caller.client.head(f"{ROOT}{path}")["ETag"] == first["ETag"]


@pytest.mark.parametrize("path", ["users/me/", "users/"])
def test_what_changed_is_told_with_a_new_tag(caller: Caller, path: str) -> None:
    first = caller.client.get(f"{ROOT}{path}")
    Person.objects.update(job_title="Rep for the north")

    later = caller.client.get(f"{ROOT}{path}", headers={"If-None-Match": first["ETag"]})

    assert "Rep for the north" in str(told(later, HTTPStatus.OK))
    assert later["ETag"] != first["ETag"]


def test_answers_are_for_the_caller_alone_and_asked_for_anew(caller: Caller) -> None:
    answer = caller.client.get(f"{ROOT}users/me/")

    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_reading_takes_no_notice_of_what_guards_writing(caller: Caller) -> None:
    told(caller.client.get(f"{ROOT}users/me/", headers={"If-Match": '"other"'}), HTTPStatus.OK)


def test_an_error_has_no_tag(caller: Caller) -> None:
    assert "ETag" not in caller.client.get(f"{ROOT}users/0/")


def test_a_record_that_counts_no_versions_has_the_digest_of_its_row(caller: Caller) -> None:
    sami = Person.objects.get(pk=caller.person.pk)
    before = conditions.version_of(sami)

    assert conditions.version_of(Person.objects.get(pk=sami.pk)) == before
    assert caller.client.get(f"{ROOT}users/me/")["ETag"].startswith(f'"{before}-')
    sami.job_title = "Rep for the north"
    assert conditions.version_of(sami) != before
