"""What each column of a file means: the mapping that a person agrees to, as it is kept, and the fields one may choose from."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.imports.reading.values import Order
from leads.records import custom, fields
from leads.records.fields import FIELDS
from leads.records.models import CustomField
from leads.records.values import CONSENTS

SKIP, NEW, NAME, CUSTOM, CONSENT = "skip", "new", "name", "custom.", "consent."
# Of exports: a day that counts for closed leads only, being a guess for open ones; and consent said the other way round.
CLOSING, OPT_OUT = "closing", "optout."
# Several columns may go into these; into any other field goes one.
SHARED = {"tags", "interests"}
# Both say when a lead was closed: a file has one of them.
_ONE_DAY = {CLOSING, "closed_at"}
# What may be said for all rows of a file at once.
FOR_ALL = ("stage", "source", "campaign", "owner", "marketer", "persona", "offering", "currency", "tags", "interests",
           "industry", "country", "city")  # fmt: skip
MATCHES = {
    "email": gettext_lazy("E-mail"),
    "external_id": gettext_lazy("External id"),
    "phone": gettext_lazy("Telephone"),
}
# Kinds of a new custom field that a column may become.
NEW_KINDS = ("text", "number", "date", "yes_no", "link")
OPT_OUT_LABELS = {
    "mail": gettext_lazy("Opted out of mail"),
    "phone": gettext_lazy("Opted out of calls"),
    "visits": gettext_lazy("Opted out of visits being followed"),
}
CONSENT_LABELS = {
    "mail": gettext_lazy("Consent to mail"),
    "phone": gettext_lazy("Consent to calls"),
    "visits": gettext_lazy("Consent to visits being followed"),
}


@dataclass
class Column:
    """One column; `values` says what a text means.

    `target` is skip, new, name, closing, a field, `custom.<key>`, `consent.<way>` or `optout.<way>`.
    """

    name: str
    target: str = SKIP
    kind: str = "text"
    values: dict[str, str] = field(default_factory=dict)
    date_order: Order = Order.YMD
    decimal_comma: bool = False

    def __post_init__(self) -> None:
        self.date_order = Order(self.date_order)


@dataclass
class Mapping:
    """All columns in the file's order, what counts as empty, and values for all rows."""

    columns: list[Column] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    for_all: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        columns = [Column(**column) for column in stored.get("columns", [])]
        return cls(columns, stored.get("empty", []), stored.get("for_all", {}))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def column(self, name: str) -> Column | None:
        """The column called `name`, case aside."""
        return next((column for column in self.columns if column.name.lower() == name.lower()), None)

    def targets(self) -> set[str]:
        return {column.target for column in self.columns} - {SKIP, NEW}

    def check(self, match: str) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValidationError: for `columns`, `match` or `for_all`.
        """
        errors: dict[str, list[str]] = {}
        if problems := self._column_problems():
            errors["columns"] = problems
        if match not in MATCHES:
            errors["match"] = [_("Leads are recognised by e-mail, external id or telephone.")]
        elif match not in self.targets():
            errors["match"] = [_("No column goes into “%s”, by which leads are to be recognised.") % MATCHES[match]]
        if unknown := sorted(set(self.for_all) - set(FOR_ALL)):
            errors["for_all"] = [_("This cannot be said for all rows: %s.") % ", ".join(unknown)]
        if errors:
            raise ValidationError(errors)

    def _column_problems(self) -> list[str]:
        labels = targets()
        problems: list[str] = []
        taken: set[str] = set()
        for column in self.columns:
            target = column.target
            if target in (SKIP, NEW):
                continue
            if target not in labels:
                problems.append(_("There is no field “%s”.") % target)
            elif (target in taken and target not in SHARED) or (target in _ONE_DAY and taken & _ONE_DAY):
                problems.append(
                    _("Two columns go into “%(field)s”; “%(column)s” is the second.")
                    % {"field": labels[target], "column": column.name}
                )
            taken.add(target)
        return problems


def targets() -> dict[str, str]:
    """Every target that keeps a value, with its label. Costs one query."""
    labels = {key: str(one.label) for key, one in FIELDS.items() if one.kind is not fields.Kind.CONSENT}
    labels[NAME] = _("First and last name in one")
    labels[CLOSING] = _("Closed, or expected to close")
    labels |= {CONSENT + way: str(CONSENT_LABELS[way]) for way in CONSENTS}
    labels |= {OPT_OUT + way: str(OPT_OUT_LABELS[way]) for way in CONSENTS}
    own = CustomField.objects.filter(on=CustomField.On.LEAD, is_active=True).order_by("position", "pk")
    return labels | {CUSTOM + definition.key: definition.label for definition in own}


def new_fields(mapping: Mapping) -> dict[str, CustomField]:
    """The custom fields that the mapping's new columns ask for, unsaved, by column name. Costs one query."""
    taken = set(CustomField.objects.filter(on=CustomField.On.LEAD).values_list("key", flat=True))
    made: dict[str, CustomField] = {}
    for column in mapping.columns:
        if column.target == NEW:
            key = custom.free_key(column.name, taken)
            taken.add(key)
            made[column.name] = CustomField(on=CustomField.On.LEAD, key=key, label=column.name, kind=column.kind)
    return made
