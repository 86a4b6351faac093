"""Taking leads in by the thousand: what imports do to leads. One call is one transaction, and one set of statements."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from leads.records import policies
from leads.records.actions.intake_deciding import RECOGNISED_BY, Act, Decider, Incoming, Outcome, Terms
from leads.records.actions.intake_entries import REFERRING, TO_MANY, Change, Index, fetch, fetch_marks, name_key
from leads.records.actions.intake_known import Known
from leads.records.actions.intake_storing import store
from leads.records.telephones import telephone_key

__all__ = ["Act", "Change", "Incoming", "Intake", "Outcome", "Terms", "settle", "tidy"]

# Somebody may make a lead with a file's address while a batch runs; the batch is then judged anew.
MOST_TRIES = 4


class Intake:
    """Takes batches of rows in on the same terms, and remembers what it looked up between them."""

    def __init__(self, terms: Terms) -> None:
        """Raises PermissionDenied unless the person of the terms may make and change leads."""
        by = terms.by
        if by is not None and not (policies.may_create(by) and policies.may_change(by)):
            raise PermissionDenied(_("You may look at leads, but not bring new ones in."))
        self.terms = terms
        self._known = Known()

    def take_in(self, rows: Sequence[Incoming]) -> list[Outcome]:
        """Store what can come in of `rows`, and tell what became of each, in order.

        Either everything that the outcomes tell is stored or, on an error, nothing.
        """
        for _attempt in range(MOST_TRIES - 1):
            with suppress(IntegrityError):
                return self._try(rows)
            self._known = Known()
        return self._try(rows)

    @transaction.atomic
    def _try(self, rows: Sequence[Incoming]) -> list[Outcome]:
        with connection.cursor() as cursor:
            # A crash of the server may cost the last batches, but with them the place in the file, from which they come again.
            cursor.execute("SET LOCAL synchronous_commit = off")
            # What the search index still has to take up is taken up beside, by `tidy`.
            cursor.execute("SET LOCAL gin_pending_list_limit = '256MB'")
        good = [row for row in rows if not row.errors]
        self._lock_new_companies(good)
        self._known.look_up((row.values for row in good), REFERRING)
        self._known.look_up([dict(self.terms.defaults)], REFERRING)
        decider = self._decider(good)
        outcomes = [decider.decide(row) for row in rows]
        accepted = [(o, row) for o, row in zip(outcomes, rows, strict=True) if o.act in (Act.CREATED, Act.UPDATED)]
        touched = {id(outcome.entry): outcome.entry for outcome, _row in accepted if outcome.entry is not None}
        spoken = ((row.values.get("company", ""), row.values.get("company_domain", "")) for _outcome, row in accepted)
        companies = list(dict.fromkeys(pair for pair in spoken if any(pair)))
        store(list(touched.values()), companies, terms=self.terms, known=self._known)
        return outcomes

    def _lock_new_companies(self, rows: Iterable[Incoming]) -> None:
        """Nobody makes a company meanwhile: two that bear one name would follow. Taken before any lead is locked."""
        if any("company" in row.values or "company_domain" in row.values for row in rows):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('companies are made in bulk'))")

    def _decider(self, rows: Sequence[Incoming]) -> Decider:
        """A decider with every lead that one of `rows` may mean or collide with."""
        known, match = self._known, self.terms.match
        by_phone = [row for row in rows if match == "phone" or match not in row.values]
        decider = Decider(self.terms, known, Index(), {})
        names: set[str] = set()
        if any(not any(key in row.values for key in RECOGNISED_BY) for row in rows):
            names = {name for row in rows if (name := name_key(row.values, decider.company_name(row.values)))}
        decider.index, decider.folded = fetch(
            emails=_given(rows, "email"),
            external_ids=_given(rows, "external_id"),
            phones=[telephone_key(phone) for phone in _given(by_phone, "phone")],
            names=names,
        )
        for key in TO_MANY:
            if any(key in row.values for row in rows):
                fetch_marks(decider.index.entries(), key)
        for key, kind in REFERRING.items():
            if key not in TO_MANY and any(key in row.values for row in rows):
                old = [entry.values.get(f"{key}_id") for entry in decider.index.entries()]
                known.names[kind].name_all(pk for pk in old if isinstance(pk, int))
        return decider


def _given(rows: Iterable[Incoming], key: str) -> list[str]:
    return [row.values[key] for row in rows if key in row.values]


def tidy() -> None:
    """Let the search index take up what waits for it. Does no harm beside a running intake, on another connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('lead_search'), gin_clean_pending_list('company_search')")


def settle() -> None:
    """After many new leads: leave nothing waiting for the search index, and tell the planner of the tables' new sizes."""
    tidy()
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE leads_records_lead, leads_records_company, leads_records_deal, leads_records_stagepassage"
        )
