"""The pages of imports: from the file to its result, for those who may, at the same cost for any number of imports."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.imports import actions
from leads.imports.models import Import
from leads.imports.presenting import ImportView
from leads.imports.tests.bringing import agreed, bring, counts
from leads.records.models import CustomField, Lead
from leads.records.tests.factories import NOON, lead, person
from leads.records.tests.tables import bare_parts
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.notices.models import Notice
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

CONTENT = (
    "Lead Number;Name;Converted;Agent;Betrag;Erstellt am;Note\n"
    "1;Ada Lovelace;1;Sami Rep;1.200,50;13.01.2026;hm\n"
    "2;Bo Ek;0;Gone;;14.01.2026;\n"
    ";;0;;;;\n"
)


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


@pytest.fixture
def signed_in(client: Client, mara: Person) -> Client:
    client.force_login(mara)
    return client


def bring_file(client: Client, content: str | bytes = CONTENT, name: str = "leads.csv") -> Import:
    raw = content.encode() if isinstance(content, str) else content
    answer = client.post(reverse("imports:new"), {"file": SimpleUploadedFile(name, raw)})
    import_ = Import.objects.get()
    assert answer.headers["Location"] == reverse("imports:look", args=[import_.pk])
    return import_


def shown_form(client: Client, import_: Import) -> dict[str, object]:
    """What the page of columns would send as it stands."""
    form = client.get(reverse("imports:map", args=[import_.pk])).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def work(import_: Import) -> Import:
    import_.refresh_from_db()
    assert import_.job_id is not None
    jobs.run(import_.job_id)
    return Import.objects.select_related("job").get(pk=import_.pk)


def test_columns_that_are_cards_on_the_phone_are_a_table_to_a_screen_reader(signed_in: Client) -> None:
    import_ = bring_file(signed_in)
    as_read = {"encoding": "utf-8", "delimiter": ";", "header_line": 1, "go_on": 1}
    signed_in.post(reverse("imports:look", args=[import_.pk]), as_read)

    page = signed_in.get(reverse("imports:map", args=[import_.pk]))

    assert page.text.count('<tr id="column-') == 7
    assert bare_parts(page.text) == []


def test_a_file_goes_from_its_upload_to_its_result(signed_in: Client, mara: Person) -> None:
    sami = person("Sami Rep")
    import_ = bring_file(signed_in)

    look = signed_in.get(reverse("imports:look", args=[import_.pk]))
    assert "Ada Lovelace" in look.text
    answer = signed_in.post(
        look.request["PATH_INFO"], {"encoding": "utf-8", "delimiter": ";", "header_line": 1, "go_on": 1}
    )
    assert answer.headers["Location"] == reverse("imports:map", args=[import_.pk])

    data = shown_form(signed_in, import_)
    targets = [data[f"column_{place}"] for place in range(7)]
    assert targets == ["external_id", "name", "stage", "owner", "value", "created_at", "new"]
    assert (data["value_2_0"], data["value_2_1"]) == ("new", "won")
    assert (data["value_3_0"], data["order_5"], data["comma_4"]) == (sami.email, "dmy", "1")
    assert (data["sort_by"], data["sort_until"]) == (mara.pk, timezone.localdate() + timedelta(days=14))
    data |= {"value_3_1": "", "currency": "EUR", "tags": "2026"}
    answer = signed_in.post(reverse("imports:map", args=[import_.pk]), data)
    assert answer.headers["Location"] == reverse("imports:check", args=[import_.pk])
    assert "Check leads.csv" in signed_in.get(answer.headers["Location"]).text

    work(import_)
    found = signed_in.get(reverse("imports:check", args=[import_.pk])).text
    assert "Of 3 rows, 2 would come in and 1 would be refused." in found
    assert not Lead.objects.exists()

    answer = signed_in.post(reverse("imports:start", args=[import_.pk]))
    assert answer.headers["Location"] == reverse("imports:run", args=[import_.pk])
    done = work(import_)
    result = signed_in.get(reverse("imports:import", args=[import_.pk]), follow=True).text
    assert "Of 3 rows, 2 came in and 1 was refused." in result
    assert counts(done) == (2, 0, 0, 1)
    ada = Lead.objects.get(external_id="1")
    assert (ada.last_name, ada.stage.slug, ada.owner, str(ada.value), ada.custom) == (
        "Lovelace", "won", sami, "1200.50", {"note": "hm"},
    )  # fmt: skip
    assert Lead.objects.get(external_id="2").to_sort_by == mara
    assert CustomField.objects.get().label == "Note"
    refused = signed_in.get(reverse("imports:refused", args=[import_.pk]), follow=True).getvalue().decode("utf-8-sig")
    assert '"4";"External id: A lead needs an e-mail address' in refused

    shown = signed_in.get(f"{reverse('records:leads')}?tab=all&import={import_.pk}-created").text
    assert f"?tab=all&amp;import={import_.pk}-created" in result
    assert "Lovelace" in shown
    assert "leads.csv, created" in shown


def test_a_correction_of_the_delimiter_is_shown_before_one_goes_on(signed_in: Client) -> None:
    import_ = bring_file(signed_in, "email;name,city\na@x.example;Ada,London\n")
    url = reverse("imports:look", args=[import_.pk])

    signed_in.post(url, {"encoding": "utf-8", "delimiter": ",", "header_line": 1})

    assert signed_in.get(url).context["layout"].headers == ["email;name", "city"]


def test_another_target_shows_what_it_asks_for(signed_in: Client) -> None:
    import_ = bring_file(signed_in, "email,phase\na@x.example,Prospecting\nb@x.example,Odd\n")
    url = reverse("imports:column", args=[import_.pk, 1])

    fragment = signed_in.get(url, {"column_1": "stage"}, headers={"HX-Request": "true"}).text

    assert "2 texts and what they mean" in fragment
    assert '<option value="new" selected>New</option>' in fragment
    assert '<option value="=" selected>refuse the row</option>' in fragment


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"\r\n\r\n", "This file is empty."),
        (b"PK\x03\x04" + b"\x00" * 50, "nor a spreadsheet that can be read"),
        (None, "This field is required."),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(signed_in: Client, content: bytes | None, words: str) -> None:
    data = {} if content is None else {"file": SimpleUploadedFile("leads.xlsx", content)}

    answer = signed_in.post(reverse("imports:new"), data)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in answer.text
    assert not Import.objects.exists()


def test_a_header_only_leaves_nothing_to_bring_in_and_leads_on(signed_in: Client, mara: Person) -> None:
    empty, filled = (agreed(content, by=mara) for content in ("E-mail\n", "E-mail\na@x.example\n"))
    pages = []
    for import_ in (empty, filled):
        work(actions.start_check(import_, by=mara, at=NOON))
        pages.append(signed_in.get(reverse("imports:check", args=[import_.pk])).text)

    assert bare_parts(pages[1]) == [], "rows that are cards on the phone are a table to a screen reader"
    assert "The file has no rows below its header." in pages[0]
    assert [reverse("imports:start", args=[one.pk]) in page for one, page in zip((empty, filled), pages, strict=True)] == [
        False, True,
    ]  # fmt: skip
    assert f'<a class="btn btn-primary" href="{reverse("imports:new")}">Bring another file</a>' in pages[0]


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (20, "under a minute left"), (60, "about 1 min left"), (7_200, "about 2 h left")]
)
def test_how_long_it_still_takes_is_said_in_words(seconds: int | None, words: str) -> None:
    total = 100
    started = NOON - timedelta(seconds=seconds or 0)
    job = Job(total=total, done=0 if seconds is None else total // 2, started_at=started, state=Job.State.RUNNING)

    view = ImportView(Import(pk=1, job=job, by=person("Sami Rep")), person("Mara Lindholm"), "run", NOON)

    assert view.remaining == words


def test_new_leads_need_somebody_who_looks_after_them(signed_in: Client) -> None:
    import_ = bring_file(signed_in)
    signed_in.post(
        reverse("imports:look", args=[import_.pk]),
        {"encoding": "utf-8", "delimiter": ";", "header_line": 1, "go_on": 1},
    )
    data = shown_form(signed_in, import_) | {"sort_by": ""}

    answer = signed_in.post(reverse("imports:map", args=[import_.pk]), data)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say who looks after these leads." in answer.text


def test_while_it_works_the_page_asks_how_far_it_is_and_then_draws_itself_anew(signed_in: Client, mara: Person) -> None:
    import_ = agreed(CONTENT, by=mara)
    Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
    signed_in.post(reverse("imports:start", args=[import_.pk]))
    url = reverse("imports:progress", args=[import_.pk])

    waiting = signed_in.get(url, headers={"HX-Request": "true"})
    work(import_)
    over = signed_in.get(url, headers={"HX-Request": "true"})

    assert "waits for a worker" in waiting.text
    assert over.headers["HX-Refresh"] == "true"


def test_a_run_that_waits_can_be_stopped_and_says_so(signed_in: Client, mara: Person) -> None:
    import_ = agreed(CONTENT, by=mara)
    Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
    signed_in.post(reverse("imports:start", args=[import_.pk]))

    page = signed_in.post(reverse("imports:stop", args=[import_.pk]), follow=True)

    assert Job.objects.get().state == Job.State.CANCELLED
    assert "It was stopped." in page.text


def test_going_twice_has_one_winner(signed_in: Client, mara: Person) -> None:
    import_ = agreed(CONTENT, by=mara)
    Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
    url = reverse("imports:start", args=[import_.pk])

    answers = [signed_in.post(url).status_code, signed_in.post(url).status_code]

    assert answers == [HTTPStatus.FOUND, HTTPStatus.CONFLICT]
    assert Job.objects.count() == 1


def test_each_visitor_gets_what_they_may(client: Client, mara: Person) -> None:
    import_ = agreed(CONTENT, by=mara)
    sami, rita = person("Sami Rep"), person("Rita Reader", Role.READ_ONLY)
    boss = person("Rosa Boss", Role.REVENUE_LEAD)
    urls = {
        "index": reverse("imports:index"),
        "new": reverse("imports:new"),
        "look": reverse("imports:look", args=[import_.pk]),
    }

    answers = {}
    for visitor in (rita, sami, boss):
        client.force_login(visitor)
        seen = [client.get(url).status_code for url in urls.values()]
        changed = client.post(urls["look"], {"encoding": "utf-8", "delimiter": ";", "header_line": 1}).status_code
        answers[visitor.name] = (*seen, changed)

    assert answers == {
        "Rita Reader": (200, 403, 404, 404),
        "Sami Rep": (200, 200, 200, 403),
        "Rosa Boss": (200, 200, 200, 302),
    }


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    signed_in: Client, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    job = Job.objects.create(kind="leads.imports.run", title="Bring in", by=mara, created_at=NOON)
    for number in range(rows):
        Import.objects.create(name=f"{number}.csv", size=1, by=mara, created_at=NOON, job=job)
    signed_in.get(reverse("imports:index"))

    # session, visitor, permissions of person and groups, imports with people and jobs; the shell's own three
    with django_assert_num_queries(8):
        page = signed_in.get(reverse("imports:index"))

    assert page.text.count('class="c-file"') == rows


def test_the_filter_finds_what_an_import_made_and_changed(signed_in: Client) -> None:
    lead("known@x.example", first_name="Known")
    lead("stranger@x.example", first_name="Stranger")
    done = bring("email,first_name,city\nknown@x.example,Known,Ulm\nfresh@x.example,Fresh,Ulm\n")

    def names(value: str) -> set[str]:
        page = signed_in.get(reverse("records:leads"), {"import": value}).text
        return {name for name in ("Known", "Stranger", "Fresh") if name in page}

    assert names(str(done.pk)) == {"Known", "Fresh"}
    assert names(f"{done.pk}-created") == {"Fresh"}
    assert names(f"{done.pk}-updated") == {"Known"}
    assert "There is no import" in signed_in.get(reverse("records:leads"), {"import": "999"}).text


def test_who_brought_a_file_in_is_told_when_it_is_done_and_has_read_it_by_looking(
    signed_in: Client, mara: Person
) -> None:
    import_ = bring(CONTENT, {"Lead Number": "external_id", "Name": "last_name"}, by=mara)

    told = Notice.objects.get(person=mara)
    assert (told.kind, told.subject_kind, told.subject_id) == ("import_done", "import", import_.pk)
    assert "leads.csv is in: 2 created, 0 updated" in signed_in.get("/notices/").text
    signed_in.get(reverse("imports:run", args=[import_.pk]))

    told.refresh_from_db()
    assert told.read_at is not None
