"""Companies and custom fields. Sami sells, Rita only reads, Otto administers."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.records import actions
from leads.records.actions import companies
from leads.records.models import Company, CustomField, Lead
from leads.records.tests.factories import NOON, lead, person
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def ostertal(sami: Person) -> Company:
    return actions.create_company({"name": "Ostertal", "domain": "www.Ostertal.example"}, by=sami, at=NOON)


def define(**values: Any) -> CustomField:
    given = {"on": "company", "key": "machines", "label": "Machines", "kind": "number", **values}
    return actions.save_custom_field(CustomField(), given, by=None, at=NOON)


def test_a_company_is_made_with_its_entry(ostertal: Company, sami: Person) -> None:
    assert (ostertal.domain, ostertal.sort_name, ostertal.created_at) == ("ostertal.example", "ostertal", NOON)
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.actor, entry.thread_id) == ("company.created", sami, ostertal.pk)


def test_a_change_is_told_with_old_and_new(ostertal: Company, sami: Person) -> None:
    changed = actions.change_company(ostertal, {"city": "Kassel", "account_owner": sami}, by=sami, at=NOON)

    assert changed.version == 2
    entry = JournalEntry.objects.get(verb="company.edited")
    assert [(one["field"], one["old"], one["new"]) for one in entry.facts["changes"]] == [
        ("city", "", "Kassel"),
        ("account_owner", None, "Sami Rep"),
    ]


def test_what_is_so_already_is_no_change(ostertal: Company) -> None:
    actions.change_company(ostertal, {"name": "Ostertal"}, by=None, at=NOON)

    assert not JournalEntry.objects.filter(verb="company.edited").exists()


def test_a_domain_belongs_to_one_living_company(ostertal: Company) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create_company({"name": "Other", "domain": "ostertal.example"}, by=None, at=NOON)
    assert list(refused.value.message_dict) == ["domain"]

    Company.objects.filter(pk=ostertal.pk).update(deleted_at=NOON)
    assert actions.create_company({"name": "Other", "domain": "ostertal.example"}, by=None, at=NOON).pk


@pytest.mark.parametrize("values", [{"name": ""}, {"people_count": -1}, {"custom": {"machines": 1}}, {"version": 7}])
def test_what_does_not_fit_is_refused(ostertal: Company, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        actions.change_company(ostertal, values, by=None, at=NOON)


def test_who_only_reads_changes_no_company(ostertal: Company) -> None:
    rita = person("Rita Reader", Role.READ_ONLY)

    with pytest.raises(PermissionDenied):
        actions.create_company({"name": "Other"}, by=rita, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.change_company(ostertal, {"name": "Other"}, by=rita, at=NOON)


def test_a_new_name_reaches_the_leads_there(ostertal: Company) -> None:
    anke = lead("anke@ostertal.example", company=ostertal)

    actions.change_company(ostertal, {"name": "Brauhaus Ostertal"}, by=None, at=NOON)

    anke.refresh_from_db()
    assert (anke.company_name, anke.version) == ("Brauhaus Ostertal", 1)
    assert list(Lead.objects.matching("brauhaus")) == [anke]
    assert not Job.objects.exists()


def test_at_a_large_company_the_rest_of_the_leads_gets_the_name_by_a_job(
    ostertal: Company,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(companies, "RENAME_STEP", 2)
    for number in range(5):
        lead(f"lead{number}@ostertal.example", company=ostertal)

    with django_capture_on_commit_callbacks():
        actions.change_company(ostertal, {"name": "Brauhaus"}, by=None, at=NOON)
    assert Lead.objects.filter(company_name="Brauhaus").count() == 2
    done = jobs.run(Job.objects.get().pk)

    assert Lead.objects.filter(company_name="Brauhaus").count() == 5
    assert done is not None
    assert (done.state, done.done) == (Job.State.DONE, 3)


def test_own_fields_of_a_company(ostertal: Company) -> None:
    define()

    changed = actions.change_company(ostertal, {"custom": {"machines": "40"}}, by=None, at=NOON)
    assert changed.custom == {"machines": 40}
    assert actions.change_company(ostertal, {"custom": {"machines": None}}, by=None, at=NOON).custom == {}


def test_a_custom_field_keeps_its_key_kind_and_place() -> None:
    field = define()

    for key, value in (("key", "presses"), ("kind", "text"), ("on", "lead")):
        with pytest.raises(ValidationError) as refused:
            actions.save_custom_field(field, {key: value}, by=None, at=NOON)
        assert list(refused.value.message_dict) == [key]
        field.refresh_from_db()
    assert actions.save_custom_field(field, {"label": "Presses"}, by=None, at=NOON).label == "Presses"


@pytest.mark.parametrize(
    ("kind", "choices", "fits"),
    [
        ("choice", ["one", "two"], True),
        ("choice", ["one"], False),
        ("choice", [], False),
        ("choices", ["One", "one"], False),
        ("choices", ["one", " "], False),
        ("text", ["one", "two"], False),
        ("text", [], True),
        ("choice", "one, two", False),
    ],
)
def test_choices_are_several_words_of_a_field_that_chooses(kind: str, choices: Any, fits: bool) -> None:
    if fits:
        assert define(kind=kind, choices=choices).choices == choices
        return
    with pytest.raises(ValidationError) as refused:
        define(kind=kind, choices=choices)
    assert list(refused.value.message_dict) == ["choices"]


def test_the_administration_defines_fields_by_the_action(client: Client) -> None:
    client.force_login(person("Otto Admin", Role.ADMINISTRATOR))
    given = {
        "on": "lead", "key": "shift", "label": "Shifts", "kind": "choice", "choices": "One\nTwo\n\nThree",
        "help_text": "", "position": "1", "is_active": "on",
    }  # fmt: skip

    client.post(reverse("admin:leads_records_customfield_add"), given)
    field = CustomField.objects.get()
    page = client.get(reverse("admin:leads_records_customfield_change", args=[field.pk]))
    client.post(
        reverse("admin:leads_records_customfield_change", args=[field.pk]),
        {**given, "label": "Shift model", "key": "other"},
    )

    assert field.choices == ["One", "Two", "Three"]
    assert "One\nTwo\nThree" in page.text
    field.refresh_from_db()
    assert (field.label, field.key) == ("Shift model", "shift")
    lines = [str(entry.line) for entry in JournalEntry.objects.order_by("pk")]
    assert lines == ["added the custom field “Shifts”", "changed the custom field “Shift model”: label"]


def test_a_refused_field_stands_at_its_place(client: Client) -> None:
    client.force_login(person("Otto Admin", Role.ADMINISTRATOR))

    page = client.post(
        reverse("admin:leads_records_customfield_add"),
        {"on": "lead", "key": "Shift!", "label": "Shifts", "kind": "choice", "choices": "One", "position": "1"},
    )

    assert set(page.context["adminform"].form.errors) == {"key"}
    assert not CustomField.objects.exists()
