"""Options of the workspace: Otto administers, Mara sells."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from workspace.journal.models import JournalEntry
from workspace.options import actions, declared
from workspace.options.declared import Option
from workspace.options.models import StoredOption
from workspace.people.models import Person
from workspace.registry import Registry
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


def _short(value: str) -> None:
    if len(value) > 8:
        raise ValidationError({"value": "A greeting has eight letters at most."})


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's options, and three of these tests."""
    registry: Registry[Option[Any]] = Registry("option")
    for key, option in declared.entries().items():
        registry.add(key, option)
    monkeypatch.setattr(declared, "_options", registry)
    declared.declare("test.greeting", "Hello", "Greeting", help_text="Said first.", check=_short)
    declared.declare("test.is_loud", False, "Loud")
    declared.declare("test.volume", 5, "Volume")


def option(key: str) -> Option[Any]:
    return declared.entries()[f"test.{key}"]


def change_url(key: str) -> str:
    return reverse("admin:workspace_options_storedoption_change", args=[key])


def test_an_option_has_its_default_until_it_is_changed(otto: Person) -> None:
    assert option("greeting").get() == "Hello"

    actions.change(option("greeting"), "Moin", by=otto, at=NOW)

    assert option("greeting").get() == "Moin"
    entry = JournalEntry.objects.get()
    assert (entry.actor, str(entry.line)) == (otto, "set “Greeting” to Moin")


def test_setting_what_is_so_already_writes_nothing(otto: Person) -> None:
    actions.change(option("greeting"), "Hello", by=otto, at=NOW)

    assert not StoredOption.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_false_value_is_a_value() -> None:
    actions.change(option("is_loud"), True, by=None, at=NOW)
    actions.change(option("is_loud"), False, by=None, at=NOW)

    assert option("is_loud").get() is False
    assert JournalEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [("greeting", "Good morning"), ("greeting", 7), ("greeting", None), ("is_loud", "yes"), ("is_loud", 1),
     ("volume", True), ("volume", "5")],
)  # fmt: skip
def test_what_is_not_of_the_type_or_fails_the_check_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.change(option(key), value, by=None, at=NOW)

    assert list(refused.value.message_dict) == ["value"]
    assert not StoredOption.objects.exists()


def test_reps_change_no_options(mara: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.change(option("volume"), 6, by=mara, at=NOW)


def test_a_key_is_declared_once() -> None:
    with pytest.raises(ValueError, match=r"test\.volume"):
        declared.declare("test.volume", 6, "Twice")


def test_the_administration_lists_all_options_and_saves_by_the_action(as_otto: Client) -> None:
    listed = as_otto.get(reverse("admin:workspace_options_storedoption_changelist")).text
    assert "Greeting" in listed
    assert "Said first." in listed

    as_otto.post(change_url("test.greeting"), {"value": "Moin"})
    as_otto.post(change_url("test.is_loud"), {"value": "on"})
    as_otto.post(change_url("test.volume"), {"value": "11"})

    assert [option(key).get() for key in ("greeting", "is_loud", "volume")] == ["Moin", True, 11]
    assert set(JournalEntry.objects.values_list("way", flat=True)) == {"admin"}


def test_the_journal_speaks_of_an_option_by_its_number_and_finds_it(as_otto: Client, otto: Person) -> None:
    actions.change(option("volume"), 6, by=otto, at=NOW)
    entry = JournalEntry.objects.get()

    assert "Volume" in as_otto.get(change_url(str(entry.subject_id))).text


def test_a_refused_value_stands_at_its_field(as_otto: Client) -> None:
    page = as_otto.post(change_url("test.greeting"), {"value": "Good morning"})

    assert page.status_code == HTTPStatus.OK
    assert page.context["adminform"].form.errors["value"] == ["A greeting has eight letters at most."]


def test_an_option_that_nobody_declared_is_not_there(as_otto: Client) -> None:
    page = as_otto.get(change_url("no.such"), follow=True)

    assert "doesn’t exist" in page.text


def test_reps_see_none_of_it(client: Client, mara: Person) -> None:
    client.force_login(mara)

    page = client.get(reverse("admin:workspace_options_storedoption_changelist"), follow=True)

    assert page.status_code == HTTPStatus.FORBIDDEN
