"""What people chose for the columns of their files: kept by person and header, and put to use at the next such file."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from leads.imports.mapping import CUSTOM, NEW, SKIP, Column, Mapping, targets
from leads.imports.models import Import, RememberedMapping
from leads.imports.reading.values import Look
from leads.imports.refusals import is_bookkeeping
from leads.imports.suggesting import Survey


def fold(name: str) -> str:
    """A column's name as it counts for being the same one: case and blanks aside."""
    return " ".join(name.casefold().split())


def fingerprint(names: Iterable[str]) -> str:
    """The same for the same columns in any order; those that a file of refused rows adds do not count."""
    folded = sorted(fold(name) for name in names if not is_bookkeeping(name))
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()


def remember(import_: Import, *, at: datetime) -> None:
    """Keep what the import's person chose. Columns without a header have no names by which to know them again."""
    if import_.by_id is None or import_.header_line == 0:
        return
    names = [column["name"] for column in import_.mapping["columns"]]
    RememberedMapping.objects.update_or_create(
        person_id=import_.by_id,
        fingerprint=fingerprint(names),
        defaults={"choices": choices_of(import_), "chosen_at": at},
    )


def choices_of(import_: Import) -> dict[str, Any]:
    """What was chosen for an import, by column."""
    mapping = Mapping.from_json(import_.mapping)
    return {
        "columns": {fold(column.name): asdict(column) for column in mapping.columns},
        "empty": mapping.empty,
        "for_all": mapping.for_all,
        "match": import_.match,
        "mode": import_.mode,
    }


def recall(import_: Import, surveyed: Survey) -> None:
    """Begin with what the import's person chose for the same columns last, where they did. Costs up to two queries."""
    import_.recalled_at = None
    if import_.by_id is None or import_.header_line == 0:
        return
    suggested = Mapping.from_json(import_.mapping)
    kept = RememberedMapping.objects.filter(
        person_id=import_.by_id, fingerprint=fingerprint(column.name for column in suggested.columns)
    ).first()
    if kept is None:
        return
    apply(import_, surveyed, kept.choices)
    import_.recalled_at = kept.chosen_at


def apply(import_: Import, surveyed: Survey, choices: dict[str, Any]) -> None:
    """Put `choices` in the place of what is suggested, column by column; what is not possible any more stays suggested."""
    mapping, known = Mapping.from_json(import_.mapping), {SKIP, NEW, *targets()}
    for column, seen in zip(mapping.columns, surveyed.columns, strict=True):
        chosen = choices["columns"].get(fold(column.name))
        if chosen is None or chosen["target"] not in known:
            continue
        # What was a new field then is one of ours now, unless that import never ran.
        if not (chosen["target"] == NEW and column.target.startswith(CUSTOM)):
            _take(column, Column(**chosen), is_date_sure=seen.look is Look.DATE and seen.is_date_sure)
    mapping.empty, mapping.for_all = choices["empty"], choices["for_all"]
    import_.mapping, import_.match, import_.mode = mapping.as_json(), choices["match"], choices["mode"]


def _take(column: Column, chosen: Column, *, is_date_sure: bool) -> None:
    column.values = {**(column.values if column.target == chosen.target else {}), **chosen.values}
    column.target, column.kind, column.decimal_comma = chosen.target, chosen.kind, chosen.decimal_comma
    if not is_date_sure:
        column.date_order = chosen.date_order
