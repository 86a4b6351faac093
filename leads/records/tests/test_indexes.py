"""An index is put off only while nothing is stored, and comes back."""

import threading

import pytest
from django.db import connection, connections, transaction

from leads.records.models import Lead
from leads.records.tests.factories import LeadFactory
from workspace import indexing

SEARCH = "lead_search"
INDEXES = (SEARCH, "lead_by_name")


@pytest.mark.django_db(transaction=True)
def test_an_empty_table_can_be_filled_without_its_index() -> None:
    assert indexing.put_off(Lead, INDEXES)
    assert indexing.missing(INDEXES) == set(INDEXES)

    LeadFactory.create(last_name="Lovelace")
    assert Lead.objects.matching("lovel").count() == 1

    assert indexing.make_good(Lead, INDEXES)
    assert not indexing.missing(INDEXES)
    assert not indexing.make_good(Lead, INDEXES)
    assert connection.introspection.get_constraints(connection.cursor(), Lead._meta.db_table)[SEARCH]["type"] == "gin"


@pytest.mark.django_db
def test_where_something_is_stored_the_index_stays() -> None:
    LeadFactory.create()
    assert not indexing.put_off(Lead, INDEXES)
    assert not indexing.missing(INDEXES)


@pytest.mark.django_db(transaction=True)
def test_who_works_on_the_table_is_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "LOCK_TIMEOUT", "20ms")
    reading, tried = threading.Event(), threading.Event()

    def read() -> None:
        with transaction.atomic():
            Lead.objects.count()
            reading.set()
            tried.wait(10)
        connections.close_all()

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(10)
    with transaction.atomic():
        assert not indexing.put_off(Lead, INDEXES)
        assert Lead.objects.count() == 0
    tried.set()
    reader.join()
    assert not indexing.missing(INDEXES)
