"""Files of imports: given to who may see them, gone when they were kept long enough, never left without a record.

Mara brought the file, Sami sells, Rosa leads both departments.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.imports.actions.preparing import FileGone, look_again
from leads.imports.models import Import
from leads.imports.options import KEEP_DAYS
from leads.imports.tests.bringing import bring, uploaded
from leads.records.models import Lead
from leads.records.tests.factories import NOON, person
from workspace.files import actions as files
from workspace.files import kinds
from workspace.jobs.models import Job
from workspace.options import actions as options
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

CONTENT = "email,first_name\na@x.example,Ada\nnot an address,Bo\n"
DAY = timedelta(days=1)

Sweep = Callable[[datetime], int]


@pytest.fixture
def sweep(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Sweep:
    def swept(now: datetime) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return files.sweep(now)

    return swept


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


def test_the_file_goes_to_its_bringer_and_refused_rows_to_everybody_who_works_here(
    client: Client, mara: Person
) -> None:
    import_ = bring(CONTENT, by=mara)
    sami, rosa = person("Sami Rep"), person("Rosa Boss", Role.REVENUE_LEAD)
    urls = [reverse("files:file", args=[kind, import_.pk]) for kind in ("import", "refused-rows", "import-text", "x")]

    answers = {}
    for visitor in (mara, rosa, sami):
        client.force_login(visitor)
        answers[visitor.name] = [client.get(url).status_code for url in urls]

    assert answers == {
        "Mara Lindholm": [200, 200, 404, 404],
        "Rosa Boss": [200, 200, 404, 404],
        "Sami Rep": [404, 200, 404, 404],
    }


def test_a_file_is_saved_and_never_shown_as_a_page(client: Client, mara: Person) -> None:
    import_ = uploaded("email\n<script>alert(1)</script>\n", name='evil".html', by=mara)
    client.force_login(mara)

    answer = client.get(reverse("files:file", args=["import", import_.pk]))

    assert answer.getvalue().startswith(b"email\n<script>")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="evil\\".html"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_no_address_leads_to_the_folder_of_files(client: Client, mara: Person) -> None:
    import_ = uploaded(CONTENT, by=mara)
    client.force_login(mara)

    assert client.get(f"/{import_.file.name}").status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"/files/{import_.file.name}").status_code == HTTPStatus.NOT_FOUND


def test_files_are_kept_for_the_days_of_the_option_and_the_leads_stay(sweep: Sweep) -> None:
    import_ = bring(CONTENT)
    assert import_.done_at is not None
    names = [str(import_.file.name), str(import_.refused_file.name)]
    options.change(KEEP_DAYS, 30, by=None, at=NOON)

    assert sweep(import_.done_at + 30 * DAY - timedelta(minutes=1)) == 0
    assert [default_storage.exists(name) for name in names] == [True, True]
    assert sweep(import_.done_at + 30 * DAY + timedelta(minutes=1)) == 2

    import_.refresh_from_db()
    assert (bool(import_.file), bool(import_.refused_file), import_.created_count) == (False, False, 1)
    assert [default_storage.exists(name) for name in names] == [False, False]
    assert Lead.objects.count() == 1
    assert sweep(import_.done_at + 60 * DAY) == 0


def test_a_file_that_is_worked_on_stays(sweep: Sweep) -> None:
    import_ = uploaded(CONTENT)
    job = Job.objects.create(kind="leads.imports.run", title="x", created_at=NOON)
    Import.objects.update(job=job, text=import_.file.name)

    assert sweep(NOON + 400 * DAY) == 0


def test_a_text_that_was_left_behind_goes_after_a_week(sweep: Sweep) -> None:
    import_ = uploaded(CONTENT)
    import_.text.save("leads.txt", ContentFile(b"x"))

    assert sweep(NOON + 8 * DAY) == 1
    import_.refresh_from_db()
    assert (bool(import_.text), bool(import_.file)) == (False, True)


def test_an_import_whose_file_is_gone_says_so_and_goes_no_further(client: Client, sweep: Sweep, mara: Person) -> None:
    import_ = uploaded(CONTENT, by=mara)
    sweep(NOON + 91 * DAY)
    client.force_login(mara)

    page = client.get(reverse("imports:look", args=[import_.pk]))

    assert page.status_code == HTTPStatus.OK
    assert "was removed after the time for which files are kept" in page.text
    assert "Fetch it" not in page.text
    assert client.get(reverse("files:file", args=["import", import_.pk])).status_code == HTTPStatus.NOT_FOUND
    with pytest.raises(FileGone):
        look_again(import_, encoding="utf-8", delimiter=",", header_line=1, by=mara)


def test_the_page_says_until_when_the_file_is_kept(client: Client, mara: Person) -> None:
    import_ = uploaded(CONTENT, by=mara)
    client.force_login(mara)

    page = client.get(reverse("imports:look", args=[import_.pk])).text

    assert "kept until 15 February 2027" in page
    assert reverse("files:file", args=["import", import_.pk]) in page


def test_a_file_without_a_record_goes_after_a_day_and_others_stay() -> None:
    import_ = uploaded(CONTENT)
    assert import_.file.name is not None
    stray = default_storage.save("imports/2026/11/leads.csv", ContentFile(b"x"))

    assert files.remove_strays(timezone.now()) == 0
    files.remove_strays(timezone.now() + 2 * DAY)

    assert (default_storage.exists(stray), default_storage.exists(import_.file.name)) == (False, True)


def test_a_file_that_goes_while_strays_are_looked_for_holds_up_none(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, stray = (default_storage.save(f"imports/2026/11/{name}.csv", ContentFile(b"x")) for name in ("a", "b"))
    ask = default_storage.get_modified_time

    def ask_late(name: str) -> datetime:
        if name == gone:
            default_storage.delete(gone)
        return ask(name)

    monkeypatch.setattr(default_storage, "get_modified_time", ask_late)

    files.remove_strays(timezone.now() + 2 * DAY)

    assert not default_storage.exists(stray)


def test_a_file_stays_where_letting_go_of_it_was_rolled_back(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    import_ = uploaded(CONTENT)
    name = import_.file.name
    assert name is not None

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        files.discard(import_, "file")
        transaction.set_rollback(True)

    assert default_storage.exists(name)
    assert Import.objects.get().file.name == name


@pytest.mark.parametrize("days", [0, 4000])
def test_a_time_that_makes_no_sense_is_refused(days: int) -> None:
    with pytest.raises(ValidationError):
        options.change(KEEP_DAYS, days, by=None, at=NOON)


def test_every_kind_names_a_field_of_files() -> None:
    for kind in kinds.entries().values():
        assert isinstance(kind.storage, Storage)
        assert kind.over(NOON).model is kind.model
