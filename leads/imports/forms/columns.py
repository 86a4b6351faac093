"""What the columns of a file mean, and on which terms its rows come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.funnel.models import Stage
from leads.imports import reasons
from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import (
    CLOSING,
    CONSENT,
    CUSTOM,
    NAME,
    NEW,
    NEW_KINDS,
    OPT_OUT,
    SKIP,
    Column,
    Mapping,
    targets,
)
from leads.imports.models import Import
from leads.imports.reading.values import Look, Order
from leads.imports.recognising import recognise
from leads.imports.suggesting import Survey, Surveyed, suggest_values
from leads.records.fields import FIELDS, Kind
from leads.records.models import CustomField
from workspace.people.models import Person

ORDER_CHOICES = [
    (Order.YMD, gettext_lazy("2026-12-31")),
    (Order.DMY, gettext_lazy("31.12.2026, day first")),
    (Order.MDY, gettext_lazy("12/31/2026, month first")),
]
SORT, SLEEP = "sort", "sleep"
CARE_CHOICES = [(SORT, gettext_lazy("Wait to be sorted")), (SLEEP, gettext_lazy("Sleep until a day"))]
COMMA_CHOICES = [("", gettext_lazy("1,234.50")), ("1", gettext_lazy("1.234,50"))]
# How long leads may wait to be sorted, unless the bringer says otherwise.
SORT_DAYS = 14
AS_IT_IS = "="
_GROUPS = (
    (
        gettext_lazy("Who they are"),
        ("external_id", "first_name", "last_name", NAME, "email", "phone", "job_title", "company", "company_domain",
         "industry", "country", "city"),
    ),
    (gettext_lazy("Where they stand"), ("stage", "owner", "marketer", "created_at", "closed_at", CLOSING, "lost_reason")),
    (gettext_lazy("What it is about"), ("source", "campaign", "offering", "value", "currency", "interests", "tags")),
)  # fmt: skip


@dataclass(frozen=True)
class ValueRow:
    """One text of a column and the control that says what it means."""

    text: str
    times: int
    control: forms.BoundField


@dataclass(frozen=True)
class ColumnRow:
    """One column as the page shows it."""

    place: int
    name: str
    seen: Surveyed
    target: forms.BoundField
    kind: forms.BoundField | None
    date_order: forms.BoundField | None
    decimal: forms.BoundField | None
    values: list[ValueRow]


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class MapForm(forms.ModelForm[Import]):
    """What the columns of a file mean, and on which terms its rows come in."""

    care = forms.ChoiceField(label=gettext_lazy("New open leads"), choices=CARE_CHOICES)
    empty = forms.CharField(
        label=gettext_lazy("Texts that mean nothing"),
        required=False,
        help_text=gettext_lazy("Parted by commas, as in: Select, n/a"),
    )
    currency = forms.CharField(label=gettext_lazy("Currency of all values"), required=False, max_length=3)
    stage = forms.ChoiceField(label=gettext_lazy("Stage of new leads without one"), required=False)
    source = forms.CharField(label=gettext_lazy("Source of new leads without one"), required=False, max_length=120)
    tags = forms.CharField(label=gettext_lazy("Tags for all new leads"), required=False, max_length=500)
    owner = forms.ChoiceField(label=gettext_lazy("Owner of new leads without one"), required=False)

    class Meta:
        model = Import
        fields = ("match", "mode", "sort_by", "sort_until", "asleep_until", "asleep_reason")
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("sort_until", "asleep_until")
        }

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.mapping = Mapping.from_json(self.instance.mapping)
        self.survey = Survey.from_json(self.instance.survey)
        self.export = recognise(column.name for column in self.mapping.columns)
        self._people = list(Person.objects.active().order_by("name", "pk"))
        self._stages = list(Stage.objects.active().order_by("position", "pk"))
        self._labels = targets()
        self._kinds = dict(CustomField.objects.filter(on="lead").values_list("key", "kind"))
        self._set_terms(person)
        for place, column in enumerate(self.mapping.columns):
            self._add_column(place, column)

    def _set_terms(self, person: Person) -> None:
        choices = [("", _("Nobody")), *((one.email, str(one)) for one in self._people)]
        self._choose("owner", choices)
        self._choose("stage", [("", _("The first stage")), *((stage.slug, stage.name) for stage in self._stages)])
        self.fields["sort_by"].required = self.fields["sort_until"].required = False
        sort_by = self.fields["sort_by"]
        assert isinstance(sort_by, forms.ModelChoiceField)
        sort_by.queryset = Person.objects.active().order_by("name", "pk")
        self.initial["empty"] = ", ".join(self.mapping.empty)
        for key in ("currency", "stage", "source", "tags", "owner"):
            self.initial[key] = self.mapping.for_all.get(key, "")
        self.initial["care"] = SLEEP if self.instance.asleep_until else SORT
        if not self.instance.preview and not self.instance.asleep_until:
            until = timezone.localdate() + timedelta(days=SORT_DAYS)
            self.initial["sort_by"] = self.instance.sort_by_id or person.pk
            self.initial["sort_until"] = self.instance.sort_until or until

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    # One column

    def _add_column(self, place: int, column: Column) -> None:
        name = f"column_{place}"
        self.fields[name] = forms.ChoiceField(choices=self._targets(), label=column.name, widget=_select())
        self.initial[name] = column.target
        target = str(self.data.get(name, column.target)) if self.is_bound else column.target
        if target == NEW:
            kinds = [(kind, str(CustomField.Kind(kind).label)) for kind in NEW_KINDS]
            self._add(f"kind_{place}", kinds, column.kind, _("Kind of %s") % column.name)
        kind = self._kind(target, column)
        if kind in (Kind.DATE, Kind.MOMENT):
            self._add(f"order_{place}", ORDER_CHOICES, column.date_order, _("How days are written in %s") % column.name)
        if kind in (Kind.NUMBER, Kind.MONEY):
            comma = "1" if column.decimal_comma else ""
            self._add(f"comma_{place}", COMMA_CHOICES, comma, _("How numbers are written in %s") % column.name)
        self._add_values(place, column, target)

    def _add(self, name: str, choices: Any, initial: Any, label: str, *, required: bool = False) -> None:
        self.fields[name] = forms.ChoiceField(choices=choices, label=label, required=required, widget=_select())
        self.initial[name] = initial

    def _kind(self, target: str, column: Column) -> str:
        if target == NEW:
            return column.kind
        if target.startswith(CUSTOM):
            return str(self._kinds.get(target.removeprefix(CUSTOM), ""))
        if target.startswith((CONSENT, OPT_OUT)):
            return Kind.YES_NO
        if target == CLOSING:
            return Kind.MOMENT
        field = FIELDS.get(target)
        return field.kind if field else ""

    def _add_values(self, place: int, column: Column, target: str) -> None:
        """For stages, people and reasons a control for each text of the column: nobody guesses what "Converted: 1" means."""
        seen = self.survey.columns[place]
        choices = self._meanings(target, seen)
        if not choices:
            return
        suggested = column.values if target == column.target else suggest_values(target, seen, self.export)
        known = {value for value, _label in choices}
        for number, text in enumerate(seen.values):
            meant = suggested.get(text)
            if meant is None:
                meant = self._named(target, text) or AS_IT_IS
            initial = meant if meant in known else AS_IT_IS
            self._add(f"value_{place}_{number}", choices, initial, _("What “%s” means") % text)

    def _meanings(self, target: str, seen: Surveyed) -> list[tuple[str, str]]:
        if target == "stage":
            return [
                *((stage.slug, stage.name) for stage in self._stages),
                ("", _("nothing")),
                (AS_IT_IS, _("refuse the row")),
            ]
        if target == "lost_reason":
            return reasons.meanings(AS_IT_IS)
        if target in ("owner", "marketer"):
            people = [(one.email, str(one)) for one in self._people]
            return [*people, ("", _("nobody")), (AS_IT_IS, _("refuse the row"))]
        if target.startswith(CONSENT) and seen.look is not Look.YES_NO:
            return [("yes", _("yes")), ("no", _("no")), ("", _("not known")), (AS_IT_IS, _("refuse the row"))]
        return []

    def _named(self, target: str, text: str) -> str:
        """The stage or person that is called `text` exactly."""
        if target == "stage":
            return next((s.slug for s in self._stages if text.lower() in (s.slug, s.name.lower())), "")
        return next((one.email for one in self._people if text.lower() in (one.email, one.name.lower())), "")

    def _targets(self) -> list[Any]:
        grouped: set[str] = set()
        groups: list[Any] = [(SKIP, _("– leave out –")), (NEW, _("+ new field of this name"))]
        for label, keys in _GROUPS:
            groups.append((str(label), [(key, self._labels[key]) for key in keys]))
            grouped |= set(keys)
        rest = [(key, label) for key, label in self._labels.items() if key not in grouped]
        own = [(key, label) for key, label in rest if key.startswith(CUSTOM)]
        groups.append((_("More"), [(key, label) for key, label in rest if not key.startswith(CUSTOM)]))
        return [*groups, (_("Own fields"), own)] if own else groups

    def rows(self) -> Iterator[ColumnRow]:
        """The columns for the page, in the file's order."""
        for place, column in enumerate(self.mapping.columns):
            yield self.row(place, column)

    def row(self, place: int, column: Column) -> ColumnRow:
        seen = self.survey.columns[place]
        values = [
            ValueRow(text, times, self[name])
            for number, (text, times) in enumerate(seen.values.items())
            if (name := f"value_{place}_{number}") in self.fields
        ]
        return ColumnRow(
            place,
            column.name,
            seen,
            self[f"column_{place}"],
            self._bound(f"kind_{place}"),
            self._bound(f"order_{place}"),
            self._bound(f"comma_{place}"),
            values,
        )

    def _bound(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    # What was chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("care") == SLEEP:
            cleaned.update(sort_by=None, sort_until=None)
            self._demand_whole(cleaned, "asleep_reason", _("Say why they sleep."), _("Say until when they sleep."))
        else:
            cleaned.update(asleep_until=None, asleep_reason="")
            who = _("Say who looks after these leads.")
            if cleaned.get("mode") != Import.Mode.UPDATE and not cleaned.get("sort_by"):
                self.add_error("sort_by", ValidationError(who))
            if cleaned.get("sort_by") or cleaned.get("sort_until"):
                self._demand_whole(cleaned, "sort_by", who, _("Say until when they may wait to be sorted."))
        return cleaned

    def _demand_whole(self, cleaned: dict[str, Any], what: str, missing: str, no_day: str) -> None:
        """Both are given, and the day is not over."""
        day = "sort_until" if what == "sort_by" else "asleep_until"
        if not cleaned.get(what) and not self.has_error(what):
            self.add_error(what, ValidationError(missing))
        until = cleaned.get(day)
        if until is None:
            if not self.has_error(day):
                self.add_error(day, ValidationError(no_day))
        elif until < timezone.localdate():
            self.add_error(day, ValidationError(_("This day is over.")))

    # What was chosen

    def agreed(self) -> Agreed:
        """What the person chose, for the action."""
        data = self.cleaned_data
        for place, column in enumerate(self.mapping.columns):
            column.target = data[f"column_{place}"]
            column.kind = data.get(f"kind_{place}") or column.kind
            column.date_order = Order(data.get(f"order_{place}") or column.date_order)
            if f"comma_{place}" in data:
                column.decimal_comma = data[f"comma_{place}"] == "1"
            column.values = {
                text: meant
                for number, text in enumerate(self.survey.columns[place].values)
                if (meant := data.get(f"value_{place}_{number}", AS_IT_IS)) != AS_IT_IS
            }
        self.mapping.empty = [text.strip() for text in data["empty"].split(",") if text.strip()]
        for_all = {key: data[key] for key in ("currency", "stage", "source", "tags", "owner")}
        self.mapping.for_all = {key: value for key, value in for_all.items() if value}
        return Agreed(
            self.mapping,
            data["match"],
            data["mode"],
            data["sort_by"],
            data["sort_until"],
            data["asleep_until"],
            data["asleep_reason"],
        )
