"""Exports of well-known programs: told by their headers, with what their columns and their words mean here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leads.imports.mapping import CLOSING, CONSENT, NAME, OPT_OUT, SKIP


@dataclass(frozen=True)
class Export:
    """One kind of export. Headers are written as `plain` makes them.

    Who has `least` of `marks` is one of these. `targets` says where columns go, the more telling of two for one field first;
    `machinery` are beginnings of headers that only count what the program itself did. `stages` says which stage a word
    means, the first of those that the funnel has; `consent` what a word for a permission means.
    """

    program: str
    of: str
    marks: frozenset[str]
    least: int
    targets: Mapping[str, str]
    machinery: tuple[str, ...] = ()
    stages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    consent: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.program} ({self.of})"

    def target(self, header: str) -> str | None:
        """Where the column goes, `skip` included; None where this export says nothing of it."""
        if header in self.targets:
            return self.targets[header]
        return SKIP if header.startswith(self.machinery or ("\0",)) else None

    def rank(self, header: str) -> int:
        """The place of the column among those for its field; a large number where it has none."""
        return list(self.targets).index(header) if header in self.targets else len(self.targets)


def plain(header: str) -> str:
    """A header without case, signs and the words run together of programs: `HasOptedOutOfEmail` is `has opted out of email`."""
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", header)
    return " ".join(re.sub(r"[^\w]+|_", " ", words.lower()).split())


def _table(text: str) -> dict[str, str]:
    """`field: header, header; field: …` as fields by header."""
    pairs = (line.partition(":") for line in text.split(";") if line.strip())
    return {header.strip(): target.strip() for target, _colon, headers in pairs for header in headers.split(",")}


# As `leads.imports.suggesting` knows them: the funnel of the simple template has fewer stages.
_MQL, _SQL, _ENGAGED = ("mql", "qualified"), ("sql", "accepted"), ("engaged", "new")
_NEW, _WON, _OUT, _OFFER = ("new",), ("won",), ("disqualified", "lost"), ("proposal",)

_HUBSPOT_MACHINERY = (
    "time to move", "time between", "time first seen", "time last seen", "time of first", "time of last", "time zone",
    "time registration", "number of", "marketing emails", "first marketing email", "last marketing email", "first page",
    "last page", "first referring", "last referring", "first touch", "last touch", "latest source", "average pageviews", "ip ",
    "became a", "recent sales email", "associated company ids", "associated deal", "associated ticket", "associated payment",
    "associated subscription", "associated contact ids", "created by user", "currently in", "object ", "event revenue",
    "original source drill", "email domain", "email address automated", "email address quarantine", "email hard bounce",
    "sends since", "facebook click", "google ad click", "days to close", "days in stage", "cumulative time", "date entered",
    "date exited", "hub spot", "hubspot", "updated by user", "weighted amount", "contact unworked", "last modified",
)  # fmt: skip
_HUBSPOT_STAGES = {
    "subscriber": _NEW, "lead": _NEW, "marketing qualified lead": _MQL, "marketingqualifiedlead": _MQL,
    "sales qualified lead": _SQL, "salesqualifiedlead": _SQL, "opportunity": _SQL, "customer": _WON, "evangelist": _WON,
    "appointment scheduled": _SQL, "qualified to buy": _SQL, "presentation scheduled": _SQL,
    "decision maker bought in": _OFFER, "contract sent": _OFFER, "closed won": _WON, "closed lost": ("lost",),
}  # fmt: skip
_SALESFORCE_MACHINERY = (
    "is deleted", "master record", "system modstamp", "last viewed", "last referenced", "photo url", "jigsaw", "clean status",
    "geocode", "latitude", "longitude", "created by", "last modified", "owner id", "converted account", "converted contact",
    "converted opportunity", "email bounced", "individual id", "is unread", "is priority", "action cadence", "dandb",
    "activity metric", "record type id", "pricebook", "fiscal", "forecast", "push count", "has open activity",
    "has overdue task", "is private", "is closed", "is won", "last stage change", "last amount changed", "has opportunity line",
)  # fmt: skip
_SALESFORCE_STAGES = {
    "open": _NEW, "open not contacted": _NEW, "new": _NEW, "working": _ENGAGED, "working contacted": _ENGAGED,
    "contacted": _ENGAGED, "nurturing": _ENGAGED, "qualified": _SQL, "closed converted": _SQL,
    "closed not converted": _OUT, "unqualified": _OUT, "prospecting": _SQL, "qualification": _SQL,
    "needs analysis": _SQL, "value proposition": _SQL, "id decision makers": _SQL, "perception analysis": _SQL,
    "proposal price quote": _OFFER, "negotiation review": _OFFER, "negotiation": _OFFER, "closed won": _WON,
    "closed lost": ("lost",),
}  # fmt: skip
_PIPEDRIVE_STAGES = {
    "open": _NEW, "won": _WON, "lost": ("lost",), "deleted": _OUT, "qualified": _MQL, "lead in": _NEW, "contact made": _ENGAGED,
    "demo scheduled": _SQL, "needs defined": _SQL, "proposal made": _OFFER, "negotiations started": _OFFER,
}  # fmt: skip
_PIPEDRIVE_CONSENT = {
    "subscribed": "yes",
    "unsubscribed": "no",
    "no consent": "",
    "never contacted": "",
    "archived": "",
}
_PIPEDRIVE_PERSON = f"""
    {NAME}: person name, contact person, deal contact person, lead contact person; first_name: person first name;
    last_name: person last name; email: person email, person email work, person email other, person email home;
    phone: person phone, person phone work, person phone mobile, person phone other, person phone home;
    job_title: person job title; company: organization name, person organization, deal organization,
    lead organization, organization;
    company_domain: organization website; industry: organization industry;
    country: organization country of address, person country of postal address;
    city: organization city town village locality of address, person city town village locality of postal address;
    {CONSENT}mail: person marketing status
"""
_PIPEDRIVE_MACHINERY = (
    "person done activities", "person total activities", "person activities to do", "person last activity",
    "person open deals", "person won deals", "person lost deals", "person closed deals", "person email messages",
    "person last email", "deal done activities", "deal total activities", "deal activities to do", "deal last activity",
    "deal email messages", "deal last email", "deal weighted value", "deal probability", "organization open deals",
    "organization won deals", "organization lost deals", "organization closed deals", "organization total activities",
    "organization done activities", "organization activities to do", "organization latitude", "organization longitude",
    "person profile picture", "person instant messenger", "person update time", "deal update time",
    "organization update time", "deal id of last", "deal rotten",
)  # fmt: skip

EXPORTS = (
    Export(
        "HubSpot",
        "deals",
        frozenset({"deal name", "deal stage", "deal owner", "pipeline", "associated contact", "associated company", "deal type"}),
        4,
        _table(f"""
            external_id: record id, record id deal, deal id; {NAME}: associated contact; company: associated company;
            stage: deal stage; owner: deal owner; value: amount; currency: currency;
            created_at: create date; {CLOSING}: close date; lost_reason: closed lost reason; source: original source;
            next_step: next step; {SKIP}: amount in company currency
        """),
        _HUBSPOT_MACHINERY,
        _HUBSPOT_STAGES,
    ),
    Export(
        "HubSpot",
        "contacts",
        frozenset({
            "record id", "record id contact", "contact owner", "lifecycle stage", "lead status", "marketing contact status",
            "create date", "original source", "associated company", "country region", "unsubscribed from all email",
        }),
        3,
        _table(f"""
            external_id: record id, record id contact, contact id; first_name: first name; last_name: last name;
            email: email, work email; phone: phone number, mobile phone number; job_title: job title;
            company: company name, associated company, associated company primary;
            company_domain: company domain name, website url, domain name; industry: industry; country: country region;
            city: city; stage: lifecycle stage, lead status; owner: contact owner; created_at: create date;
            {CLOSING}: close date; source: original source, original traffic source; persona: persona;
            next_step_at: next activity date; {OPT_OUT}mail: unsubscribed from all email
        """),
        _HUBSPOT_MACHINERY,
        _HUBSPOT_STAGES,
    ),
    Export(
        "Salesforce",
        "opportunities",
        frozenset({"opportunity id", "opportunity owner", "opportunity name", "stage name", "account name", "fiscal period",
                   "stage", "close date", "lead source", "probability", "is won", "account id", "age"}),
        5,
        _table(f"""
            external_id: opportunity id, id; {NAME}: primary contact, contact name; company: account name;
            stage: stage, stage name; owner: opportunity owner, owner name; value: amount, amount converted;
            currency: amount currency, currency iso code, opportunity currency; created_at: created date;
            {CLOSING}: close date; source: lead source; campaign: primary campaign source, campaign name;
            next_step: next step; {SKIP}: account id, probability, expected revenue, age, fiscal period
        """),
        _SALESFORCE_MACHINERY,
        _SALESFORCE_STAGES,
    ),
    Export(
        "Salesforce",
        "contacts",
        frozenset({"contact id", "contact owner", "account name", "mailing city", "mailing country", "mailing street",
                   "mailing state province", "mailing zip postal code", "mailing postal code", "account id", "reports to id"}),
        4,
        _table(f"""
            external_id: contact id, id; first_name: first name; last_name: last name; {NAME}: full name;
            email: email; phone: phone, mobile, mobile phone; job_title: title; company: account name;
            country: mailing country; city: mailing city; owner: contact owner, owner name; created_at: created date;
            source: lead source; {OPT_OUT}mail: email opt out, has opted out of email; {OPT_OUT}phone: do not call;
            {SKIP}: account id, reports to id
        """),
        _SALESFORCE_MACHINERY,
    ),
    Export(
        "Salesforce",
        "leads",
        frozenset({"lead id", "lead owner", "lead source", "lead status", "company account", "email opt out", "rating",
                   "has opted out of email", "is converted", "state province", "no of employees", "is unread by owner",
                   "number of employees", "do not call", "unread by owner"}),
        4,
        _table(f"""
            external_id: lead id, id; first_name: first name; last_name: last name; {NAME}: full name, name;
            email: email; phone: phone, mobile, mobile phone; job_title: title; company: company account, company;
            company_domain: website; industry: industry; country: country; city: city; stage: lead status, status;
            owner: lead owner, owner name; created_at: create date, created date; source: lead source;
            campaign: campaign name; currency: lead currency, currency iso code;
            {OPT_OUT}mail: email opt out, has opted out of email; {OPT_OUT}phone: do not call
        """),
        _SALESFORCE_MACHINERY,
        _SALESFORCE_STAGES,
    ),
    Export(
        "Pipedrive",
        "deals",
        frozenset({"deal title", "deal stage", "deal status", "deal value", "deal owner", "deal id", "deal pipeline"}),
        3,
        _table(f"""
            external_id: deal id, deal pipedrive system id; {_PIPEDRIVE_PERSON};
            stage: deal status, deal stage, deal stage pipeline; owner: deal owner; value: deal value;
            currency: deal currency of value, deal currency; created_at: deal deal created, deal creation date, deal created;
            closed_at: deal deal closed on, deal closed on, deal won time, deal lost time; lost_reason: deal lost reason;
            source: deal source channel, deal source origin, deal source; next_step_at: deal next activity date;
            tags: deal label, deal labels, person label, person labels; {SKIP}: deal expected close date
        """),
        _PIPEDRIVE_MACHINERY,
        _PIPEDRIVE_STAGES,
        _PIPEDRIVE_CONSENT,
    ),
    Export(
        "Pipedrive",
        "leads",
        frozenset({"lead title", "lead labels", "lead owner", "lead source channel", "lead source", "lead id", "lead created",
                   "lead pipedrive system id", "lead lead created", "lead source origin"}),
        3,
        _table(f"""
            external_id: lead id, lead pipedrive system id; {_PIPEDRIVE_PERSON}; owner: lead owner;
            value: lead value; currency: lead currency of value; created_at: lead lead created, lead created, lead creation date;
            source: lead source channel, lead source, lead source origin; tags: lead labels, lead label;
            next_step_at: lead next activity date
        """),
        _PIPEDRIVE_MACHINERY,
        consent=_PIPEDRIVE_CONSENT,
    ),
    Export(
        "Pipedrive",
        "people",
        frozenset({"person name", "person id", "person email", "person email work", "person phone", "person phone work",
                   "person organization", "person owner", "person labels", "person label", "organization name",
                   "person marketing status", "person person created"}),
        3,
        _table(f"""
            external_id: person id, person pipedrive system id; {_PIPEDRIVE_PERSON}; owner: person owner;
            created_at: person person created, person created, person creation date; tags: person labels, person label;
            next_step_at: person next activity date
        """),
        _PIPEDRIVE_MACHINERY,
        consent=_PIPEDRIVE_CONSENT,
    ),
)  # fmt: skip


def recognise(headers: Iterable[str]) -> Export | None:
    """The kind of export that these headers are of; None for a file of no program that is known here.

    Where several fit, that of which the most marks are there; deals and leads come before the people that they are with.
    """
    found = {plain(header) for header in headers}
    fitting = [(len(found & export.marks), -place, export) for place, export in enumerate(EXPORTS)]
    return max(((n, place, export) for n, place, export in fitting if n >= export.least), default=(0, 0, None))[2]
