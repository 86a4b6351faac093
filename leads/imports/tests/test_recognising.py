"""Exports of HubSpot, Salesforce and Pipedrive are known by their headers, and come in as they are meant."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from leads.audience.models import Persona
from leads.funnel.models import Stage
from leads.imports import actions
from leads.imports.mapping import Mapping
from leads.imports.models import Import
from leads.imports.recognising import EXPORTS, plain, recognise
from leads.imports.tests.bringing import bring, counts, only_lead, uploaded
from leads.records.fields import FIELDS
from leads.records.tests.factories import person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

HUBSPOT_CONTACTS = """\
Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Company Name,Associated Company,\
Website URL,Job Title,Country/Region,City,Lifecycle Stage,Lead Status,Create Date,Close Date,Original Source,\
Original Source Drill-Down 1,Number of Pageviews,Time to move from lead to customer (HH:mm:ss),Last Modified Date,\
Unsubscribed from all email,Marketing contact status,Persona,Favourite colour
901,Gaëlle,Perrin,gaelle@perrin.example,+33 4 50 11 22 33,,Sami Rep,Fromagerie Perrin,Fromagerie Perrin,\
https://www.perrin.example/shop,Buyer,France,Annecy,Marketing Qualified Lead,IN_PROGRESS,2026-03-12 09:14,2026-12-31 00:00,\
Organic Search,google,12,,2026-10-01 10:00,true,Marketing contact,Gourmet,blue
902,John,Smith,john@smith.example,,,Gone Colleague,Smith Ltd,,,,UK,,Customer,,2025-01-02 10:00,2025-06-30 16:20,Referrals,,3,\
120:00:00,2026-10-01 10:00,false,,,
903,Ann,Other,ann@other.example,,,,,,,,,,Evangelist,,2025-01-03 10:00,,,,,,2026-10-01 10:00,,,,
"""
HUBSPOT_DEALS = """\
Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,Associated Contact,Associated Company,Create Date,Currency,\
Closed Lost Reason,Weighted amount
701,Ovens,Contract sent,2027-01-31 00:00,Sami Rep,12500.5,Sales Pipeline,Nadia Chérif (nadia@bakery.example),Bakery,\
2026-05-01 08:00,EUR,,10000
702,Mixers,Closed won,2026-06-30 00:00,Sami Rep,900,Sales Pipeline,Claire Durand,Durand,2026-05-02 08:00,EUR,,900
"""
SALESFORCE_REPORT = """\
Lead Owner,First Name,Last Name,Title,Company / Account,Email,Phone,Lead Source,Lead Status,Rating,Create Date,Lead ID,\
State/Province,Country,Email Opt Out,Do Not Call
Sami Rep,Betty,Bair,"VP, Administration",American Banking Corp.,bettyb@abankingco.example,(610) 265-9100,Purchased List,\
Working - Contacted,Hot,1/21/2026,00Q5e000001abcDEAQ,PA,USA,1,0
Sami Rep,Bertha,Boxer,Director,Farmers Coop,bertha@fcof.example,(850) 644-4200,Web,Open - Not Contacted,,1/22/2026,\
00Q5e000001abcEEAQ,FL,USA,0,1
Sami Rep,Violet,Mac,VP,Emerson,violet@emerson.example,(770) 395-2370,Web,Closed - Not Converted,,1/23/2026,\
00Q5e000001abcFEAQ,GA,USA,0,0
"""
SALESFORCE_API = """\
"Id","IsDeleted","MasterRecordId","LastName","FirstName","Salutation","Name","Title","Company","City","Country","Phone","Email",\
"Website","LeadSource","Status","Industry","Rating","NumberOfEmployees","OwnerId","HasOptedOutOfEmail","IsConverted",\
"CreatedDate","CreatedById","LastModifiedDate","SystemModstamp","DoNotCall"
"00Q1","false","","Bair","Betty","Ms.","Betty Bair","VP","American Banking Corp.","Philadelphia","USA","(610) 265-9100",\
"betty@abankingco.example","","Web","Working - Contacted","Banking","Warm","120","0055e","true","false",\
"2026-01-21T14:03:22.000Z","0055e","2026-01-21T14:03:22.000Z","2026-01-21T14:03:22.000Z","false"
"""
SALESFORCE_OPPORTUNITIES = """\
Opportunity Owner,Account Name,Opportunity Name,Stage,Fiscal Period,Amount,Probability (%),Age,Close Date,Created Date,\
Next Step,Lead Source,Opportunity ID
Sami Rep,Dickenson plc,Mobile Generators,Qualification,Q1-2027,15000,10,40,2/28/2027,1/13/2026,Call back,Purchased List,006A
Sami Rep,Grand Hotels,Kitchen Generator,Closed Won,Q1-2026,35000,100,12,3/15/2026,1/14/2026,,External Referral,006B
"""
PIPEDRIVE_DEALS = """\
Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Weighted value,Deal - Probability,\
Deal - Organization,Deal - Pipeline,Deal - Contact person,Deal - Stage,Deal - Label,Deal - Status,Deal - Deal created,\
Deal - Update time,Deal - Deal closed on,Deal - Lost reason,Deal - Expected close date,Person - Email - Work,Person - Phone - Work
11,Generators,Sami Rep,5000,EUR,5000,,Kestrel,Pipeline,Ada Lovelace,Proposal Made,Hot,Open,2026-02-01 10:00:00,\
2026-03-01 10:00:00,,,2026-12-01,ada@kestrel.example,+44 20 7946 0958
12,Pumps,Sami Rep,700,EUR,700,,Osprey,Pipeline,Bo Ek,Contact Made,,Lost,2026-02-02 10:00:00,2026-03-02 10:00:00,\
2026-03-02 10:00:00,Too expensive,,bo@osprey.example,
"""
PIPEDRIVE_PEOPLE = """\
Person - ID,Person - Name,Person - First name,Person - Last name,Person - Organization,Person - Email - Work,\
Person - Phone - Mobile,Person - Owner,Person - Label,Person - Open deals,Person - Won deals,Person - Last activity date,\
Person - Person created,Person - Marketing status
88,Jordan Vega,Jordan,Vega,Acme Restoration,jordan@acme.example,+1 312 555 0122,Sami Rep,"Hot lead, Fair",1,0,2026-01-12,\
2026-01-02 11:00:00,Subscribed
89,Kim Oda,Kim,Oda,Acme Restoration,kim@acme.example,,Sami Rep,,0,0,,2026-01-03 11:00:00,Unsubscribed
90,Lou Roy,Lou,Roy,Acme Restoration,lou@acme.example,,Sami Rep,,0,0,,2026-01-04 11:00:00,No consent
"""


@pytest.fixture(autouse=True)
def sami() -> None:
    person("Sami Rep")


def header(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text)))


def suggested(text: str) -> dict[str, str]:
    """Where each column goes, those that are left out aside."""
    mapping = Mapping.from_json(uploaded(text).mapping)
    return {column.name: column.target for column in mapping.columns if column.target != "skip"}


@pytest.mark.parametrize(
    ("text", "export"),
    [
        (HUBSPOT_CONTACTS, "HubSpot (contacts)"),
        (HUBSPOT_DEALS, "HubSpot (deals)"),
        (SALESFORCE_REPORT, "Salesforce (leads)"),
        (SALESFORCE_API, "Salesforce (leads)"),
        (SALESFORCE_OPPORTUNITIES, "Salesforce (opportunities)"),
        (PIPEDRIVE_DEALS, "Pipedrive (deals)"),
        (PIPEDRIVE_PEOPLE, "Pipedrive (people)"),
        ("Contact ID,First Name,Last Name,Title,Account Name,Mailing City,Mailing Country,Email,Contact Owner\n",
         "Salesforce (contacts)"),
        ("Lead - Title,Lead - Labels,Contact person,Organization,Lead - Owner,Lead - Source channel\n", "Pipedrive (leads)"),
        ("Record ID - Contact,First Name,Last Name,Email,Contact owner,Lead Status,Create Date\n", "HubSpot (contacts)"),
    ],
)  # fmt: skip
def test_an_export_is_known_by_its_header_in_any_order(text: str, export: str) -> None:
    names = header(text)

    assert str(recognise(names)) == export
    assert str(recognise(reversed([name.upper() for name in names]))) == export or "Id" in names


@pytest.mark.parametrize(
    "names",
    [
        "Lead Number,Name,Converted,Lead Source,Last Activity,Country,Specialization,City",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        "E-Mail,Vorname,Nachname,Firma,Stage,Owner",
        "Name,Email,Phone,Company,Title,Lead Source,Country",
    ],
)
def test_other_files_are_of_no_program(names: str) -> None:
    assert recognise(names.split(",")) is None


def test_every_export_speaks_of_fields_and_stages_that_there_are() -> None:
    special = {"skip", "name", "closing", "consent.mail", "optout.mail", "optout.phone"}
    slugs = set(Stage.objects.values_list("slug", flat=True)) | {"qualified", "accepted"}

    for export in EXPORTS:
        assert set(export.targets.values()) <= set(FIELDS) | special, export
        assert all(plain(header) == header for header in (*export.targets, *export.marks, *export.stages)), export
        assert {slug for meant in export.stages.values() for slug in meant} <= slugs, export
        assert len(export.marks) >= export.least


def test_hubspot_s_contacts() -> None:
    Persona.objects.create(name="Gourmet")

    assert suggested(HUBSPOT_CONTACTS) == {
        "Record ID": "external_id", "First Name": "first_name", "Last Name": "last_name", "Email": "email",
        "Phone Number": "phone", "Contact owner": "owner", "Company Name": "company", "Associated Company": "new",
        "Website URL": "company_domain", "Job Title": "job_title", "Country/Region": "country", "City": "city",
        "Lifecycle Stage": "stage", "Lead Status": "new", "Create Date": "created_at", "Close Date": "closing",
        "Original Source": "source", "Unsubscribed from all email": "optout.mail", "Marketing contact status": "new",
        "Persona": "persona", "Favourite colour": "new",
    }  # fmt: skip


def test_hubspot_s_contacts_come_in() -> None:
    done = bring(
        HUBSPOT_CONTACTS, values={"Contact owner": {"Sami Rep": "sami.rep@fennmark.example", "Gone Colleague": ""}}
    )

    assert counts(done) == (3, 0, 0, 0)
    gaelle, john, ann = (only_lead(external_id=number) for number in ("901", "902", "903"))
    assert (gaelle.stage.slug, gaelle.closed_at, gaelle.consent, str(gaelle.owner)) == (
        "mql", None, {"mail": False}, "Sami Rep",
    )  # fmt: skip
    assert gaelle.company is not None
    assert (gaelle.company.domain, str(gaelle.source)) == ("perrin.example", "Organic Search")
    # Not to have opted out is no consent.
    assert (john.stage.slug, john.consent, john.owner) == ("won", {}, None)
    assert john.closed_at == datetime(2025, 6, 30, 16, 20, tzinfo=UTC)
    assert (ann.stage.slug, ann.closed_at) == ("won", datetime(2025, 1, 3, 10, tzinfo=UTC))


def test_hubspot_s_deals_come_in_with_the_expected_day_of_open_ones_left_out() -> None:
    done = bring(HUBSPOT_DEALS)

    assert counts(done) == (2, 0, 0, 0)
    ovens, mixers = only_lead(external_id="701"), only_lead(external_id="702")
    assert (ovens.first_name, ovens.last_name, ovens.company_name) == ("Nadia", "Chérif", "Bakery")
    assert (ovens.stage.slug, ovens.closed_at, str(ovens.value), ovens.currency) == (
        "proposal",
        None,
        "12500.50",
        "EUR",
    )
    assert (mixers.stage.slug, mixers.closed_at) == ("won", datetime(2026, 6, 30, tzinfo=UTC))


def test_salesforce_s_report_of_leads_comes_in() -> None:
    done = bring(SALESFORCE_REPORT)

    assert counts(done) == (3, 0, 0, 0)
    betty, bertha, violet = (only_lead(last_name=name) for name in ("Bair", "Boxer", "Mac"))
    assert (betty.external_id, betty.job_title, betty.company_name, betty.country) == (
        "00Q5e000001abcDEAQ", "VP, Administration", "American Banking Corp.", "USA",
    )  # fmt: skip
    assert (betty.stage.slug, betty.consent, betty.created_at.date().isoformat()) == (
        "engaged",
        {"mail": False},
        "2026-01-21",
    )
    assert (bertha.stage.slug, bertha.consent) == ("new", {"phone": False})
    assert (violet.stage.slug, violet.consent) == ("disqualified", {})


def test_salesforce_s_own_names_of_fields_are_known_and_its_machinery_is_left_out() -> None:
    assert suggested(SALESFORCE_API) == {
        "Id": "external_id", "LastName": "last_name", "FirstName": "first_name", "Salutation": "new", "Title": "job_title",
        "Company": "company", "City": "city", "Country": "country", "Phone": "phone", "Email": "email",
        "Website": "company_domain", "LeadSource": "source", "Status": "stage", "Industry": "industry", "Rating": "new",
        "NumberOfEmployees": "new", "IsConverted": "new", "HasOptedOutOfEmail": "optout.mail", "CreatedDate": "created_at",
        "DoNotCall": "optout.phone",
    }  # fmt: skip


def test_salesforce_s_opportunities_come_in() -> None:
    import_ = uploaded(SALESFORCE_OPPORTUNITIES)
    assert Mapping.from_json(import_.mapping).column("Close Date") is not None

    done = bring(SALESFORCE_OPPORTUNITIES)

    assert counts(done) == (2, 0, 0, 0)
    still, won = only_lead(external_id="006A"), only_lead(external_id="006B")
    assert (still.stage.slug, still.closed_at, still.company_name, still.next_step) == (
        "sql",
        None,
        "Dickenson plc",
        "Call back",
    )
    assert (won.stage.slug, str(won.value)) == ("won", "35000.00")
    assert won.closed_at is not None
    assert won.closed_at.date().isoformat() == "2026-03-15"


def test_pipedrive_s_deals_come_in() -> None:
    done = bring(PIPEDRIVE_DEALS)

    assert counts(done) == (2, 0, 0, 0)
    ada, bo = only_lead(external_id="11"), only_lead(external_id="12")
    assert (ada.last_name, ada.email, ada.phone, ada.company_name) == (
        "Lovelace", "ada@kestrel.example", "+44 20 7946 0958", "Kestrel",
    )  # fmt: skip
    assert (ada.stage.slug, str(ada.value), ada.closed_at) == ("new", "5000.00", None)
    assert (bo.stage.slug, str(bo.lost_reason), bo.closed_at) == (
        "lost", "Price", datetime(2026, 3, 2, 10, tzinfo=UTC),
    )  # fmt: skip


def test_pipedrive_s_people_come_in_with_what_they_allow() -> None:
    done = bring(PIPEDRIVE_PEOPLE)

    assert counts(done) == (3, 0, 0, 0)
    assert [only_lead(external_id=number).consent for number in ("88", "89", "90")] == [
        {"mail": True},
        {"mail": False},
        {},
    ]
    jordan = only_lead(external_id="88")
    assert (jordan.first_name, jordan.last_name, jordan.phone) == ("Jordan", "Vega", "+1 312 555 0122")
    assert sorted(str(tag) for tag in jordan.tags.all()) == ["Fair", "Hot lead"]


def test_an_owner_is_known_by_the_address_in_brackets_too() -> None:
    text = "email,owner\na@x.example,Somebody (sami.rep@fennmark.example)\n"

    assert Mapping.from_json(uploaded(text).mapping).columns[1].values == {
        "Somebody (sami.rep@fennmark.example)": "sami.rep@fennmark.example"
    }


def test_a_persona_that_is_not_known_becomes_a_field_and_refuses_nobody() -> None:
    assert suggested("email,persona\na@x.example,Gourmet\n")["persona"] == "new"


def test_in_a_funnel_with_fewer_stages_words_mean_the_nearest_one() -> None:
    Stage.objects.filter(slug="mql").update(slug="qualified", name="Ready")

    mapping = Mapping.from_json(uploaded(HUBSPOT_CONTACTS).mapping)

    stage = mapping.column("Lifecycle Stage")
    assert stage is not None
    assert stage.values["Marketing Qualified Lead"] == "qualified"


def test_the_page_names_the_program_and_asks_what_words_of_consent_mean(client: Client) -> None:
    mara = person("Mara Lindholm", Role.MARKETER)
    import_ = uploaded(PIPEDRIVE_PEOPLE, by=mara)
    actions.look_again(import_, encoding="utf-8", delimiter=",", header_line=1, by=mara)
    client.force_login(mara)

    page = client.get(reverse("imports:map", args=[import_.pk])).text

    assert "These are the columns of an export from Pipedrive (people)." in page
    assert '<option value="no" selected>no</option>' in page
    assert '<option value="" selected>not known</option>' in page
    assert Import.objects.get().mapping["columns"][-1]["values"] == {
        "Subscribed": "yes",
        "Unsubscribed": "no",
        "No consent": "",
    }
