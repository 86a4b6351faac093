"""What an intake looks up again and again: records by name, companies, rates. Each is asked of the database once.

Nothing here is made before somebody needs it stored: a refused row leaves no source, tag or company behind.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from typing import Any, Self

from django.db import IntegrityError, connection, transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower

from leads.audience.models import Persona
from leads.funnel.actions import tell_added
from leads.funnel.models import Campaign, Interest, Offering, Source, Stage, Tag
from leads.records.models import Company
from leads.records.models.folding import lower
from leads.records.reasons import Reasons
from leads.records.values import DOMAIN
from workspace.copying import as_array
from workspace.journal import actions as journal
from workspace.money.conversion import CENT
from workspace.money.currencies import CURRENCY
from workspace.money.models import ExchangeRate
from workspace.people.models import Person

# By kind: the model, the field that bears the name, and whether an unknown name makes a record.
NAMED: dict[str, tuple[type[Model], str, bool]] = {
    "person": (Person, "email", False),
    "persona": (Persona, "name", False),
    "source": (Source, "name", True),
    "campaign": (Campaign, "name", True),
    "offering": (Offering, "name", True),
    "interest": (Interest, "name", True),
    "tag": (Tag, "name", True),
}
TO_MANY = {"interests": "interest", "tags": "tag"}
_MAKE_COMPANIES = (
    "INSERT INTO leads_records_company (name, domain, created_at, industry, country, city, phone, custom) "
    "SELECT name, domain, %s, '', '', '', '', '{}' FROM unnest(%s::text[], %s::text[]) AS given (name, domain) "
    "RETURNING id, name, domain"
)
_ID = re.compile(r"[1-9][0-9]{0,17}\Z")
# More names of one kind than this are not remembered.
MOST_REMEMBERED = 50_000
# So often others may add the same names between a look and the making.
MOST_TRIES = 5


class Names:
    """The records of one kind by name, case aside, and names by id."""

    def __init__(self, kind: str) -> None:
        self.model, self.column, self.makes = NAMED[kind]
        self._ids: dict[str, int | None] = {}
        self._names: dict[int, str] = {}

    def look_up(self, names: Iterable[str]) -> None:
        """Learn which of `names` exist. Costs one query where some are new."""
        unknown = {lower(name) for name in names} - self._ids.keys()
        if not unknown:
            return
        rows = self._usable().alias(folded=Lower(self.column)).filter(folded__in=unknown)
        self._ids.update(dict.fromkeys(unknown))
        for pk, name in rows.order_by("-pk").values_list("pk", self.column):
            self._ids[lower(name)] = pk
        ids = {int(name) for name in unknown if self._ids[name] is None and _ID.match(name)}
        # Where a record would be made of the name, a number is one.
        if ids and not self.makes:
            self._ids.update((str(pk), pk) for pk in self._usable().filter(pk__in=ids).values_list("pk", flat=True))

    def _usable(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows.filter(is_active=True) if self.model is Person else rows

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, name: str) -> int | None:
        return self._ids.get(lower(name))

    def knows(self, names: Iterable[str]) -> bool:
        """Whether each of `names` was looked up."""
        return {lower(name) for name in names} <= self._ids.keys()

    def make(self, names: Iterable[str], *, by: Person | None, at: datetime) -> None:
        """Make those of `names` that do not exist; somebody else's record of this very moment is taken instead.

        Raises:
            IntegrityError: the database folds the case of a name in another way than we do.
        """
        wanted: dict[str, str] = {}
        for name in names:
            wanted.setdefault(lower(name), name)
        for _try in range(MOST_TRIES):
            missing = self._missing(wanted)
            if not missing:
                return
            with suppress(IntegrityError), transaction.atomic():
                made = self.model._default_manager.bulk_create(
                    self.model(**{self.column: name}) for name in missing.values()
                )
                tell_added(made, by=by, at=at)
                self._ids.update(zip(missing, (row.pk for row in made), strict=True))
                return
            for key in missing:
                self._ids.pop(key, None)
            self.look_up(missing.values())
        if missing := self._missing(wanted):
            raise IntegrityError(f"Told to exist, and not found: {', '.join(missing)[:200]}")

    def _missing(self, wanted: Mapping[str, str]) -> dict[str, str]:
        return {key: name for key, name in wanted.items() if self._ids.get(key) is None}

    def name_all(self, ids: Iterable[int]) -> None:
        """Learn the names of records. Costs one query where some are new."""
        unknown = set(ids) - self._names.keys()
        if unknown:
            self._names.update((row.pk, str(row)) for row in self.model._default_manager.filter(pk__in=unknown))

    def name_of(self, pk: int | None) -> str | None:
        return self._names.get(pk) if pk is not None else None


@dataclass(frozen=True)
class KnownCompany:
    pk: int
    name: str
    domain: str


class Companies:
    """Companies by domain, else by exact name without case and accents; an unknown one is made when a lead needs it."""

    def __init__(self) -> None:
        self._folded: dict[str, str] = {}
        self._by_name: dict[str, KnownCompany | None] = {}
        self._by_domain: dict[str, KnownCompany | None] = {}

    def __len__(self) -> int:
        return len(self._folded) + len(self._by_domain)

    def look_up(self, given: Iterable[tuple[str, str]]) -> None:
        """Learn which companies of these (name, domain) exist. Costs up to three queries where some are new."""
        pairs = list(given)
        self._folded.update(fold({name for name, _ in pairs if name} - self._folded.keys()))
        names = {self._folded[name] for name, _ in pairs if name} - self._by_name.keys()
        domains = {domain for pair in pairs if (domain := _domain_of(*pair))} - self._by_domain.keys()
        if not names and not domains:
            return
        self._by_name.update(dict.fromkeys(names))
        self._by_domain.update(dict.fromkeys(domains))
        living = Company.objects.living().filter(Q(sort_name__in=names) | Q(domain__in=domains))
        for pk, name, folded, domain in living.order_by("-pk").values_list("pk", "name", "sort_name", "domain"):
            company = KnownCompany(pk, name, domain)
            if folded in names:
                self._by_name[folded] = company
            if domain in domains:
                self._by_domain[domain] = company

    def find(self, name: str, domain: str) -> KnownCompany | None:
        found = self._by_domain.get(domain) if domain else None
        found = found or (self._by_name.get(self._folded.get(name, "")) if name else None)
        return found or self._by_domain.get(_domain_of(name, domain))

    def must_find(self, name: str, domain: str) -> tuple[int, str]:
        """The id and the name of a company that was made or found before."""
        found = self.find(name, domain)
        assert found is not None, "it was made just now"
        return found.pk, found.name

    def make(self, given: Iterable[tuple[str, str]], *, at: datetime, file: str, by: Person | None) -> None:
        """Make the companies that do not exist, and tell the domain of those that had none."""
        missing: dict[str, tuple[str, str]] = {}
        domains: dict[int, str] = {}
        for name, domain in given:
            found = self.find(name, domain)
            if found is None:
                missing.setdefault(self._folded.get(name, "") or domain, (name or domain, domain))
            elif domain and not found.domain and domain not in domains.values():
                domains[found.pk] = domain
        if domains:
            self._complete(domains)
        if missing:
            self._insert(list(missing.values()), at=at, file=file, by=by)

    def _complete(self, domains: dict[int, str]) -> None:
        for pk, domain in domains.items():
            Company.objects.filter(pk=pk, domain="").update(domain=domain)
        self.forget(domains=domains.values())

    def _insert(self, missing: Sequence[tuple[str, str]], *, at: datetime, file: str, by: Person | None) -> None:
        # Two names with one domain are one company: the first.
        firsts: dict[str, tuple[str, str]] = {}
        for name, domain in missing:
            firsts.setdefault(domain or f"name {name}", (name, domain))
        names, domains = (list(column) for column in zip(*firsts.values(), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_MAKE_COMPANIES, [at, as_array(names), as_array(domains)])
            made = [KnownCompany(*row) for row in cursor.fetchall()]
        journal.record_select(
            "company.imported",
            "SELECT %(at)s::timestamptz, 'company', id, 'company', id, jsonb_build_object('file', %(file)s::text), "
            "'{}'::jsonb, false FROM unnest(%(ids)s::bigint[]) AS made (id)",
            {"at": at, "file": file, "ids": as_array(company.pk for company in made)},
            by=by,
        )
        if any(domain for _, domain in missing):
            # One of two names may have the other's company.
            self.forget([name for name, _ in missing], [domain for _, domain in missing])
        else:
            self._by_name.update((self._folded[company.name], company) for company in made)

    def forget(self, names: Iterable[str] = (), domains: Iterable[str] = ()) -> None:
        """Ask again for these, and learn them."""
        given = [*((name, "") for name in names), *(("", domain) for domain in domains if domain)]
        for name, domain in given:
            self._by_name.pop(self._folded.pop(name, ""), None)
            self._by_domain.pop(domain, None)
        self.look_up(given)


def _domain_of(name: str, domain: str) -> str:
    """The domain that is told; a name that is written as one may be meant so."""
    return domain or (name.lower() if "." in name and DOMAIN.match(name.lower()) else "")


def fold(words: Iterable[str]) -> dict[str, str]:
    """Each text with its folded form, by the database's own function. Costs one query unless there are none."""
    texts = list(words)
    if not texts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT words, leads_fold(btrim(words)) FROM unnest(%s::text[]) AS given (words)", [as_array(texts)]
        )
        return dict(cursor.fetchall())


class Rates:
    """The workspace's currency and its dated rates, read once."""

    def __init__(self) -> None:
        self.base = CURRENCY.get()
        rows = ExchangeRate.objects.order_by("currency", "-valid_from").values_list("currency", "valid_from", "rate")
        self._rates = {
            code: [(day, rate) for _, day, rate in dated] for code, dated in groupby(rows, key=lambda row: row[0])
        }

    def to_base(self, amount: Decimal | None, currency: str, on: date) -> Decimal | None:
        """As `workspace.money.conversion.to_base`, without a query."""
        if amount is None:
            return None
        if currency == self.base:
            return amount.quantize(CENT, ROUND_HALF_EVEN)
        rate = next((rate for day, rate in self._rates.get(currency, ()) if day <= on), None)
        return None if rate is None else (amount * rate).quantize(CENT, ROUND_HALF_EVEN)


class Stages:
    """The stages in use by slug and name, and the one in which leads begin."""

    def __init__(self) -> None:
        stages = list(Stage.objects.select_related("department").order_by("position", "pk"))
        self.by_id = {stage.pk: stage for stage in stages}
        active = [stage for stage in stages if stage.is_active]
        by_id = {str(stage.pk): stage for stage in active}
        by_name = {lower(stage.name): stage for stage in active}
        self._by_name = by_id | by_name | {stage.slug: stage for stage in active}
        self.first = next((stage for stage in active if stage.is_open), None)

    def find(self, name: str) -> Stage | None:
        return self._by_name.get(lower(name))


@dataclass
class Said:
    """The names that rows speak of, by kind of record, and the companies by name and domain."""

    names: dict[str, set[str]]
    companies: set[tuple[str, str]]

    @classmethod
    def by(cls, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> Self:
        """All that `rows` speak of; `kinds` tells the kind of record by field."""
        names: dict[str, set[str]] = {}
        present = set().union(*rows)
        for key in present & kinds.keys():
            given = (values[key] for values in rows if key in values)
            spoken = names.setdefault(kinds[key], set())
            for name in set(given) if key not in TO_MANY else given:
                spoken.update(name if isinstance(name, list) else (name,))
        companies = set()
        if "company" in present or "company_domain" in present:
            companies = {(values.get("company", ""), values.get("company_domain", "")) for values in rows}
        return cls(names, companies - {("", "")})


@dataclass
class Known:
    """Everything that an intake remembers between batches. After a rollback a new one is needed."""

    names: dict[str, Names] = field(default_factory=lambda: {kind: Names(kind) for kind in NAMED})
    companies: Companies = field(default_factory=Companies)
    rates: Rates = field(default_factory=Rates)
    stages: Stages = field(default_factory=Stages)
    reasons: Reasons = field(default_factory=Reasons)

    @property
    def is_full(self) -> bool:
        """Whether so much is remembered that it is better forgotten: memory stays flat whatever a file holds."""
        return max(len(self.companies), *map(len, self.names.values())) > MOST_REMEMBERED

    def look_up(self, said: Said) -> None:
        """Learn every name that is spoken of. Costs a query for each kind of which some are new."""
        for kind, names in said.names.items():
            self.names[kind].look_up(names)
        if said.companies:
            self.companies.look_up(said.companies)

    def is_settled(self, said: Said) -> bool:
        """Whether all who must exist already were looked up, so that who is not found does not exist."""
        return all(self.names[kind].makes or self.names[kind].knows(names) for kind, names in said.names.items())
