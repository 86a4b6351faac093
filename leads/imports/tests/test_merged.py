"""Files and merges: a merge while a file comes in, and files whose leads were merged since."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from leads.imports.actions.reverting import Preview, preview
from leads.imports.models import ImportedLead, NotReverted
from leads.imports.tests.bringing import agreed, bring, run, take_back
from leads.records.actions import merging
from leads.records.models import Lead
from leads.records.tests.factories import lead

FAIR = "email,first_name,city\nada@x.example,Ada,London\nbo@x.example,Bo,Malmö\n"
in_turn = pytest.mark.django_db(transaction=True)


@in_turn
def test_taking_a_file_back_leaves_alone_what_another_lead_was_merged_into() -> None:
    import_ = bring(FAIR)
    ada, bo = (Lead.objects.get(email=f"{name}@x.example") for name in ("ada", "bo"))
    known = lead("ada.old@x.example")
    made = merging.merge(known, ada, by=None, at=timezone.now())

    assert {row.lead_id for row in ImportedLead.objects.filter(import_of=import_)} == {known.pk, bo.pk}
    assert preview(import_) == Preview(removed=1, kept=1)
    done = take_back(import_)

    assert (done.removed_count, done.restored_count, done.kept_count) == (1, 0, 1)
    assert [(row.lead_id, row.reason) for row in NotReverted.objects.all()] == [
        (known.pk, "Another lead was merged into it; undo that first.")
    ]
    assert set(Lead.objects.living()) == {known}
    merging.undo(made, by=None, at=timezone.now() + timedelta(hours=1))
    assert ImportedLead.objects.get(import_of=import_, line=2).lead_id == ada.pk, "its row went back with it"


@in_turn
def test_a_merge_while_a_file_brings_news_of_one_of_the_two_loses_none_of_it() -> None:
    survivor, other = lead("ada@y.example", city="Leeds"), lead("ada@x.example", city="York")
    import_ = agreed("email,city\nada@x.example,London\n")
    start = Barrier(2)

    def come_in() -> None:
        try:
            start.wait()
            run(import_)
        finally:
            connection.close()

    def merge() -> None:
        try:
            start.wait()
            merging.merge(survivor, other, by=None, at=timezone.now(), choices={"city": "other"})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(come_in), pool.submit(merge)]:
            job.result()

    # Whichever was first: the news is on the survivor, or, where the address was free by then, on a lead of its own.
    living = Lead.objects.living()
    assert living.filter(city="London").count() == 1
    assert not Lead.objects.filter(pk=other.pk, deleted_at=None).exists()
    imported = ImportedLead.objects.get(import_of=import_)
    assert living.get(city="London").pk == imported.lead_id
