"""People in the administration: Otto administers; it saves by the actions, and says at the field what they refuse."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from workspace.journal.models import JournalEntry
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role
from workspace.staff import actions


def answers(person: Person, **changed: object) -> dict[str, object]:
    given: dict[str, object] = {
        "email": person.email,
        "name": person.name,
        "job_title": person.job_title,
        "time_zone": person.time_zone,
        "role": sorted(person.roles)[0],
        "departments": [department.pk for department in person.departments.all()],
    }
    return {**given, **changed}


def url(person: Person) -> str:
    return reverse("admin:workspace_people_person_change", args=[person.pk])


def test_what_is_saved_is_journalled_as_done_in_the_administration(as_otto: Client, otto: Person, mara: Person) -> None:
    both = list(Department.objects.values_list("pk", flat=True))

    saved = as_otto.post(url(mara), answers(mara, job_title="Rep", role="department lead", departments=both))

    assert saved.status_code == HTTPStatus.FOUND
    mara = Person.objects.get(pk=mara.pk)
    assert (mara.job_title, list(mara.roles), mara.department_keys) == ("Rep", ["department lead"], ["M", "S"])
    entries = JournalEntry.objects.order_by("pk").values_list("verb", "way", "actor")
    assert list(entries) == [
        ("person.changed", "admin", otto.pk),
        ("person.role_set", "admin", otto.pk),
        ("person.moved", "admin", otto.pk),
    ]


def test_a_refusal_stands_at_its_field_and_nothing_is_saved(as_otto: Client, otto: Person) -> None:
    page = as_otto.post(url(otto), answers(otto, name="Somebody", role="rep"))

    assert page.status_code == HTTPStatus.OK
    assert page.context["adminform"].form.errors["role"] == ["Nobody would be left to administer the workspace."]
    otto.refresh_from_db()
    assert otto.name == "Otto Aalto"
    assert not JournalEntry.objects.exists()


def test_colleagues_are_let_go_and_in_again_and_never_deleted(as_otto: Client, otto: Person, mara: Person) -> None:
    people = reverse("admin:workspace_people_person_changelist")

    gone = as_otto.post(people, {"action": "let_go", "_selected_action": [mara.pk, otto.pk]}, follow=True)
    assert mara not in Person.objects.active()
    assert "1 colleague let go." in gone.text
    assert "Otto Aalto: Nobody would be left to administer the workspace." in gone.text

    as_otto.post(people, {"action": "let_in", "_selected_action": [mara.pk]})
    assert mara in Person.objects.active()
    deletion = as_otto.post(reverse("admin:workspace_people_person_delete", args=[mara.pk]), {"post": "yes"})
    assert deletion.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("model", ["person", "invitation"])
def test_adding_somebody_is_inviting_them(as_otto: Client, model: str) -> None:
    page = as_otto.get(reverse(f"admin:workspace_people_{model}_add"))

    assert page.headers["Location"] == reverse("people:invite")


def test_invitations_are_sent_again_and_taken_back(as_otto: Client, otto: Person) -> None:
    invitation = actions.invite("iris@fennmark.example", role=Role.REP, departments=[], by=otto, at=timezone.now())
    Invitation.objects.update(mail_due_at=None, mailed_at=timezone.now() - timedelta(days=3))
    listed = reverse("admin:workspace_people_invitation_changelist")

    again = as_otto.post(listed, {"action": "mail_again", "_selected_action": [invitation.pk]}, follow=True)
    assert "1 mail goes out." in again.text
    assert Invitation.objects.to_mail(timezone.now()).exists()

    as_otto.post(listed, {"action": "withdraw", "_selected_action": [invitation.pk]})
    assert not Invitation.objects.open(timezone.now()).exists()


def test_a_department_is_renamed_and_keeps_its_letter(as_otto: Client) -> None:
    sales = Department.objects.get(key="S")

    as_otto.post(reverse("admin:workspace_people_department_change", args=[sales.pk]), {"name": "Selling", "key": "X"})

    sales.refresh_from_db()
    assert (sales.key, sales.name) == ("S", "Selling")


def test_a_role_gets_its_permissions_by_the_action(as_otto: Client) -> None:
    rep = Group.objects.get(name=Role.REP)
    look = Permission.objects.get(codename="view_lead")

    as_otto.post(reverse("admin:auth_group_change", args=[rep.pk]), {"permissions": [look.pk]})

    assert list(rep.permissions.all()) == [look]
    assert JournalEntry.objects.get().verb == "role.changed"


def test_the_administration_has_no_door_of_its_own(client: Client, mara: Person) -> None:
    page = client.get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))

    client.force_login(mara)
    assert client.get(reverse("admin:index"), follow=True).status_code == HTTPStatus.FORBIDDEN
