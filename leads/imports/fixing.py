"""Files of refused rows that come back mended: known by their first column, read as the file was that they came from."""

from datetime import date

from django.utils import timezone

from leads.imports import remembering
from leads.imports.mapping import Mapping
from leads.imports.models import Import
from leads.imports.refusals import import_of
from leads.imports.suggesting import Survey


def link(import_: Import, surveyed: Survey) -> bool:
    """Where the file holds refused rows of an import that its bringer may see, go on as there; returns whether it does."""
    mapping = Mapping.from_json(import_.mapping)
    import_.fixes = _first(import_, mapping)
    if import_.fixes is None:
        return False
    remembering.apply(import_, surveyed, remembering.choices_of(import_.fixes))
    _take_terms(import_, import_.fixes)
    return True


def _take_terms(import_: Import, fixed: Import) -> None:
    """Who looks after the leads, or until when they sleep; a day that is over is asked for again."""
    today = timezone.localdate()
    import_.sort_by, import_.sort_until = fixed.sort_by, _not_over(fixed.sort_until, today)
    import_.asleep_until = _not_over(fixed.asleep_until, today)
    import_.asleep_reason = fixed.asleep_reason if import_.asleep_until else ""


def _not_over(day: date | None, today: date) -> date | None:
    return day if day is not None and day >= today else None


def _first(import_: Import, mapping: Mapping) -> Import | None:
    pk = next((pk for column in mapping.columns if (pk := import_of(column.name))), None)
    seen = Import.objects.all() if import_.by is None else Import.objects.visible_to(import_.by)
    return seen.filter(pk=pk).exclude(pk=import_.pk).first() if pk else None
