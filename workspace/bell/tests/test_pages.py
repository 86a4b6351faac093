"""The bell's pages: Mara reads what Otto named her in, and says how she wants to be told."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.journal.models import JournalEntry
from workspace.notices import kinds
from workspace.notices.models import DigestPlan, Level, Notice, Preference
from workspace.people.actions import add_person
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.remarks import actions as remarks
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def sales(db: None) -> Department:
    return Department.objects.get(key="S")


@pytest.fixture
def as_mara(client: Client, mara: Person) -> Client:
    client.force_login(mara)
    return client


def name(by: Person, whom: Person, about: Department | Person, text: str = "Look") -> Notice:
    remarks.say(about, f"{text}, @{whom.email}", by=by, at=timezone.now())
    return Notice.objects.filter(person=whom).latest("pk")


def test_the_page_shows_lines_and_the_panel_the_same(
    as_mara: Client, otto: Person, mara: Person, sales: Department
) -> None:
    name(otto, mara, sales, "Well <b>done</b>")

    page = as_mara.get("/notices/")
    panel = as_mara.get("/notices/", headers={**HTMX, "HX-Target": "sheet-content"})

    for answer in (page, panel):
        assert "Otto Aalto named you" in answer.text
        assert "Well &lt;b&gt;done&lt;/b&gt;, @Mara Lindholm" in answer.text
    assert "<html" not in panel.text


def test_an_empty_bell_says_what_will_stand_there(as_mara: Client) -> None:
    assert "Nothing yet" in as_mara.get("/notices/").text
    assert "All read" in as_mara.get("/notices/?show=unread").text


def test_a_long_list_is_walked_page_by_page(as_mara: Client, otto: Person, mara: Person) -> None:
    for number in range(31):
        colleague = add_person(f"c{number}@f.example", name="", role=Role.REP, departments="", by=None, at=NOW)
        name(otto, mara, colleague)

    first = as_mara.get("/notices/")
    assert first.text.count("bell-line ") == 30
    cursor = first.context["bell"].page.next
    more = as_mara.get("/notices/", {"cursor": cursor}, headers={**HTMX, "HX-Target": "notices-more"})

    assert more.text.count("bell-line ") == 1
    assert as_mara.get("/notices/?cursor=forged").status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("lines", [1, 20])
def test_the_page_costs_the_same_queries_at_any_length(
    as_mara: Client, otto: Person, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, lines: int
) -> None:
    for number in range(lines):
        colleague = add_person(f"c{number}@f.example", name="", role=Role.REP, departments="", by=None, at=NOW)
        name(otto, mara, colleague)

    # Session, visitor, permissions (2), newest, groups, entries, records, actors, their departments, names in the texts,
    # workspace name, roles, the visitor's departments.
    with django_assert_num_queries(14):
        page = as_mara.get("/notices/")

    assert page.text.count("bell-line ") == lines


def test_the_count_is_put_beside_both_bells(as_mara: Client, otto: Person, mara: Person, sales: Department) -> None:
    assert '<span id="bell-count" hx-swap-oob="innerHTML"></span>' in as_mara.get("/notices/count/").text

    name(otto, mara, sales)

    answer = as_mara.get("/notices/count/").text
    for place in ("bell-count", "bell-count-phone"):
        assert f'<span id="{place}" hx-swap-oob="innerHTML">1</span>' in answer


def test_a_click_leads_to_the_record_and_reads_the_line(
    as_mara: Client, otto: Person, mara: Person, sales: Department
) -> None:
    name(otto, mara, sales)
    notice = name(otto, mara, sales)

    answer = as_mara.get(f"/notices/{notice.pk}/")

    assert answer.headers["Location"] == "/people/#department-S"
    assert not Notice.objects.unread().exists()


def test_what_may_no_longer_be_seen_leads_nowhere(as_mara: Client, otto: Person, mara: Person) -> None:
    hidden = Group.objects.order_by("pk").first()
    assert hidden is not None
    remarks.say(hidden, f"@{otto.email}", by=otto, at=timezone.now())
    entry = JournalEntry.objects.get(verb="remark.made")
    notice = Notice.objects.create(
        person=mara,
        kind="mention",
        level=Level.BELL,
        subject_kind="role",
        subject_id=hidden.pk,
        group_key="mention:role",
        entry_id=entry.pk,
        told_at=entry.recorded_at,
    )

    assert "role" not in as_mara.get("/notices/").context["bell"].lines
    assert as_mara.get(f"/notices/{notice.pk}/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("address", ["/notices/{}/", "/notices/{}/read/"])
def test_somebody_elses_notice_is_not_there(
    client: Client, otto: Person, mara: Person, sales: Department, address: str
) -> None:
    notice = name(otto, mara, sales)
    client.force_login(otto)
    ask = client.post if address.endswith("read/") else client.get

    assert ask(address.format(notice.pk)).status_code == HTTPStatus.NOT_FOUND
    notice.refresh_from_db()
    assert notice.read_at is None


def test_one_line_and_all_lines_are_marked_as_read(
    as_mara: Client, otto: Person, mara: Person, sales: Department
) -> None:
    first, second = name(otto, mara, sales), name(otto, mara, otto)

    as_mara.post(f"/notices/{first.pk}/read/", {"next": "https://evil.example/"})
    assert list(Notice.objects.unread()) == [second]
    answer = as_mara.post("/notices/read/", {"up_to": second.pk})

    assert answer.headers["Location"] == "/notices/"
    assert not Notice.objects.unread().exists()
    for forged in ("", "x", "9" * 30):
        assert as_mara.post("/notices/read/", {"up_to": forged}).status_code == HTTPStatus.NOT_FOUND


def wishes(**chosen: str) -> dict[str, str]:
    usual = {f"kind.{key}": str(kind.default) for key, kind in kinds.entries().items()}
    return {**usual, "rhythm": "daily", "weekday": "0", "hour": "8", **chosen}


def test_preferences_are_kept_and_shown(as_mara: Client, mara: Person) -> None:
    given = wishes(rhythm="weekly", weekday="4", hour="17") | {"kind.mention": "digest"}
    assert as_mara.post("/settings/notices/", given).status_code == HTTPStatus.FOUND

    assert [(one.kind, one.level) for one in Preference.objects.filter(person=mara)] == [("mention", Level.DIGEST)]
    plan = DigestPlan.objects.get(person=mara)
    assert (plan.rhythm, plan.weekday, plan.hour) == ("weekly", 4, 17)
    shown = as_mara.get("/settings/notices/").context["form"]
    assert (shown["kind.mention"].value(), shown["hour"].value()) == ("digest", 17)


@pytest.mark.parametrize("wrong", [{"kind.mention": "pigeon"}, {"hour": "24"}, {"weekday": "x"}, {"rhythm": ""}])
def test_what_is_no_preference_is_said_at_its_field(as_mara: Client, wrong: dict[str, str]) -> None:
    answer = as_mara.post("/settings/notices/", wishes() | wrong)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Preference.objects.exists()


def test_the_settings_lead_to_the_preferences(as_mara: Client) -> None:
    assert "/settings/notices/" in as_mara.get("/settings/").text


def test_a_remark_is_written_on_a_page_of_its_own_and_leads_back(
    as_mara: Client, otto: Person, sales: Department
) -> None:
    url = f"/remarks/department/{sales.pk}/"
    assert as_mara.get(url).status_code == HTTPStatus.OK
    assert as_mara.post(url, {"text": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    answer = as_mara.post(url, {"text": "Well done, @Otto Aalto"})

    assert answer.headers["Location"] == "/people/#department-S"
    assert Notice.objects.get().person == otto


def test_a_remark_that_names_somebody_who_may_not_see_is_refused_at_the_field(as_otto: Client, mara: Person) -> None:
    role = Group.objects.order_by("pk").first()
    assert role is not None

    answer = as_otto.post(f"/remarks/role/{role.pk}/", {"text": "@Mara Lindholm"})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Mara Lindholm may not see this" in answer.text


@pytest.mark.parametrize("place", ["remarks", "mentions"])
def test_a_record_that_one_may_not_see_is_not_there(as_mara: Client, otto: Person, place: str) -> None:
    role = Group.objects.order_by("pk").first()
    assert role is not None

    assert as_mara.get(f"/{place}/role/{role.pk}/").status_code == HTTPStatus.NOT_FOUND
    assert as_mara.get(f"/{place}/unheard/1/").status_code == HTTPStatus.NOT_FOUND


def test_who_only_reads_may_not_remark(client: Client, sales: Department) -> None:
    reader = add_person("s@f.example", name="Samuel", role=Role.READ_ONLY, departments="", by=None, at=NOW)
    client.force_login(reader)

    assert client.post(f"/remarks/department/{sales.pk}/", {"text": "Hi"}).status_code == HTTPStatus.FORBIDDEN


def suggested(client: Client, text: str, kind: str, pk: int) -> list[str]:
    found = client.get(f"/mentions/{kind}/{pk}/", {"q": text}).context["suggestions"]
    return [suggestion.written for suggestion in found]


def test_colleagues_are_suggested_by_the_words_of_their_name_the_first_word_first(
    as_otto: Client, otto: Person, mara: Person, sales: Department
) -> None:
    add_person("lind@f.example", name="Karl Mara", role=Role.REP, departments="", by=None, at=NOW)

    assert suggested(as_otto, "mar", "department", sales.pk) == ["Mara Lindholm", "Karl Mara"]
    assert suggested(as_otto, "lindholm", "department", sales.pk) == ["Mara Lindholm"]
    assert suggested(as_otto, "otto", "department", sales.pk) == [], "nobody names themselves"


def test_of_two_with_one_name_the_address_is_written_and_who_may_not_see_is_not_suggested(
    as_otto: Client, mara: Person, sales: Department
) -> None:
    add_person("other@f.example", name="Mara Lindholm", role=Role.REP, departments="", by=None, at=NOW)
    role = Group.objects.order_by("pk").first()
    assert role is not None

    assert suggested(as_otto, "mara", "department", sales.pk) == ["mara@fennmark.example", "other@f.example"]
    assert suggested(as_otto, "mara", "role", role.pk) == []


def test_who_moves_to_another_zone_gets_the_digest_at_the_hour_there(
    as_mara: Client, otto: Person, mara: Person, sales: Department
) -> None:
    Preference.objects.create(person=mara, kind="mention", level=Level.DIGEST)
    DigestPlan.objects.create(person=mara, hour=(timezone.now() + timedelta(hours=2)).hour)
    notice = name(otto, mara, sales)
    due = notice.mail_due_at
    assert due is not None
    west = {"name": mara.name, "job_title": "", "theme": "auto", "time_zone": "America/Argentina/Buenos_Aires"}

    assert as_mara.post("/settings/", west).status_code == HTTPStatus.FOUND

    notice.refresh_from_db()
    assert notice.mail_due_at == due + timedelta(hours=3)
