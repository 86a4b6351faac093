"""Otto, who administers, lets other programs hear of what happens, by page and API; Mara, who sells, does not."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace import sealing
from workspace.api.tests.client import Caller
from workspace.hooks import delivering
from workspace.hooks.actions import webhooks
from workspace.hooks.models import Delivery, Endpoint
from workspace.hooks.sending import Outcome
from workspace.journal import actions as journal
from workspace.journal.models import JournalEntry
from workspace.notices.models import Notice
from workspace.people.models import Person
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

PAGE = "/settings/webhooks/"
GIVEN = {"name": "CRM", "url": "https://crm.example.com/hooks?key=k3y", "events": ["person.changed", "person.joined"]}
LATER = timezone.now() + timedelta(hours=2)


@pytest.fixture
def crm(otto: Person) -> Endpoint:
    return webhooks.make(**GIVEN, by=otto, at=NOW)[0]  # type: ignore[arg-type]  # as a page gives it


def happen(person: Person, count: int = 1) -> list[Delivery]:
    """Things happen, each by an act of its own; answers the messages of all endpoints, the newest first."""
    for _number in range(count):
        journal.record("person.changed", subject=person, by=person, at=NOW, what="name")
    return list(Delivery.objects.order_by("-pk"))


def end(delivery: Delivery, status: int = 200) -> None:
    """A try ended with this status."""
    Delivery.objects.filter(pk=delivery.pk).update(tries=delivering.MOST_TRIES if status != 200 else 1)
    delivery.refresh_from_db()
    delivering.settle(
        delivery, Outcome(status, "", "" if status == 200 else f"It answered {status}.", 12), timezone.now()
    )


def test_the_secret_is_shown_on_the_answer_and_never_again(as_otto: Client) -> None:
    made = as_otto.post(f"{PAGE}new/", GIVEN)

    endpoint = Endpoint.objects.get()
    (secret,) = re.findall(r">(whsec_[\w+/=]{44})<", made.text)
    assert "no-store" in made["Cache-Control"]
    assert (endpoint.name, endpoint.url, endpoint.events, endpoint.is_on) == (*GIVEN.values(), True)
    assert secret not in endpoint.secret, "sealed at rest"
    assert sealing.unseal(endpoint.secret) == secret
    assert secret not in as_otto.get(endpoint.get_absolute_url()).text
    assert "CRM" in as_otto.get(PAGE).text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"url": ""}, "url"),
        ({"url": "http://crm.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
        ({"url": "https://x.example/" + "x" * 500}, "url"),
        ({"events": []}, "events"),
        ({"events": ["token.created"]}, "events"),
        ({"events": ["no.such"]}, "events"),
    ],
)
def test_what_does_not_fit_stands_at_its_field_on_page_and_api(
    as_otto: Client, otto: Person, data: dict[str, Any], field: str
) -> None:
    page = as_otto.post(f"{PAGE}new/", GIVEN | data)
    problem = Caller(otto).post("webhooks/", GIVEN | data, HTTPStatus.BAD_REQUEST)

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert list(page.context["form"].errors) == [field] == list(problem["errors"])
    assert not Endpoint.objects.exists()


def test_who_does_not_administer_finds_none(client: Client, mara: Person, crm: Endpoint) -> None:
    (delivery,) = happen(mara)
    client.force_login(mara)
    one = crm.get_absolute_url()
    caller = Caller(mara)

    assert PAGE not in client.get(reverse("people:settings")).text
    assert client.get(PAGE).status_code == client.post(f"{PAGE}new/", GIVEN).status_code == HTTPStatus.FORBIDDEN
    acts = ["", "switch/", "try/", "remove/", f"replay/{delivery.pk}/"]
    assert {client.post(f"{one}{act}").status_code for act in acts} == {HTTPStatus.NOT_FOUND}
    assert caller.get("webhooks/")["results"] == []
    caller.get(f"webhooks/{crm.pk}/", HTTPStatus.NOT_FOUND)
    caller.post("webhooks/", GIVEN, HTTPStatus.FORBIDDEN)
    for act, body in {"remove": {}, "try": {}, "replay": {"delivery": delivery.pk}}.items():
        caller.post(f"webhooks/{crm.pk}/{act}/", body, HTTPStatus.NOT_FOUND)
    assert Endpoint.objects.get() == crm


def test_the_way_to_the_page_stands_in_the_settings_of_administrators(as_otto: Client) -> None:
    assert PAGE in as_otto.get(reverse("people:settings")).text
    assert "No webhooks yet" in as_otto.get(PAGE).text


def test_it_is_changed_and_switched_and_each_is_in_the_journal_without_its_address(
    as_otto: Client, crm: Endpoint
) -> None:
    Endpoint.objects.update(failures=3, failing_since=NOW, rests_until=LATER)
    url = crm.get_absolute_url()

    as_otto.post(url, GIVEN | {"events": ["*", "person.joined"]})
    as_otto.post(url, GIVEN | {"events": ["*"]})
    as_otto.post(f"{url}switch/", {"on": "no"})
    as_otto.post(f"{url}switch/", {"on": "no"})

    crm.refresh_from_db()
    assert (crm.events, crm.is_on, crm.version) == (["*"], False, 3)
    assert (crm.failures, crm.failing_since, crm.rests_until) == (0, None, None)
    story = JournalEntry.objects.on_thread("webhook", crm.pk)
    assert [entry.verb for entry in story] == ["webhook.stopped", "webhook.changed", "webhook.made"]
    assert all("k3y" not in str(entry.facts) for entry in story)


def test_a_test_goes_to_this_one_alone_whatever_it_hears(as_otto: Client, crm: Endpoint, otto: Person) -> None:
    webhooks.make(name="Shop", url="https://shop.example/", events=["*"], by=otto, at=NOW)

    as_otto.post(f"{crm.get_absolute_url()}try/")

    delivery = Delivery.objects.get()
    assert (delivery.endpoint, delivery.verb) == (crm, "webhook.tried_out")
    Caller(otto).patch(f"webhooks/{crm.pk}/", {"is_on": False})
    assert as_otto.post(f"{crm.get_absolute_url()}try/").status_code == HTTPStatus.CONFLICT
    Caller(otto).post(f"webhooks/{crm.pk}/try/", status=HTTPStatus.CONFLICT)


def test_a_message_is_sent_again_under_its_own_id_when_it_is_over(as_otto: Client, otto: Person, crm: Endpoint) -> None:
    (delivery,) = happen(otto)
    again = reverse("integrations:replay", args=[crm.pk, delivery.pk])
    assert "still waits" in as_otto.post(again, follow=True).text
    end(delivery, 500)
    assert Delivery.objects.get().state == Delivery.State.GIVEN_UP

    as_otto.post(again)

    now = Delivery.objects.get()
    assert (now.state, now.tries, now.message_id) == (Delivery.State.WAITING, 0, delivery.message_id)
    caller = Caller(otto)
    conflict = caller.post(f"webhooks/{crm.pk}/replay/", {"delivery": delivery.pk}, HTTPStatus.CONFLICT)
    assert conflict["delivery"]["state"] == "waiting"
    end(now)
    assert caller.post(f"webhooks/{crm.pk}/replay/", {"delivery": delivery.pk})["state"] == "waiting"
    caller.post(f"webhooks/{crm.pk}/replay/", {"delivery": delivery.pk + 1}, HTTPStatus.NOT_FOUND)


def test_the_log_tells_what_became_of_each_message(as_otto: Client, otto: Person, crm: Endpoint) -> None:
    waits, failed, done = happen(otto, 3)
    end(failed, 503)
    end(done)

    page = as_otto.get(crm.get_absolute_url())
    undelivered = as_otto.get(f"{crm.get_absolute_url()}?show=open")

    assert [one.pk for one in page.context["log"].items] == [waits.pk, failed.pk, done.pk]
    assert "It answered 503." in page.text
    assert [one.pk for one in undelivered.context["log"].items] == [waits.pk, failed.pk]
    told = Caller(otto).get(f"webhooks/{crm.pk}/deliveries/?state=given_up")["results"]
    assert [(row["id"], row["status"], row["message_id"]) for row in told] == [
        (failed.pk, 503, f"msg_{failed.message_id.hex}")
    ]


def test_the_log_is_read_page_by_page(as_otto: Client, otto: Person, crm: Endpoint) -> None:
    happen(otto, 25)

    first = as_otto.get(crm.get_absolute_url())
    more = as_otto.get(
        f"{crm.get_absolute_url()}?cursor={first.context['log'].next}",
        headers={"HX-Request": "true", "HX-Target": "log-more"},
    )

    assert [text.count('<li id="delivery-') for text in (first.text, more.text)] == [20, 5]
    assert "<html" not in more.text


def test_removing_asks_once_and_takes_the_log_with_it(as_otto: Client, otto: Person, crm: Endpoint) -> None:
    happen(otto)
    url = reverse("integrations:remove_webhook", args=[crm.pk])

    assert "Remove “CRM”?" in as_otto.get(url).text
    assert "“CRM” is removed." in as_otto.post(url, follow=True).text

    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()


def test_administrators_are_told_of_one_that_was_given_up_and_nobody_else(
    otto: Person, mara: Person, crm: Endpoint
) -> None:
    (delivery,) = happen(mara)
    Endpoint.objects.update(failures=9, failing_since=timezone.now() - timedelta(days=4))

    end(delivery, 500)

    assert [notice.person for notice in Notice.objects.filter(kind="webhook_off")] == [otto]
    line = Caller(otto).get("notices/")["results"][0]
    assert (line["title"], line["words"]) == (
        "CRM",
        "Switched off, since nothing arrives there any more: It answered 500.",
    )
    assert not mail.outbox, "mails wait for being read in the product"


def test_the_api_makes_reads_changes_and_removes(otto: Person) -> None:
    caller = Caller(otto, "webhooks:write")

    made = caller.post("webhooks/", GIVEN, HTTPStatus.CREATED)
    shown = caller.get(f"webhooks/{made['id']}/")
    changed = caller.patch(f"webhooks/{made['id']}/", {"name": "Kestrel’s CRM", "is_on": False})

    secret = made.pop("secret")
    assert secret == sealing.unseal(Endpoint.objects.get().secret)
    assert made == shown
    assert (changed["name"], changed["is_on"], changed["version"]) == ("Kestrel’s CRM", False, 2)
    assert caller.get("webhooks/?is_on=no")["results"] == [changed]
    assert caller.get("webhooks/?is_on=yes")["results"] == []
    stale = caller.client.patch(
        f"/api/v1/webhooks/{made['id']}/", "{}", "application/json", headers={"If-Match": '"1"'}
    )
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    removed = caller.client.post(f"/api/v1/webhooks/{made['id']}/remove/", "{}", "application/json")
    assert removed.status_code == HTTPStatus.NO_CONTENT
    assert not Endpoint.objects.exists()
    Caller(otto, "webhooks:read").post("webhooks/", GIVEN, HTTPStatus.FORBIDDEN)


def test_the_catalogue_holds_what_may_leave_the_house(otto: Person) -> None:
    events = {row["key"]: row["label"] for row in Caller(otto).get("webhooks/events/")["results"]}

    assert {"lead.moved", "lead.imported", "commitment.kept", "person.joined"} <= events.keys()
    assert events["lead.moved"] == "Lead moved"
    assert not [key for key in events if key.startswith(("security.", "token.", "webhook."))]
    assert "lead.noted" not in events


def test_there_is_an_end_to_how_many_there_are(otto: Person, crm: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MOST_ENDPOINTS", 1)

    Caller(otto).post("webhooks/", GIVEN, HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("rows", [1, 20])
def test_pages_and_lists_cost_the_same_queries_at_any_length(
    as_otto: Client, otto: Person, crm: Endpoint, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows - 1):
        webhooks.make(**GIVEN | {"name": f"Program {number}", "events": ["*"]}, by=otto, at=NOW)  # type: ignore[arg-type]  # as a page gives it
    happen(otto, rows)
    as_otto.get(PAGE)
    caller = Caller(otto)
    caller.get("webhooks/")

    # Session, visitor, permissions (two), webhooks, and the shell: roles, departments, its name.
    with django_assert_num_queries(8):
        assert as_otto.get(PAGE).text.count('<li id="webhook-') == rows
    with django_assert_num_queries(9):  # one webhook and its log instead of the list
        assert as_otto.get(crm.get_absolute_url()).text.count('<li id="delivery-') == rows
    with django_assert_num_queries(5):  # the token, its calls, two of permissions, the webhooks
        assert len(caller.get("webhooks/")["results"]) == rows
    with django_assert_num_queries(6):  # the webhook, and its log
        assert len(caller.get(f"webhooks/{crm.pk}/deliveries/")["results"]) == rows
