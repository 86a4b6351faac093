"""Files of refused rows that come back mended: known by their first column, read as the file was that they came from."""

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
    import_.sort_by, until = import_.fixes.sort_by, import_.fixes.sort_until
    import_.sort_until = until if until and until >= timezone.localdate() else None
    return True


def _first(import_: Import, mapping: Mapping) -> Import | None:
    pk = next((pk for column in mapping.columns if (pk := import_of(column.name))), None)
    seen = Import.objects.all() if import_.by is None else Import.objects.visible_to(import_.by)
    return seen.filter(pk=pk).exclude(pk=import_.pk).first() if pk else None
