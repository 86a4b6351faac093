"""The filter of leads by the file that brought them."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet
from django.db.models.expressions import Exists
from django.utils.translation import gettext as _

from leads.imports.models import Import, ImportedLead
from leads.records.actions.intake import Act
from workspace.filtering import MOST_DIGITS, Filter


@dataclass(frozen=True)
class Brought:
    """An import, and which of its leads: those it created, updated, or (empty) both."""

    import_: Import
    act: str


class ImportFilter(Filter):
    """Leads that an import made or changed: `12`, or only some of them: `12-created`, `12-updated`. Costs one query."""

    is_typed = False

    def read(self, text: str) -> Brought:
        number, _dash, act = text.partition("-")
        is_id = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
        seen = Import.objects.all() if self.person is None else Import.objects.visible_to(self.person)
        found = seen.filter(pk=int(number)).first() if is_id else None
        if found is None or act not in ("", Act.CREATED, Act.UPDATED):
            raise ValidationError(_("There is no import “%s”.") % text[:40])
        return Brought(found, act)

    def narrow(self, rows: QuerySet[Any], value: Brought) -> QuerySet[Any]:
        brought = ImportedLead.objects.filter(import_of=value.import_, lead=OuterRef("pk"))
        return rows.filter(Exists(brought.filter(act=value.act) if value.act else brought))

    def say(self, value: Brought) -> str:
        words = {"": "%s", Act.CREATED: _("%s, created"), Act.UPDATED: _("%s, updated")}
        return words[value.act] % value.import_
