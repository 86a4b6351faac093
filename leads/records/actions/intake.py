"""Taking leads in by the thousand: what imports do to leads. One call is one transaction, and one set of statements."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from leads.records import policies
from leads.records.actions.intake_deciding import Decider
from leads.records.actions.intake_drafting import Drafted, draft
from leads.records.actions.intake_entries import REFERRING, Entry, Index, Keys, fetch, fetch_marks, name_key
from leads.records.actions.intake_known import TO_MANY, Known, Said
from leads.records.actions.intake_rows import Act, Incoming, Outcome, Terms
from leads.records.actions.intake_storing import store
from leads.records.actions.seen import Changed
from leads.records.models import Lead
from workspace import indexing
from workspace.turns import Turns

__all__ = [
    "COMING_IN", "Act", "Changed", "Incoming", "Intake", "Outcome", "Prepared", "Terms", "make_indexes_good",
    "put_off_indexes", "settle", "tidy",
]  # fmt: skip

# Somebody may make a lead with a file's address while a batch runs; the batch is then judged anew.
MOST_TRIES = 4
COMING_IN = (Act.CREATED, Act.UPDATED)
# A crash of the server may cost the last batches, but with them the place in the file, from which they come again. What the
# search index still has to take up is taken up beside, by `tidy`. The planner knows nothing of tables that grow so fast, and
# would read them whole for each batch. One statement: each is a wait of its own.
_AS_BULK = (
    "SET LOCAL synchronous_commit = off; SET LOCAL gin_pending_list_limit = '256MB'; SET LOCAL enable_seqscan = off"
)
# Nobody makes a company meanwhile: two that bear one name would follow. Taken before any lead is locked.
_ONLY_COMPANY_MAKER = f"{_AS_BULK}; SELECT pg_advisory_xact_lock(hashtext('companies are made in bulk'))"
SEARCH_INDEX = "lead_search"
# What lists are found and sorted by. Keys stay unique, and recognise leads, at every moment.
LIST_INDEXES = (
    SEARCH_INDEX, "lead_by_stage", "lead_by_owner", "lead_by_source", "lead_by_company", "lead_by_creation",
    "lead_by_activity", "lead_by_name", "lead_by_value",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of rows by what is `known`: with the leads that are made, the stored ones that they touch, and companies."""

    known: Known
    outcomes: list[Outcome]
    drafted: Drafted
    touched: list[Entry]
    companies: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows with what can be told of them without the database.

    `said` and `keys` are what they speak of and are recognised by; `foreseen` is what becomes of them if no stored lead has
    one of these keys; None where that cannot be told.
    """

    rows: Sequence[Incoming]
    said: Said
    keys: Keys
    foreseen: Judged | None = None


class Intake:
    """Takes batches of rows in on the same terms, and remembers what it looked up between them."""

    def __init__(self, terms: Terms) -> None:
        """Raises PermissionDenied unless the person of the terms may make and change leads."""
        by = terms.by
        if by is not None and not (policies.may_create(by) and policies.may_change(by)):
            raise PermissionDenied(_("You may look at leads, but not bring new ones in."))
        self.terms = terms
        self._known = Known()
        # Judging ahead is in vain where rows mostly speak of stored leads.
        self._judges_ahead = True
        # Until a row has met a stored lead, none is looked for where the constraints of the table would tell.
        self._has_met_stored = False

    def prepare(self, rows: Sequence[Incoming], turns: Turns) -> Prepared:
        """Do for `rows` what needs no database, in a thread beside the one that takes the batch before them in."""
        known, values = self._known, [row.values for row in rows if not row.errors]
        said = Said.by([*values, self.terms.defaults], REFERRING)
        keys = Keys.of(values, self.terms.match)
        # Names are compared as the database folds them.
        if keys.are_some_names or not (self._judges_ahead and known.is_settled(said)):
            return Prepared(rows, said, keys)
        decider = Decider(self.terms, known, Index(by_phone=bool(keys.phones)), {})
        return Prepared(rows, said, keys, self._judged(rows, said, decider, turns))

    def take_in(self, prepared: Prepared) -> list[Outcome]:
        """Store what can come in of the rows, and tell what became of each, in order.

        Either everything that the outcomes tell is stored or, on an error, nothing.
        """
        for _attempt in range(MOST_TRIES - 1):
            with suppress(IntegrityError):
                return self._try(prepared)
            self._has_met_stored = True
            self.forget()
        return self._try(prepared)

    def forget(self) -> None:
        """Forget what was looked up: it was rolled back."""
        self._known = Known()

    @transaction.atomic
    def _try(self, prepared: Prepared) -> list[Outcome]:
        with connection.cursor() as cursor:
            cursor.execute(_ONLY_COMPANY_MAKER if prepared.said.companies else _AS_BULK)
        if self._known.is_full:
            self.forget()
        self._known.look_up(prepared.said)
        now = self._decided(prepared)
        store(now.drafted, now.touched, now.companies, terms=self.terms, known=self._known)
        return now.outcomes

    def _decided(self, prepared: Prepared) -> Judged:
        """What becomes of the rows, judged against every lead that one of them may mean or collide with; these are locked.

        Where all that was foreseen is to make leads with an address or an external id, to store them is to look: a stored lead
        that one of them means breaks a constraint, and the rows are judged anew.
        """
        foreseen = prepared.foreseen
        if foreseen is not None and foreseen.known is not self._known:
            foreseen = None
        if foreseen is not None and not self._has_met_stored and _is_told_by_constraints(prepared.keys, foreseen):
            return foreseen
        decider = Decider(self.terms, self._known, Index(), {})
        names = set()
        if prepared.keys.are_some_names:
            values = (row.values for row in prepared.rows if not row.errors)
            names = {name_key(given, decider.company_name(given)) for given in values}
        decider.index, decider.folded = fetch(prepared.keys, names - {""})
        self._judges_ahead = decider.index.is_empty
        self._has_met_stored = self._has_met_stored or not decider.index.is_empty
        if foreseen is not None and decider.index.is_empty:
            return foreseen
        self._look_up_stored(decider.index.entries(), prepared)
        return self._judged(prepared.rows, prepared.said, decider, Turns())

    def _judged(self, rows: Sequence[Incoming], said: Said, decider: Decider, turns: Turns) -> Judged:
        outcomes = [decider.decide(row) for row in turns.paced(rows)]
        new, stored = _touched(outcomes)
        drafted = draft(new, self.terms, turns)
        return Judged(decider.known, outcomes, drafted, stored, _companies_of(rows, said, outcomes))

    def _look_up_stored(self, entries: Sequence[Entry], prepared: Prepared) -> None:
        """Learn of stored leads what the rows may change of it: tags and interests, and the names of what they refer to."""
        for key in set().union(*(row.values for row in prepared.rows)) & REFERRING.keys():
            if key in TO_MANY:
                fetch_marks(entries, key)
            else:
                old = [entry.values.get(f"{key}_id") for entry in entries]
                self._known.names[REFERRING[key]].name_all(pk for pk in old if isinstance(pk, int))


def _is_told_by_constraints(keys: Keys, foreseen: Judged) -> bool:
    return not keys.phones and len(foreseen.drafted.new) == len(foreseen.outcomes)


def _touched(outcomes: Iterable[Outcome]) -> tuple[list[Entry], list[Entry]]:
    """The leads that are made, and the stored ones that are changed, each once."""
    new: list[Entry] = []
    stored: dict[int, Entry] = {}
    for outcome in outcomes:
        entry = outcome.entry
        if outcome.act is Act.CREATED and entry is not None:
            new.append(entry)
        elif outcome.act is Act.UPDATED and entry is not None and not entry.is_new:
            stored[entry.pk] = entry
    return new, list(stored.values())


def _companies_of(rows: Sequence[Incoming], said: Said, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """The names and domains of companies of which rows speak that come in, in the rows' order."""
    if not said.companies:
        return []
    spoken = (
        (row.values.get("company", ""), row.values.get("company_domain", ""))
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome.act in COMING_IN
    )
    return [pair for pair in dict.fromkeys(spoken) if any(pair)]


def put_off_indexes() -> bool:
    """Before the first leads of a workspace: let them come in without the indexes of lists, and tell whether these are put off.

    `make_indexes_good` makes each of all leads at once; lists and the search read the whole table until then.
    """
    return indexing.put_off(Lead, LIST_INDEXES)


def make_indexes_good() -> bool:
    """Make the indexes of lists that are missing, and tell whether some were."""
    return indexing.make_good(Lead, LIST_INDEXES)


def tidy() -> None:
    """Let the search index take up what waits for it. Does no harm beside a running intake, on another connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(index) FROM (SELECT to_regclass(name) FROM unnest(%s::text[]) AS given (name)) "
            "AS search (index) WHERE index IS NOT NULL",
            [[SEARCH_INDEX, "company_search"]],
        )


def settle() -> None:
    """After many new leads: leave nothing waiting for the search index, and tell the planner of the tables' new sizes."""
    tidy()
    with transaction.atomic(), connection.cursor() as cursor:
        # Nine thousand rows tell enough until the server's own round, which looks at more.
        cursor.execute("SET LOCAL default_statistics_target = 30")
        cursor.execute(
            "ANALYZE leads_records_lead, leads_records_company, leads_records_deal, leads_records_stagepassage"
        )
