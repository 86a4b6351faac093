"""What the columns of a file probably mean: told by the program it comes from, by headers, and by what values look like."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from leads.audience.models import Persona
from leads.funnel.models import Stage
from leads.imports import reasons
from leads.imports.mapping import CLOSING, CONSENT, CUSTOM, NAME, NEW, SKIP, Column, Mapping
from leads.imports.reading import values
from leads.imports.reading.rows import Row
from leads.imports.reading.values import Look, Order
from leads.imports.recognising import Export, plain, recognise
from leads.imports.refusals import is_bookkeeping
from leads.records.models import CustomField
from leads.records.values import TRUE
from workspace.people.models import Person

SURVEYED_ROWS = 20_000
# So many different values of a column are kept, for the page on which their meaning is chosen.
MOST_VALUES = 60
MOST_EXAMPLES = 200
LONGEST_EXAMPLE = 120
# What programs write where nothing is.
EMPTY_WORDS = {"select", "null", "n/a", "#n/a", "nan", "-", "--", "(blank)", "(none)", "(no value)", "nil"}

# By field: headers as they are written in English, German, French and Spanish, and by well-known programs.
SYNONYMS = {
    "external_id": "external id, id, lead id, lead number, lead no, opportunity id, record id, contact id, prospect id, "
    "customer id, customer number, crm id, uid, uuid, hs object id, kundennummer, leadnummer, nummer, nr, interne id",
    "first_name": "first name, firstname, given name, forename, vorname, prénom, prenom, nombre",
    "last_name": "last name, lastname, surname, family name, nachname, familienname, nom, nom de famille, apellido, apellidos",
    NAME: "name, full name, fullname, contact name, contact, lead name, person, ansprechpartner, nom complet, "
    "nombre completo, kontakt",
    "email": "email, e mail, mail, email address, e mail address, e mail adresse, emailadresse, mailadresse, courriel, "
    "adresse e mail, correo, correo electrónico, work email, business email",
    "phone": "phone, telephone, phone number, telephone number, tel, telefon, telefonnummer, mobile, mobile phone, cell, "
    "handy, mobil, téléphone, teléfono, work phone, business phone",
    "job_title": "job title, title, position, role, function, jobtitle, berufsbezeichnung, funktion, titel, poste, cargo, "
    "current occupation, what is your current occupation, occupation",
    "company": "company, company name, account, account name, organisation, organization, firma, firmenname, "
    "unternehmen, société, entreprise, empresa, employer",
    "company_domain": "company domain, domain, website, web site, homepage, webseite, url, company website, domäne",
    "industry": "industry, sector, branche, secteur, industria, sektor",
    "country": "country, land, pays, país, country region",
    "city": "city, town, stadt, ort, ville, ciudad",
    "source": "source, lead source, original source, quelle, herkunft, leadquelle, source du lead, origen, utm source",
    "campaign": "campaign, campaign name, kampagne, campagne, campaña, utm campaign",
    "stage": "stage, lead stage, lifecycle stage, deal stage, status, lead status, pipeline stage, opportunity stage, phase, "
    "stufe, converted, étape, etapa",
    "owner": "owner, lead owner, contact owner, deal owner, opportunity owner, assigned to, sales rep, rep, sales agent, "
    "agent, besitzer, zuständig, inhaber, vertriebsmitarbeiter, propriétaire, propietario",
    "marketer": "marketer, marketing owner",
    "persona": "persona, buyer persona",
    "interests": "interests, interest, interessen, specialization, specialisation",
    "offering": "offering, product, product name, produkt, angebot, produit, producto",
    "value": "value, amount, deal value, close value, deal amount, opportunity amount, wert, betrag, umsatz, montant, importe, "
    "lead value",
    "currency": "currency, currency code, währung, devise, moneda",
    "created_at": "created at, created, create date, created date, created on, creation date, date created, engage date, "
    "erstellt, erstellt am, angelegt am, date de création, fecha de creación, lead created",
    "closed_at": "closed at, closed, close date, closed date, closed on, closing date, abgeschlossen am, geschlossen am, "
    "date de clôture, fecha de cierre",
    "lost_reason": "lost reason, loss reason, closed lost reason, reason lost, verlustgrund, grund",
    "next_step": "next step, next activity, nächster schritt, prochaine étape",
    "next_step_at": "next step date, next step on, next activity date, follow up, follow up date, wiedervorlage",
    "asleep_until": "asleep until, snoozed until, recontact date, ruht bis",
    "asleep_reason": "why it sleeps, asleep because, snooze reason",
    "crm_url": "crm url, link, crm link, record url, record link",
    "tags": "tags, tag, labels, label, schlagworte, stichworte, étiquettes, etiquetas",
}
_BY_HEADER = {
    header.strip(): target for target, headers in SYNONYMS.items() for header in headers.split(",") if header.strip()
}
_FITTING = {
    "email": {Look.EMAIL, Look.TEXT},
    "created_at": {Look.DATE},
    "closed_at": {Look.DATE},
    "next_step_at": {Look.DATE},
    "asleep_until": {Look.DATE},
    CLOSING: {Look.DATE},
    "value": {Look.NUMBER, Look.YES_NO},
    "crm_url": {Look.LINK},
    "phone": {Look.PHONE, Look.NUMBER, Look.TEXT},
}
_NEW_KINDS = {Look.NUMBER: "number", Look.DATE: "date", Look.YES_NO: "yes_no", Look.LINK: "link"}
_PREFERRED_MATCH = ("external_id", "email", "phone")
_STAGE_WORDS = {
    "won": "won, closed won, converted, customer, client, gewonnen, gagné, ganado, deal won, kunde",
    "lost": "lost, closed lost, verloren, perdu, perdido, deal lost",
    "disqualified": "disqualified, unqualified, junk, disqualifiziert, not qualified, bad fit",
    "new": "new, open, neu, nouveau, nuevo, lead, subscriber, prospecting, prospect, not contacted, raw",
    "engaged": "engaged, engaging, contacted, working, attempted, in contact, kontaktiert, nurturing, connected",
    "mql": "mql, marketing qualified, marketing qualified lead, marketingqualifiedlead",
    "sal": "sal, sales accepted, sales accepted lead, accepted, akzeptiert",
    "sql": "sql, sales qualified, sales qualified lead, salesqualifiedlead, qualified, qualifiziert, opportunity",
    "proposal": "proposal, offer, quote, negotiation, angebot, proposal sent, decision, contract",
}
# In a funnel with fewer stages.
_OTHERWISE = {"mql": "qualified", "sal": "accepted", "sql": "accepted", "engaged": "new", "disqualified": "lost"}


@dataclass
class Surveyed:
    """What the first rows tell of one column; `values` are the most frequent texts, all of them where `is_whole`."""

    filled: int = 0
    look: Look = Look.EMPTY
    values: dict[str, int] = field(default_factory=dict)
    is_whole: bool = True
    examples: list[str] = field(default_factory=list)
    date_order: Order = Order.YMD
    is_date_sure: bool = True
    decimal_comma: bool = False

    def __post_init__(self) -> None:
        self.look, self.date_order = Look(self.look), Order(self.date_order)


@dataclass
class Survey:
    """What the first rows of a file tell of its columns; `is_whole` where they are all there is."""

    columns: list[Surveyed] = field(default_factory=list)
    rows: int = 0
    is_whole: bool = True
    empty: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        columns = [Surveyed(**column | {"values": dict(column["values"])}) for column in stored.get("columns", [])]
        return cls(columns, stored.get("rows", 0), stored.get("is_whole", True), stored.get("empty", []))

    def as_json(self) -> dict[str, Any]:
        """As it is stored; values as pairs, since the database keeps no order of keys."""
        stored = asdict(self)
        for column in stored["columns"]:
            column["values"] = list(column["values"].items())
        return stored


def survey(rows: Iterable[Row], width: int, *, is_whole: bool) -> Survey:
    """Look at rows: how full each column is, what its values look like, which there are."""
    counters: list[Counter[str]] = [Counter() for _ in range(width)]
    result = Survey([Surveyed() for _ in range(width)], is_whole=is_whole)
    empty: Counter[str] = Counter()
    for row in rows:
        result.rows += 1
        for place, cell in enumerate(row.cells[:width]):
            text = " ".join(cell[: LONGEST_EXAMPLE * 2].replace("\x00", "").split())
            if not text:
                continue
            if text.lower() in EMPTY_WORDS:
                empty[text] += 1
                continue
            column, counter = result.columns[place], counters[place]
            column.filled += 1
            if text in counter or len(counter) < MOST_EXAMPLES:
                counter[text[:LONGEST_EXAMPLE]] += 1
            else:
                column.is_whole = False
    for column, counter in zip(result.columns, counters, strict=True):
        _sum_up(column, counter, is_whole=is_whole)
    result.empty = [word for word, _ in empty.most_common()]
    return result


def _sum_up(column: Surveyed, counter: Counter[str], *, is_whole: bool) -> None:
    texts = list(counter)
    column.is_whole = column.is_whole and is_whole and len(counter) <= MOST_VALUES
    column.values = dict(counter.most_common(MOST_VALUES))
    column.examples = texts[:3]
    column.look = _common_look(texts)
    # A word among days or numbers does not hide how these are written.
    days = [text for text in texts if values.look(text) is Look.DATE]
    if days:
        column.date_order, column.is_date_sure = values.order_of(days)
    column.decimal_comma = values.has_decimal_comma([text for text in texts if values.look(text) is Look.NUMBER])


def _common_look(texts: list[str]) -> Look:
    """What all texts look like; a few that differ make it a text."""
    if not texts:
        return Look.EMPTY
    lowered = {text.lower() for text in texts}
    if len(lowered) <= 2 and all(values.look(text) in (Look.YES_NO, Look.NUMBER) for text in lowered):  # noqa: PLR2004
        answers = lowered <= {"0", "1"} or all(values.look(text) is Look.YES_NO for text in lowered)
        if answers:
            return Look.YES_NO
    looks = Counter(values.look(text) for text in texts)
    look, times = looks.most_common(1)[0]
    return look if times == len(texts) or (look is Look.EMAIL and times > len(texts) * 0.8) else Look.TEXT


def suggest(names: list[str], surveyed: Survey) -> Mapping:
    """What each column probably goes into: a field, a custom field of the same name, a new one, or nothing."""
    own, export = own_fields(), recognise(names)
    mapping = Mapping(empty=list(surveyed.empty))
    taken: set[str] = set()
    # The more telling of two columns for one field comes first in its list of headers.
    wanted = sorted(range(len(names)), key=lambda place: _rank(names[place], export))
    found = {place: _target(names[place], surveyed.columns[place], own, taken, export) for place in wanted}
    _drop_whole_names(found, taken)
    for place, name in enumerate(names):
        seen = surveyed.columns[place]
        target = SKIP if is_bookkeeping(name) else found[place]
        column = Column(name, target, _NEW_KINDS.get(seen.look, "text"))
        column.date_order, column.decimal_comma = seen.date_order, seen.decimal_comma
        column.values = suggest_values(target, seen, export)
        mapping.columns.append(column)
    return mapping


def suggest_match(mapping: Mapping) -> str:
    """By what leads are to be recognised: the first of external id, e-mail and telephone that has a column."""
    return next((key for key in _PREFERRED_MATCH if key in mapping.targets()), "email")


def _rank(name: str, export: Export | None) -> tuple[int, int]:
    header = plain(name)
    if export is not None and header in export.targets:
        return 0, export.rank(header)
    target = _BY_HEADER.get(header)
    return 1, [known.strip() for known in SYNONYMS[target].split(",")].index(header) if target else 1_000


def _target(name: str, seen: Surveyed, own: dict[str, CustomField], taken: set[str], export: Export | None) -> str:
    header = plain(name)
    said = export.target(header) if export is not None else None
    if said == SKIP:
        return SKIP
    target = said or _BY_HEADER.get(header)
    if target and target not in taken and _fits(target, seen):
        taken.update({target, "closed_at"} if target == CLOSING else {target})
        return target
    if seen.look is Look.EMPTY:
        return SKIP
    if seen.look is Look.EMAIL and "email" not in taken:
        taken.add("email")
        return "email"
    custom = own_field(name, seen, own)
    if custom == NEW or custom in taken:
        return NEW
    taken.add(custom)
    return custom


def _drop_whole_names(found: dict[int, str], taken: set[str]) -> None:
    """Where first and last name have columns of their own, the one with both says nothing more."""
    if {"first_name", "last_name", NAME} <= taken:
        found.update({place: SKIP for place, target in found.items() if target == NAME})


def own_field(name: str, seen: Surveyed, own: dict[str, CustomField]) -> str:
    """The custom field that is called as the column is and takes its values, else a new one."""
    definition = own.get(name.lower())
    return CUSTOM + definition.key if definition is not None and _fits_kind(definition.kind, seen) else NEW


def own_fields() -> dict[str, CustomField]:
    """The custom fields of leads by their label in small letters; the oldest of each. Costs one query."""
    fields = CustomField.objects.filter(on=CustomField.On.LEAD, is_active=True).order_by("-pk")
    return {definition.label.lower(): definition for definition in fields}


def _fits(target: str, seen: Surveyed) -> bool:
    if seen.look is Look.EMPTY:
        return True
    if target in ("owner", "marketer"):
        return any(_people(seen.values).values()) or seen.look is Look.EMAIL
    if target == "persona":
        known = {name.lower() for name in Persona.objects.values_list("name", flat=True)}
        return all(text.lower() in known for text in seen.values)
    return seen.look in _FITTING.get(target, set(Look))


def _fits_kind(kind: str, seen: Surveyed) -> bool:
    fitting = {"number": {Look.NUMBER, Look.YES_NO}, "date": {Look.DATE}, "yes_no": {Look.YES_NO}, "link": {Look.LINK}}
    return seen.look in fitting.get(kind, set(Look))


def suggest_values(target: str, seen: Surveyed, export: Export | None = None) -> dict[str, str]:
    """What each text of a stage's, a person's or a permission's column probably means; the unknown ones are left out."""
    if target == "stage":
        return _stages(seen, export)
    if target == "lost_reason":
        return reasons.suggest(seen.values)
    if target in ("owner", "marketer"):
        return {text: email for text, email in _people(seen.values).items() if email and email != text.lower()}
    if target.startswith(CONSENT) and export is not None:
        words = {text: export.consent.get(plain(text)) for text in seen.values}
        return {text: meant for text, meant in words.items() if meant is not None}
    return {}


def _stages(seen: Surveyed, export: Export | None) -> dict[str, str]:
    stages = {stage.slug: stage for stage in Stage.objects.active()}
    by_name = {stage.name.lower(): slug for slug, stage in stages.items()}
    won = next((slug for slug, stage in stages.items() if stage.kind == Stage.Kind.WON), "")
    first = next((slug for slug, stage in stages.items() if stage.is_open), "")
    meant: dict[str, str] = {}
    for text in seen.values:
        word = plain(text)
        if seen.look is Look.YES_NO:
            meant[text] = won if word in TRUE else first
        elif by_name.get(text.lower()) or text.lower() in stages:
            continue
        elif slug := next((slug for slug in _slugs(word, export) if slug in stages), ""):
            meant[text] = slug
    return meant


def _slugs(word: str, export: Export | None) -> list[str]:
    """Stages that a word may mean, the likeliest first: as the program means it, else as people do."""
    said = export.stages.get(word, ()) if export is not None else ()
    usual = [slug for slug, words in _STAGE_WORDS.items() if word in words.split(", ")]
    return [*said, *usual, *(_OTHERWISE[slug] for slug in usual if slug in _OTHERWISE)]


def _people(texts: Iterable[str]) -> dict[str, str]:
    """The e-mail address of the person whom each text names, by address, full name, or `Name (address)`; empty for nobody.

    Costs one query.
    """
    known: dict[str, str] = {}
    for email, name in Person.objects.active().values_list("email", "name"):
        known[email] = email
        if name:
            known.setdefault(name.lower(), email)
    return {text: known.get(text.lower()) or known.get(_bracketed(text.lower()), "") for text in texts}


def _bracketed(text: str) -> str:
    """What stands in brackets at the end."""
    return text[:-1].rpartition("(")[2].strip() if text.endswith(")") else text
