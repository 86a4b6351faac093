"""The check tells what a run would do, row by row and in numbers, and writes nothing."""

import pytest
from django.db import connection

from leads.funnel.models import Source
from leads.imports import actions
from leads.imports.actions import checking, running
from leads.imports.models import Import
from leads.imports.tests.bringing import agreed, counts, run
from leads.records.models import Company, CustomField, Lead
from leads.records.tests.factories import NOON, lead
from workspace.jobs import actions as jobs
from workspace.journal.models import JournalEntry

CONTENT = (
    "email,first_name,city,source,note\n"
    "new@x.example,Ada,London,Fair,hm\n"
    "known@x.example,Bo,Ulm,,\n"
    "same@x.example,Cy,,,\n"
    "no address,,,,\n"
    "new@x.example,Ada,Paris,,\n"
)


def checked(import_: Import) -> Import:
    import_ = actions.start_check(import_, by=None, at=NOON)
    assert import_.job is not None
    jobs.run(import_.job.pk)
    return Import.objects.select_related("job").get(pk=import_.pk)


def _known() -> None:
    lead("known@x.example", first_name="Bo", city="Bonn")
    lead("same@x.example", first_name="Cy")


@pytest.mark.django_db
def test_a_check_tells_what_each_row_would_do_and_writes_nothing() -> None:
    _known()
    written = JournalEntry.objects.count()

    found = checked(agreed(CONTENT))

    assert found.state == Import.State.CHECKED
    assert found.preview["counts"] == {"created": 1, "updated": 2, "unchanged": 1, "refused": 1}
    acts = [(row["line"], row["act"], row["title"]) for row in found.preview["rows"]]
    assert acts == [
        (2, "created", "Ada"),
        (3, "updated", "Bo"),
        (4, "unchanged", "Cy"),
        (5, "refused", "no address"),
        (6, "updated", "Ada"),
    ]
    assert found.preview["rows"][1]["changes"] == [{"label": "City", "old": "Bonn", "new": "Ulm"}]
    assert "no e-mail address" in found.preview["rows"][3]["reason"]
    assert found.preview["reasons"] == {"E-mail": 1}
    assert (Lead.objects.count(), JournalEntry.objects.count()) == (2, written)
    assert [model.objects.count() for model in (Company, CustomField)] == [0, 0]
    assert not Source.objects.filter(name="Fair").exists()


@pytest.mark.django_db
def test_the_run_does_what_the_check_told() -> None:
    _known()
    found = checked(agreed(CONTENT))

    done = run(found)

    told = found.preview["counts"]
    assert counts(done) == (told["created"], told["updated"], told["unchanged"], told["refused"])


@pytest.mark.django_db(transaction=True)
def test_a_long_file_is_tried_on_a_connection_of_its_own_in_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "SHORT", 10)
    monkeypatch.setattr(checking, "ROUND", 2)
    monkeypatch.setattr(running, "BATCH", 2)
    _known()

    found = checked(agreed(CONTENT))

    # The last row stands in another round than the lead it repeats.
    assert found.preview["counts"] == {"created": 2, "updated": 1, "unchanged": 1, "refused": 1}
    assert Lead.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_new_meaning_of_the_columns_makes_the_check_void() -> None:
    found = checked(agreed(CONTENT))
    assert found.state == Import.State.CHECKED

    again = actions.look_again(found, encoding="utf-8", delimiter=",", header_line=1, by=None)

    assert (again.state, again.preview, bool(again.text)) == (Import.State.MAP, {}, False)
    with pytest.raises(actions.ImportMoved):
        actions.start_run(again, by=None, at=NOON)


@pytest.mark.django_db
def test_a_row_that_cannot_be_stored_as_it_is_is_shown_without_what_hurts() -> None:
    found = checked(agreed("email,first_name\nno\x00 address,A\x00da\n"))

    assert found.job is not None
    assert (found.state, found.job.error) == (Import.State.CHECKED, "")
    assert [row["title"] for row in found.preview["rows"]] == ["no address, Ada"]
