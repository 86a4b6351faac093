"""Who is told of leads: Sami owns Anke, Priya markets her, Felix follows."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from leads.funnel.models import Stage
from leads.records import actions
from leads.records.actions import Talk
from leads.records.models import Company, Lead
from leads.records.tests.factories import CompanyFactory, LeadFactory, person
from workspace.journal.models import JournalEntry
from workspace.notices import actions as notices
from workspace.notices import following, reading
from workspace.notices.models import Notice
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.remarks import actions as remarks

pytestmark = pytest.mark.django_db


@pytest.fixture
def felix() -> Person:
    return person("Felix Brandt")


@pytest.fixture
def priya() -> Person:
    return person("Priya Raman", Role.MARKETER, "M")


@pytest.fixture
def anke(sami: Person, priya: Person) -> Lead:
    """Owned by Sami, marketed by Priya; what they were told so far is read."""
    lead: Lead = LeadFactory.create(first_name="Anke", last_name="Vollmer", owner=sami, marketer=priya)
    Notice.objects.all().delete()
    return lead


def told() -> set[tuple[str, str]]:
    """Who was told, by which kind."""
    return {(str(notice.person), notice.kind) for notice in Notice.objects.select_related("person")}


def words(reader: Person) -> list[tuple[str, str]]:
    """The lines of the reader's bell: title and words."""
    newest = list(reading.newest(reader).order_by("-pk"))
    return [(line.title, line.words) for line in reading.lines_of(reader, newest)]


def test_a_note_names_a_colleague_who_is_told_and_reads_the_name(client: Client, anke: Lead, felix: Person) -> None:
    sami = anke.owner
    assert sami is not None

    actions.log_talk(anke, Talk.NOTE, text="Ask @Felix Brandt first", by=sami, at=timezone.now())

    entry = JournalEntry.objects.get(verb="lead.noted")
    assert entry.personal == {"text": f"Ask @{{{felix.pk}}} first"}
    assert told() == {("Felix Brandt", "mention"), ("Priya Raman", "lead_talked")}
    assert words(felix) == [("Anke Vollmer", "Sami Rep named you")]
    page = client.get(anke.get_absolute_url()).text
    assert 'Ask <b class="named">@Felix Brandt</b> first' in page


def test_who_follows_and_is_named_is_told_once(anke: Lead, felix: Person, priya: Person) -> None:
    actions.log_talk(anke, Talk.CALL, text="For you, @Priya Raman", by=felix, at=timezone.now())

    assert told() == {("Priya Raman", "mention"), ("Sami Rep", "lead_talked")}


def test_nobody_is_named_who_may_not_see_leads(anke: Lead, felix: Person, sami: Person) -> None:
    felix.groups.clear()

    with pytest.raises(ValidationError, match="Felix Brandt may not see this"):
        actions.log_talk(anke, Talk.NOTE, text="@Felix Brandt", by=sami, at=timezone.now())

    assert told() == set()


def test_owner_marketer_and_followers_hear_of_a_move_but_not_the_mover(
    anke: Lead, felix: Person, sami: Person, priya: Person
) -> None:
    notices.follow(anke, by=felix, at=timezone.now())

    actions.move(anke, Stage.objects.get(slug="engaged"), by=sami, at=timezone.now())

    assert told() == {("Felix Brandt", "lead_moved"), ("Priya Raman", "lead_moved")}
    assert words(felix) == [("Anke Vollmer", "Sami Rep moved it from New to Engaged")]


def test_who_unfollows_hears_no_more_even_of_their_own(anke: Lead, felix: Person, sami: Person, priya: Person) -> None:
    notices.follow(anke, by=felix, at=timezone.now())
    notices.unfollow(anke, by=felix, at=timezone.now())
    notices.unfollow(anke, by=sami, at=timezone.now())
    assert [following.follows(one, anke) for one in (felix, sami, priya)] == [False, False, True]

    actions.move(anke, Stage.objects.get(slug="engaged"), by=felix, at=timezone.now())
    assert told() == {("Priya Raman", "lead_moved")}

    notices.follow(anke, by=sami, at=timezone.now())
    assert following.follows(sami, anke)


def test_edits_of_one_lead_are_one_line(anke: Lead, felix: Person, sami: Person) -> None:
    actions.change(anke, {"city": "Ostertal", "job_title": "Head"}, by=felix, at=timezone.now())
    assert words(sami) == [("Anke Vollmer", "Felix Brandt changed Job title, City")]

    actions.change(anke, {"city": "Kestrel"}, by=felix, at=timezone.now())
    actions.change(anke, {"job_title": "Boss"}, by=anke.marketer, at=timezone.now())

    assert words(sami) == [("Anke Vollmer", "3 edits by Priya Raman and 1 other")]


def test_whoever_gets_leads_is_told_in_one_line_an_act_which_leads_to_all(
    client: Client, felix: Person, sami: Person
) -> None:
    leads = LeadFactory.create_batch(3)

    actions.change_many(leads, {"owner": felix.email}, by=sami, at=timezone.now())

    assert told() == {("Felix Brandt", "lead_given")}
    assert words(felix) == [("3 leads", "Sami Rep gave you 3 leads")]
    notices.read_about(leads[0], by=felix, at=timezone.now())
    assert ("2 leads", "Sami Rep gave you 2 leads") in words(felix)
    url = reading.url_of(Notice.objects.unread().latest("pk"), felix)
    client.force_login(felix)
    assert url is not None
    assert client.get(url).text.count("data-row") == 3, "those three of all"


def test_whoever_loses_leads_is_told_to_whom_in_one_line_an_act(
    client: Client, felix: Person, sami: Person, priya: Person
) -> None:
    leads = LeadFactory.create_batch(3, owner=sami)
    other: Lead = LeadFactory.create(owner=sami)
    somebody_elses: Lead = LeadFactory.create(owner=person("Lea Ver"))
    Notice.objects.all().delete()

    actions.change_many([*leads, somebody_elses], {"owner": felix.email}, by=priya, at=timezone.now())
    actions.move(leads[0], Stage.objects.get(slug="won"), by=felix, at=timezone.now())
    actions.change(other, {"owner": None}, by=priya, at=timezone.now())

    assert told() == {("Felix Brandt", "lead_given"), ("Sami Rep", "lead_taken"), ("Lea Ver", "lead_taken")}
    assert words(sami) == [
        (str(other), "Priya Raman gave this lead of yours to nobody"),
        ("3 leads", "Priya Raman gave 3 leads of yours to somebody else"),
    ]
    client.force_login(sami)
    notice = Notice.objects.filter(person=sami).earliest("pk")
    page = client.get(f"/notices/{notice.pk}/", follow=True)
    assert page.text.count("data-row") == 3
    assert str(other) not in page.text
    form = client.get("/leads/filter/", {"told": notice.pk}).text
    assert f'<input type="hidden" name="told" value="{notice.pk}">' in form
    assert 'name="told"' not in client.get("/leads/filter/").text, "nobody types the number of a notice"


def test_who_gives_their_own_lead_away_or_changes_hands_with_the_marketer_loses_nothing_unheard(
    anke: Lead, felix: Person, sami: Person, priya: Person
) -> None:
    actions.change(anke, {"owner": priya.email, "marketer": sami.email}, by=sami, at=timezone.now())
    assert told() == {("Priya Raman", "lead_given")}

    Notice.objects.all().delete()
    actions.change(anke, {"marketer": felix.email}, by=priya, at=timezone.now())
    assert told() == {("Felix Brandt", "lead_given"), ("Sami Rep", "lead_taken")}
    assert words(sami) == [("Anke Vollmer", "Priya Raman gave this lead of yours to Felix Brandt")]


@pytest.mark.parametrize("asked", ["x", "0", "9" * 30, "{}"])
def test_the_leads_of_somebody_elses_notice_are_not_listed(
    client: Client, felix: Person, sami: Person, asked: str
) -> None:
    actions.change(LeadFactory.create(), {"owner": felix.email}, by=sami, at=timezone.now())
    notice = Notice.objects.get(person=felix)
    client.force_login(sami)

    page = client.get("/leads/", {"told": asked.format(notice.pk)})

    assert "There is no notice" in page.text


def test_a_new_lead_is_told_to_whom_it_is_given_and_not_to_who_made_it(felix: Person, sami: Person) -> None:
    actions.create({"email": "new@kestrel.example", "owner": felix.email}, by=sami, at=timezone.now())
    actions.create({"email": "own@kestrel.example", "owner": felix.email}, by=felix, at=timezone.now())

    assert Notice.objects.count() == 1
    assert words(felix) == [("new@kestrel.example", "Sami Rep gave you this lead")]


def test_the_marketer_hears_of_a_new_owner_who_is_told_that_it_is_theirs(
    anke: Lead, felix: Person, sami: Person
) -> None:
    actions.change(anke, {"owner": felix.email}, by=sami, at=timezone.now())

    assert told() == {("Felix Brandt", "lead_given"), ("Priya Raman", "lead_moved")}


def test_what_is_told_of_a_deleted_lead_is_gone_from_the_bell(anke: Lead, felix: Person, sami: Person) -> None:
    actions.change(anke, {"city": "Ostertal"}, by=felix, at=timezone.now())
    Lead.objects.filter(pk=anke.pk).update(deleted_at=timezone.now())

    assert words(sami) == []
    assert reading.badge(sami).number == 0


def test_who_opens_the_lead_has_read_what_they_were_told(
    client: Client, anke: Lead, felix: Person, sami: Person
) -> None:
    actions.change(anke, {"city": "Ostertal"}, by=felix, at=timezone.now())

    client.get(anke.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "story"})
    assert Notice.objects.unread().filter(person=sami).exists()
    client.get(anke.get_absolute_url())

    assert not Notice.objects.unread().filter(person=sami).exists()
    assert Notice.objects.unread().filter(person=anke.marketer).exists()


def test_the_account_owner_hears_of_edits_and_remarks_on_a_company(client: Client, felix: Person, sami: Person) -> None:
    ostertal: Company = CompanyFactory.create(name="Brauhaus Ostertal", account_owner=sami)
    remarks.say(ostertal, "They grow, @Sami Rep", by=felix, at=timezone.now())
    actions.change_company(ostertal, {"city": "Ostertal"}, by=felix, at=timezone.now())

    assert told() == {("Sami Rep", "mention"), ("Sami Rep", "company_edited")}
    assert "They grow, <b" in client.get(ostertal.get_absolute_url()).text
    assert not Notice.objects.unread().exists()


def test_the_button_follows_and_follows_no_more(client: Client, felix: Person) -> None:
    lead: Lead = LeadFactory.create()
    client.force_login(felix)
    url = f"/follow/lead/{lead.pk}/"

    fragment = client.post(url, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in fragment.text
    assert 'aria-pressed="true"' in client.get(lead.get_absolute_url()).text
    client.post(url, {"stop": "1"})

    assert not following.follows(felix, lead)
    assert client.post("/follow/department/1/").status_code == 404
    assert client.post("/follow/lead/999999/").status_code == 404


def test_a_files_old_events_are_no_news(sami: Person, felix: Person) -> None:
    lead: Lead = LeadFactory.create(owner=sami)
    Notice.objects.all().delete()

    actions.log_talk(
        lead, Talk.CALL, text="Long ago", by=felix, at=timezone.now(), happened_at=timezone.now() - timedelta(days=30)
    )

    assert told() == set()
