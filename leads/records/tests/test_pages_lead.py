"""The page of one lead: Sami sells, Mara markets, Rita only reads."""

import datetime as dt
import re
from collections import defaultdict
from html import unescape
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Reason
from leads.records import actions
from leads.records.actions import Talk
from leads.records.models import CustomField, Lead
from leads.records.tests.factories import NOON, closed_lead, lead, person, stage
from workspace import slots
from workspace.journal.actions import by_way
from workspace.journal.models import Way
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HTMX = {"HX-Request": "true"}
DAY = dt.timedelta(days=1)


@pytest.fixture
def anke() -> Lead:
    return lead(
        "anke@ostertal.example",
        first_name="Anke",
        last_name="Vollmer",
        job_title="Maintenance lead",
        phone="+49 30 5550 0142",
        company="Brauhaus Ostertal",
        created_at=NOON - 40 * DAY,
    )


def titled(zone: str) -> slots.Loader:
    """Fills a zone with its own name and the lead's."""
    return lambda _request, leads: {one.pk: {"icon": "sun", "title": f"{zone} of {one}"} for one in leads}


def move(one: Lead, slug: str, days_ago: int, by: Person | None = None) -> None:
    actions.move(one, stage(slug), by=by, at=NOON - days_ago * DAY, reason_text="As told.")


@pytest.mark.parametrize("entries", [1, 20])
def test_the_page_costs_the_same_queries_however_much_happened_and_however_many_work_there(
    client: Client, sami: Person, anke: Lead, django_assert_num_queries: DjangoAssertNumQueries, entries: int
) -> None:
    for number in range(entries):
        actions.log_talk(anke, Talk.NOTE, text=f"Note {number}", by=sami, at=NOON - number * DAY)
        lead(company="Brauhaus Ostertal")

    # Session, visitor, permissions (2), lead, stages, deals with passages (2), known ids, entries with the
    # actors' departments (2), interests, tags, colleagues, workspace name, roles, the visitor's departments, what they were
    # told of it (marked as read), whether they follow it, own fields.
    with django_assert_num_queries(20):
        page = client.get(anke.get_absolute_url())

    assert page.text.count("<blockquote") == entries


def test_who_they_are_stands_on_the_page_with_ways_to_reach_them(client: Client, sami: Person, anke: Lead) -> None:
    page = client.get(anke.get_absolute_url())

    assert "Maintenance lead, Brauhaus Ostertal" in page.text
    assert 'href="mailto:anke@ostertal.example"' in page.text
    assert 'href="tel:+493055500142"' in page.text
    assert f'href="{anke.company.get_absolute_url()}"' in page.text if anke.company else False


def test_what_is_not_known_is_a_dash_that_says_so(client: Client, sami: Person) -> None:
    page = client.get(lead("bare@kestrel.example").get_absolute_url())

    assert page.text.count('<span class="sr">not known</span>') >= 4
    assert "tel:" not in page.text


def test_the_path_tells_the_time_in_each_stage_and_colours_what_is_passed(
    client: Client, sami: Person, anke: Lead
) -> None:
    move(anke, "engaged", days_ago=30)
    move(anke, "sal", days_ago=4)

    page = client.get(anke.get_absolute_url())

    steps = re.findall(r'<li class="([\w-]*)" title="[^"]*" ?(aria-current="step")?><b>(.*?)</b>(.*?)</li>', page.text)
    told = [(mark, bool(now), re.sub(r"<[^>]+>", "", name).strip(), time) for mark, now, name, time in steps]
    assert told[:5] == [
        ("past-m", False, "M New", "10 d"),
        ("past-m", False, "Engaged", "26 d"),
        ("past-m", False, "MQL", ""),
        ("now-s", True, "S SAL", "4 d"),
        ("", False, "SQL", ""),
    ]


def test_a_lost_lead_shows_how_far_it_came_and_why_it_ended(client: Client, sami: Person, anke: Lead) -> None:
    move(anke, "sql", days_ago=9)
    reason = Reason.objects.get(kind=Reason.Kind.LOST, name="Price")
    actions.move(
        anke, stage("lost"), by=sami, at=NOON - DAY, reason=reason, reason_text="A third above the other offer."
    )

    page = client.get(anke.get_absolute_url())

    assert page.text.count('class="past-') == 5
    assert re.search(r'<li class="ended"[^>]*aria-current="step"><b>Lost</b>', page.text)
    assert "Price: <bdi>A third above the other offer.</bdi>" in page.text


def test_a_customer_who_came_back_shows_the_earlier_deals_as_they_ended(client: Client, sami: Person) -> None:
    won = closed_lead("won", at=NOON - 3 * DAY, created_at=NOON - 30 * DAY, value="48000", currency="EUR")
    actions.open_next_deal(won, by=sami, at=NOON - DAY)

    page = client.get(won.get_absolute_url())

    deals = page.text[page.text.index('id="deals"') :]
    assert "Deal 2" in deals
    assert re.search(r"Deal 1</span>.*Won.*€48,000", deals, re.DOTALL)


def test_only_a_closed_deal_offers_to_open_the_next(client: Client, sami: Person, anke: Lead) -> None:
    won = closed_lead("won", at=NOON)

    offers = [
        reverse("records:next_deal", args=[one.pk]) in client.get(one.get_absolute_url()).text for one in (anke, won)
    ]

    assert offers == [False, True]


def test_the_timeline_is_told_by_day_with_actor_department_words_and_old_and_new_values(
    client: Client, sami: Person, anke: Lead
) -> None:
    mara = person("Mara Marketer", Role.MARKETER)
    actions.log_talk(anke, Talk.CALL, text="Signs up to 25 k.", by=mara, at=NOON - DAY, minutes=11)
    actions.log_talk(anke, Talk.CALL, text="", by=sami, at=NOON, was_reached=False)
    step = {"next_step": "First call", "next_step_at": NOON}
    actions.change(anke, {"city": "Ostertal", "value": "48000", **step}, by=sami, at=NOON)
    move(anke, "engaged", days_ago=0, by=sami)

    page = client.get(anke.get_absolute_url())
    story = re.sub(r"<[^>]+>|\s+", " ", page.text[page.text.index('<ol class="journal"') :])
    story = " ".join(unescape(story).split())

    assert re.search(r"Today, 17 November .* Yesterday, 16 November .* October ", story)
    assert "M Mara Marketer called · 11 minutes Signs up to 25 k. 12:00" in story
    assert "S Sami Rep called and reached nobody" in story
    assert "City – becomes Ostertal" in story
    assert "Value – becomes 48,000" in story
    assert "Next step on – becomes 17 Nov, 12:00" in story
    assert "Sami Rep moved it from New to Engaged · after 40 d" in story
    assert "The workspace made this lead, in New 8 Oct" in story


def test_what_came_in_by_the_api_says_so(client: Client, sami: Person, anke: Lead) -> None:
    with by_way(Way.API):
        actions.change(anke, {"city": "Ostertal"}, by=sami, at=NOON)

    assert "by the API" in client.get(anke.get_absolute_url()).text


@pytest.mark.parametrize(("show", "counts"), [("all", (1, 1)), ("talks", (1, 0)), ("changes", (0, 1)), ("x", (1, 1))])
def test_the_timeline_is_narrowed_to_talks_or_changes(
    client: Client, sami: Person, anke: Lead, show: str, counts: tuple[int, int]
) -> None:
    actions.log_talk(anke, Talk.NOTE, text="A note.", by=sami, at=NOON)
    actions.change(anke, {"city": "Ostertal"}, by=sami, at=NOON)

    page = client.get(anke.get_absolute_url(), {"show": show})
    story = client.get(anke.get_absolute_url(), {"show": show}, headers={**HTMX, "HX-Target": "story"})

    for answer in (page, story):
        assert (answer.text.count("<blockquote"), answer.text.count('class="change"')) == counts
    assert story.text.lstrip().startswith('<section class="story"')


def test_a_long_timeline_is_read_on_thirty_at_a_time_with_and_without_javascript(
    client: Client, sami: Person, anke: Lead
) -> None:
    for number in range(35):
        actions.log_talk(anke, Talk.NOTE, text=f"Note {number}.", by=sami, at=NOON - dt.timedelta(minutes=number))
    first = client.get(anke.get_absolute_url())
    more_url = re.search(r'href="([^"]*)#story"[^>]*>Load more', first.text)
    assert more_url

    page = client.get(unescape(more_url[1]))
    lines = client.get(unescape(more_url[1]), headers={**HTMX, "HX-Target": "story-more"})

    assert first.text.count("<blockquote") == 30
    assert page.text.count("<blockquote") == lines.text.count("<blockquote") == 5
    assert "Note 30." in lines.text
    # The day goes on: its heading stands above already. The month of the lead's making is new.
    assert "Today" not in lines.text
    assert "October" in lines.text
    assert "<ol" not in lines.text


def test_hostile_words_are_shown_as_they_are_and_lines_are_kept(client: Client, sami: Person) -> None:
    attack = "<script>alert(1)</script>"
    one = lead(
        first_name=attack,
        job_title=attack,
        company=attack,
        city=attack,
        tags=[attack],
        crm_url="https://crm.example/?a=<b>",
    )
    actions.log_talk(one, Talk.NOTE, text=f"First line\n{attack}", by=sami, at=NOON)
    actions.set_next_step(one, attack, due_at=NOON, by=sami, at=NOON)
    actions.change(one, {"city": '"><img src=x onerror=alert(1)>'}, by=sami, at=NOON)

    page = client.get(one.get_absolute_url())

    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "First line\n&lt;script&gt;" in page.text


def test_names_of_any_length_and_direction_have_their_place(client: Client, sami: Person) -> None:
    one = lead(first_name="ليلى", last_name="الحسيني" * 17)

    page = client.get(one.get_absolute_url())

    assert f"<bdi>{one}</bdi>" in page.text


def test_custom_fields_are_shown_by_their_kind(client: Client, sami: Person) -> None:
    kinds = {"machines": "number", "pilot": "yes_no", "since": "date", "site": "link", "uses": "choices"}
    for key, kind in kinds.items():
        CustomField.objects.create(key=key, label=key.title(), kind=kind)
    values = {
        "machines": "40",
        "pilot": True,
        "since": "2026-01-11",
        "site": "https://x.example",
        "uses": ["oil", "gas"],
    }
    one = lead(custom=values)

    page = client.get(one.get_absolute_url())

    own = page.text[page.text.index("Own fields") :]
    for words in ("40</span>", "<bdi>yes</bdi>", "<bdi>11 Jan 2026</bdi>", 'href="https://x.example"', "oil</span>"):
        assert words in own


def test_an_overdue_next_step_says_how_late_it_is(client: Client, sami: Person, anke: Lead) -> None:
    actions.set_next_step(anke, "Send the offer", due_at=NOON - 2 * DAY, by=sami, at=NOON - 3 * DAY)

    page = client.get(anke.get_absolute_url())

    assert re.search(r'class="state is-missed">.*?2 d late</span>', page.text, re.DOTALL)


def test_a_sleeping_lead_says_until_when_and_why_and_one_form_asks_for_both(
    client: Client, sami: Person, anke: Lead
) -> None:
    url = reverse("records:fact", args=[anke.pk, "asleep_until"])
    form = client.get(url, headers=HTMX).text
    assert 'name="asleep_until"' in form
    assert 'name="asleep_reason"' in form

    given = {"initial-asleep_until": "", "initial-asleep_reason": "", "asleep_until": "2026-12-24"}
    refused = client.post(url, given | {"asleep_reason": ""}, headers=HTMX)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say why it sleeps" in refused.text
    saved = client.post(url, given | {"asleep_reason": "After the harvest"}, headers=HTMX).text

    assert re.search(r"Asleep until <time[^>]*>24 Dec[^<]*</time>", saved)
    assert '<span class="small ink-2 hands-reason"><bdi>After the harvest</bdi></span>' in saved
    story = client.get(anke.get_absolute_url()).text
    assert re.search(r"Why it sleeps.*?–.*?After the harvest", story, re.DOTALL)


def test_a_lead_that_is_gone_or_never_was_is_not_found(client: Client, sami: Person, anke: Lead) -> None:
    Lead.objects.filter(pk=anke.pk).update(deleted_at=NOON)

    assert client.get(anke.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND
    assert client.get(reverse("records:lead", args=[anke.pk + 1_000])).status_code == HTTPStatus.NOT_FOUND


def test_a_merged_lead_leads_to_its_survivor_and_nobody_keeps_the_way_for_good(
    client: Client, sami: Person, anke: Lead
) -> None:
    survivor = lead("anke.vollmer@ostertal.example")
    Lead.objects.filter(pk=anke.pk).update(deleted_at=NOON, merged_into=survivor)

    response = client.get(anke.get_absolute_url())

    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response["Location"] == survivor.get_absolute_url()
    assert "no-store" in response["Cache-Control"]  # a merge can be undone


def test_who_only_reads_sees_everything_and_no_act(client: Client, anke: Lead) -> None:
    actions.log_talk(anke, Talk.NOTE, text="A note.", by=None, at=NOON)
    client.force_login(person("Rita Reader", Role.READ_ONLY))

    page = client.get(anke.get_absolute_url())

    assert "A note." in page.text
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    for act in ("move", "next-step", "talks", "edit", "facts", "next-deal"):
        assert f"{anke.get_absolute_url()}{act}/" not in main
    assert main.count("<button") == main.count('aria-label="Follow"') == 1, "whoever sees it may follow it"


def test_upper_rooms_put_their_parts_into_the_zones(
    client: Client, sami: Person, anke: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "_fillings", defaultdict(list))
    for zone in ("now", "who", "help", "timeline"):
        slots.fill(f"lead.{zone}", 10, "components/_empty.html", titled(zone))

    page = client.get(anke.get_absolute_url())

    for zone in ("now", "who", "help", "timeline"):
        assert f"<h2>{zone} of Anke Vollmer</h2>" in page.text


def test_the_grade_is_shown_where_there_is_one(client: Client, sami: Person, anke: Lead) -> None:
    before = client.get(anke.get_absolute_url())
    actions.set_derived({anke.pk: {"grade": "A1", "fit": 45, "engagement": 41}})
    after = client.get(anke.get_absolute_url())

    assert 'id="score"' not in before.text
    assert 'title="Fit A, engagement 1"' in after.text


def test_colleagues_at_the_company_are_named_and_the_rest_is_one_click_away(
    client: Client, sami: Person, anke: Lead
) -> None:
    for name in ("Uwe", "Ines", "Kai", "Lea"):
        lead(first_name=name, company="Brauhaus Ostertal")

    page = client.get(anke.get_absolute_url())

    who = page.text[page.text.index("Others</dt>") :]
    assert [name in who for name in ("Uwe", "Ines", "Kai", "Lea")] == [False, True, True, True]
    assert "and more" in who


def test_a_page_draws_no_inline_style_or_script(client: Client, sami: Person, anke: Lead) -> None:
    page = client.get(anke.get_absolute_url())

    assert " style=" not in page.text
    assert not re.search(r"<script(?![^>]* src=)", page.text)
