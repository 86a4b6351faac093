"""Follow-ups after commit: sent when the transaction holds, and never in its way."""

from unittest.mock import Mock

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from smarketing.celery import app
from workspace import queue
from workspace.people.models import Department

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dead_broker_leaves_the_row_and_raises_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app, "send_task", Mock(side_effect=OperationalError("no broker")))

    with transaction.atomic():
        Department.objects.filter(key="S").update(name="Selling")
        queue.soon("workspace.jobs.run", 1)

    assert Department.objects.get(key="S").name == "Selling"
    assert "no broker" in caplog.text


def test_what_is_rolled_back_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Mock()
    monkeypatch.setattr(app, "send_task", send)

    with transaction.atomic():
        queue.soon("workspace.jobs.run", 1)
        transaction.set_rollback(True)

    send.assert_not_called()


def test_the_task_is_sent_by_name_once_the_transaction_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Mock()
    monkeypatch.setattr(app, "send_task", send)

    with transaction.atomic():
        queue.soon("workspace.jobs.run", 7)
        send.assert_not_called()

    send.assert_called_once_with("workspace.jobs.run", (7,), retry=False, ignore_result=True)
