"""The columns that the list of leads can show. Rooms above add theirs by `register`.

A column costs no query of its own: what it shows is of the lead, or comes along by `joins` and `extras` of the one query
of the list, so that the list costs the same whatever columns somebody chose.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.audience.models import BuyingRole
from leads.funnel.models import Interest, Tag
from leads.records import custom
from leads.records.fields import FIELDS
from leads.records.filters import CUSTOM
from leads.records.models import CustomField, Lead
from workspace.people.models import Person
from workspace.registry import Registry

Words = str | Promise
Chosen = list[tuple[str, str]]  # key and size, in order

_CELLS = "leads/records/lists/cells"
# The first one, which names the row and leads to the lead, is not to be left out.
FIRST = "name"
MOST_COLUMNS = 30


class Size(StrEnum):
    """How much room a column takes, in steps that a hand on a telephone can choose, too."""

    NARROW = "narrow"
    USUAL = "usual"
    WIDE = "wide"
    WIDEST = "widest"


SIZES: dict[Size, tuple[Words, float]] = {
    Size.NARROW: (gettext_lazy("narrow"), 0.7),
    Size.USUAL: (gettext_lazy("usual"), 1),
    Size.WIDE: (gettext_lazy("wide"), 1.5),
    Size.WIDEST: (gettext_lazy("widest"), 2.2),
}


@dataclass(frozen=True)
class ListColumn:
    """One column. `template` draws its whole cell from `row`, `lead`, `column` and `value`, which `read` answers.

    It is `width` pixels wide; an `elastic` one (a share of the table, or “auto” for what is left) gives way instead while its
    size is the usual one and the table has room. `sorting` is the order by which its head sorts. `extras` are expressions that
    the query of the list selects by name. Those that are `usual` are shown until somebody chooses.
    """

    key: str
    label: Words
    template: str = f"{_CELLS}/text.html"
    read: Callable[[Any], Any] = lambda _lead: None
    width: int = 130
    elastic: str = ""
    sorting: str = ""
    letter: str = ""
    is_letter_alone: bool = False
    end: bool = False
    joins: tuple[str, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    usual: bool = False

    def width_in(self, size: str, *, has_room: bool) -> str:
        """The width of the column, as `<col>` takes it; nothing where it takes what is left."""
        if has_room and self.elastic and size == Size.USUAL:
            return "" if self.elastic == "auto" else self.elastic
        return str(self.pixels_in(size))

    def pixels_in(self, size: str) -> int:
        return round(self.width * SIZES[Size(size)][1])


_columns: Registry[ListColumn] = Registry("column of leads")


def register(*columns: ListColumn) -> None:
    """Make columns of a room known, to stand behind those that are known.

    Raises:
        ValueError: a key is taken.
    """
    for column in columns:
        if column.key.startswith(CUSTOM):
            raise ValueError(f"The column {column.key!r} would be taken for that of an own field.")
        _columns.add(column.key, column)


def entries() -> dict[str, ListColumn]:
    """All columns of rooms, for the guard test."""
    return dict(_columns)


def available(definitions: Iterable[CustomField]) -> dict[str, ListColumn]:
    """The columns of rooms, and those of own fields. Costs no query."""
    return {**_columns, **{one.key: one for one in map(_own, definitions)}}


def usual() -> Chosen:
    """What the list shows until somebody chooses."""
    return [(key, Size.USUAL.value) for key, column in _columns.items() if column.usual]


def readable(stored: object, known: Mapping[str, ListColumn]) -> Chosen:
    """What is stored, without columns that are gone, as those of an own field that is no longer in use; else the usual ones."""
    pairs = stored if isinstance(stored, list) else []
    return [(key, size) for key, size in pairs if key in known] or usual()


def clean(chosen: Iterable[tuple[str, str]], known: Mapping[str, ListColumn]) -> Chosen:
    """`chosen` as it is to be stored: each once, and the first one first.

    Raises:
        ValidationError: for `columns`: there is no such column or size, or there are too many.
    """
    sizes = dict(chosen)
    for key, size in sizes.items():
        if key not in known:
            raise ValidationError({"columns": _("There is no column “%s”.") % key[:80]})
        if size not in SIZES:
            message = _("“%(given)s” is none of %(sizes)s.")
            raise ValidationError({"columns": message % {"given": size[:40], "sizes": ", ".join(SIZES)}})
    if len(sizes) > MOST_COLUMNS:
        raise ValidationError({"columns": _("Up to %d columns can stand side by side.") % MOST_COLUMNS})
    first = sizes.pop(FIRST, Size.USUAL.value)
    return [(FIRST, first), *sizes.items()]


def _own(definition: CustomField) -> ListColumn:
    """The column of an own field."""
    key, kinds = definition.key, CustomField.Kind
    if definition.kind == kinds.PERSON:
        return _own_person(definition)
    templates = {kinds.CHOICES: "marks", kinds.LINK: "link"}
    return ListColumn(
        f"{CUSTOM}{key}",
        definition.label,
        f"{_CELLS}/{templates.get(kinds(definition.kind), 'text')}.html",
        lambda lead: custom.shown(definition, lead.custom.get(key)),
        end=definition.kind in (kinds.NUMBER, kinds.MONEY),
    )


def _own_person(definition: CustomField) -> ListColumn:
    """The column of an own field that holds a person: by name, and by the address where nobody has it any more."""
    key, name = definition.key, f"own_person_{definition.pk}"
    called = Person.objects.filter(email=KeyTextTransform(key, OuterRef("custom"))).values("name")
    return ListColumn(
        f"{CUSTOM}{key}",
        definition.label,
        read=lambda lead: getattr(lead, name) or lead.custom.get(key),
        extras={name: Subquery(called[:1])},
    )


def _names(model: Any) -> ArraySubquery:
    return ArraySubquery(model.objects.filter(leads=OuterRef("pk")).order_by("name", "pk").values("name"))


def _plain(key: str, width: int = 130) -> ListColumn:
    return ListColumn(key, FIELDS[key].label, read=lambda lead: getattr(lead, key), width=width)


def _referred(key: str, width: int = 130) -> ListColumn:
    return ListColumn(key, FIELDS[key].label, read=lambda lead: getattr(lead, key), width=width, joins=(key,))


def _moment(key: str, label: Words, **options: Any) -> ListColumn:
    return ListColumn(key, label, f"{_CELLS}/when.html", lambda lead: getattr(lead, key), 110, **options)


def _role(lead: Lead) -> str:
    return str(BuyingRole(lead.buying_role).label) if lead.buying_role else ""


register(
    ListColumn(
        FIRST, gettext_lazy("Lead"), f"{_CELLS}/name.html", width=200, elastic="16%", sorting="name", usual=True
    ),
    ListColumn("company", gettext_lazy("Company"), f"{_CELLS}/company.html", width=150, elastic="12.5%", usual=True),
    ListColumn("grade", gettext_lazy("Grade"), f"{_CELLS}/grade.html", width=54, usual=True),
    ListColumn("stage", gettext_lazy("Stage"), f"{_CELLS}/stage.html", width=102, joins=("stage__department",), usual=True),
    ListColumn("owner", gettext_lazy("Owner"), f"{_CELLS}/owner.html", width=106, letter="S", joins=("owner",), usual=True),
    ListColumn(
        "marketer", gettext_lazy("Marketer"), f"{_CELLS}/marketer.html", width=38, letter="M", is_letter_alone=True,
        joins=("marketer",), usual=True,
    ),
    ListColumn("hands", gettext_lazy("Who has it"), f"{_CELLS}/hands.html", width=148, joins=("to_sort_by",), usual=True),
    ListColumn("next_step", gettext_lazy("Next step"), f"{_CELLS}/step.html", width=250, elastic="auto", usual=True),
    ListColumn("value", gettext_lazy("Value"), f"{_CELLS}/value.html", width=86, sorting="value", end=True, usual=True),
    ListColumn(
        "last_activity_at", gettext_lazy("Active"), f"{_CELLS}/active.html", width=82, sorting="last_activity_at", end=True,
        usual=True,
    ),
    _moment("created_at", FIELDS["created_at"].label, sorting="created_at"),
    _moment("stage_entered_at", gettext_lazy("In this stage since")),
    _moment("closed_at", FIELDS["closed_at"].label),
    _plain("email", 190),
    _plain("phone", 140),
    _plain("job_title", 150),
    _referred("source"),
    _referred("campaign", 150),
    _referred("persona", 150),
    ListColumn("buying_role", FIELDS["buying_role"].label, read=_role),
    _referred("offering", 150),
    ListColumn(
        "tags", FIELDS["tags"].label, f"{_CELLS}/marks.html", lambda lead: lead.tag_names, 160,
        extras={"tag_names": _names(Tag)},
    ),
    ListColumn(
        "interests", FIELDS["interests"].label, f"{_CELLS}/marks.html", lambda lead: lead.interest_names, 160,
        extras={"interest_names": _names(Interest)},
    ),
    _plain("industry"),
    _plain("city"),
    _plain("country", 110),
    ListColumn(
        "furthest_stage", gettext_lazy("Furthest stage"), read=lambda lead: lead.furthest_stage, joins=("furthest_stage",),
    ),
    _referred("lost_reason", 150),
    _plain("external_id", 110),
    ListColumn("crm_url", FIELDS["crm_url"].label, f"{_CELLS}/link.html", lambda lead: lead.crm_url, 150),
)  # fmt: skip
