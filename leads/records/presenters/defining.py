"""The own fields as their settings list them."""

from dataclasses import dataclass, field

from leads.records import own_indexes
from leads.records.models import CustomField


@dataclass(frozen=True)
class Defined:
    """A field with its place from zero; `waits` until the index by which it is filtered is made."""

    field: CustomField
    place: int = 0
    waits: bool = False

    @property
    def up(self) -> int:
        return self.place - 1

    @property
    def down(self) -> int:
        return self.place + 1


@dataclass
class Kind:
    """The fields of leads, or those of companies."""

    on: CustomField.On
    used: list[Defined] = field(default_factory=list)
    retired: list[Defined] = field(default_factory=list)


def kinds() -> list[Kind]:
    """Both kinds with all their fields. Costs two queries."""
    found = {on.value: Kind(on) for on in CustomField.On}
    fields = list(CustomField.objects.order_by("position", "pk"))
    ready = own_indexes.ready([one for one in fields if one.is_filterable])
    for one in fields:
        kind = found[one.on]
        if one.is_active:
            kind.used.append(Defined(one, len(kind.used), one.is_filterable and one.pk not in ready))
        else:
            kind.retired.append(Defined(one))
    return list(found.values())
