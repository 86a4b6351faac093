"""The filters of leads and companies: one set for page and API, with the columns by which their lists can be sorted.

A room above adds a filter of its own by `register`.
"""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.funnel.models import Stage
from leads.records import custom, own_indexes, references
from leads.records.models import Company, CustomField, Deal, Lead
from workspace.filtering import (
    AmountFilter,
    ChoiceFilter,
    DaysFilter,
    Filter,
    FilterSet,
    MarkFilter,
    MomentFilter,
    PersonFilter,
    RecordFilter,
    SearchFilter,
    TextFilter,
    Words,
    day_start,
)
from workspace.people.models import Department
from workspace.sorting import Column, Sorting

LEAD_SORTING = Sorting(
    {
        "name": Column("sort_name"),
        "value": Column("value_base", nullable=True),
        "last_activity_at": Column("last_activity_at", nullable=True),
        "created_at": Column("created_at"),
    },
    default="-last_activity_at",
)
COMPANY_SORTING = Sorting({"name": Column("sort_name")}, default="name")

DEPARTMENTS = {str(key): label for key, label in Department.Key.choices}
OPENNESS = {
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
    "won": gettext_lazy("won"),
    "lost": gettext_lazy("lost"),
    "disqualified": gettext_lazy("disqualified"),
}
LACKS: dict[str, tuple[Any, Q]] = {
    "owner": (gettext_lazy("owner"), Q(owner=None)),
    "marketer": (gettext_lazy("marketer"), Q(marketer=None)),
    "next_step": (gettext_lazy("next step"), Q(next_step="")),
    "email": (gettext_lazy("e-mail"), Q(email="")),
    "phone": (gettext_lazy("telephone"), Q(phone="")),
    "company": (gettext_lazy("company"), Q(company=None)),
    "source": (gettext_lazy("source"), Q(source=None)),
    "value": (gettext_lazy("value"), Q(value=None)),
}
STEP_TIMES = {
    "overdue": gettext_lazy("overdue"),
    "today": gettext_lazy("today"),
    "this_week": gettext_lazy("this week"),
}
YES_NO = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}
CUSTOM = "custom."
# Own fields that have more and less, and how their bounds are called: `custom.<key>.min`.
OWN_BOUNDED = (CustomField.Kind.NUMBER, CustomField.Kind.MONEY, CustomField.Kind.DATE)
OWN_BOUNDS = {"min": gettext_lazy("%s from"), "max": gettext_lazy("%s up to")}
BY_NAME = gettext_lazy("By id or name.")
WHOLE_DAYS = gettext_lazy("A day, which counts whole in the reader’s time zone, or a moment.")
# Whose records are found even when they are no longer in use: leads refer to them still.
_find_stage = partial(references.find, "stage", retired=True)
_find_person = partial(references.find, "person", retired=True)


def _in_stages(**condition: str) -> Q:
    """Leads in the stages that meet a condition. Costs one query; their ids let the planner know how many leads that is."""
    return Q(stage__in=list(Stage.objects.filter(**condition).values_list("pk", flat=True)))


def _is(state: str) -> Q:
    if state in ("open", "closed"):
        return Q(closed_at__isnull=state == "open")
    return _in_stages(kind=state)


def _step_within(time: str) -> Q:
    """Next steps that are overdue at this moment, or due on this day or in this week of the reader, done or not."""
    if time == "overdue":
        return Q(next_step_at__lt=timezone.now())
    today = timezone.localdate()
    first = today if time == "today" else today - dt.timedelta(days=today.weekday())
    after = first + dt.timedelta(days=1 if time == "today" else 7)
    return Q(next_step_at__gte=day_start(first), next_step_at__lt=day_start(after))


def _sleeps(answer: str) -> Q:
    sleeping = Q(asleep_until__gt=timezone.localdate())
    return sleeping if answer == "yes" else ~sleeping


def _has_bought(answer: str) -> Q:
    won = Deal.objects.filter(lead__company=OuterRef("pk"), lead__deleted_at=None, outcome=Stage.Kind.WON)
    return Q(Exists(won)) if answer == "yes" else ~Q(Exists(won))


def _by_name(label: Words, kind: str, help_text: Words = BY_NAME) -> RecordFilter:
    return RecordFilter(label, kind, partial(references.find, kind), help_text=help_text)


def _by_mark(label: Words, kind: str, through: type[Model]) -> MarkFilter:
    return MarkFilter(label, kind, partial(references.find, kind), through=through, row="lead", help_text=BY_NAME)


class LowerCaseFilter(TextFilter):
    """A text that is stored in small letters, so that its index is used whatever the letters given."""

    def read(self, text: str) -> str:
        return text.lower()


class CustomFilter(Filter):
    """Rows whose custom field is this value; where the field holds several, those with this one among them."""

    def __init__(self, definition: CustomField) -> None:
        super().__init__(definition.label)
        self._definition = definition

    def read(self, text: str) -> Any:
        return custom.clean_value(self._definition, text, retired=True)

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(own_indexes.holding(self._definition, value))

    def say(self, value: Any) -> str:
        return custom.words(self._definition, value)


class CustomBoundFilter(CustomFilter):
    """Rows whose number, amount or day is not below (`min`) or not above (`max`) this one; those without one are out."""

    def __init__(self, definition: CustomField, bound: str) -> None:
        super().__init__(definition)
        self.label = OWN_BOUNDS[bound] % definition.label
        self._bound = bound

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(own_indexes.between(self._definition, self._bound, value))


class UnknownFilter(Filter):
    """A filter by a custom field that nobody defined: an error, since a list that ignores it would hold too much."""

    def read(self, text: str) -> Any:
        raise ValidationError(_("There is no field of this name."))


class OwnFieldFilterSet(FilterSet):
    """Filters of records that have custom fields: `custom.<key>` for each of those `on` them, and its bounds."""

    on: CustomField.On

    def __init__(self, data: QueryDict | None = None, *args: Any, **options: Any) -> None:
        super().__init__(data, *args, **options)
        asked = [name for name in data or () if name.startswith(CUSTOM)]
        known = custom.definitions(self.on) if asked else {}
        for name in asked:
            self.filters[name] = _own_filter(name, known)


def _own_filter(name: str, known: Mapping[str, CustomField]) -> Filter:
    key, dot, bound = name.removeprefix(CUSTOM).partition(".")
    definition = known.get(key)
    if definition is not None and not dot:
        return CustomFilter(definition)
    if definition is not None and definition.kind in OWN_BOUNDED and bound in OWN_BOUNDS:
        return CustomBoundFilter(definition, bound)
    return UnknownFilter(name)


class LeadFilter(OwnFieldFilterSet):
    """The filters of leads."""

    on = CustomField.On.LEAD

    q = SearchFilter(
        gettext_lazy("Search"),
        help_text=gettext_lazy("Words of the name, e-mail, company, telephone or external id, each with 3 characters."),
    )
    stage = RecordFilter(gettext_lazy("Stage"), "stage", _find_stage, help_text=gettext_lazy("By id, slug or name."))
    is_open = ChoiceFilter(gettext_lazy("Deal"), OPENNESS, _is, help_text=gettext_lazy("Of the current deal."))
    department = ChoiceFilter(
        gettext_lazy("Department"),
        DEPARTMENTS,
        lambda key: _in_stages(department__key=key),
        help_text=gettext_lazy("The one that owns the stage: M marketing, S sales."),
    )
    owner = PersonFilter(
        gettext_lazy("Owner"), "owner", _find_person, help_text=gettext_lazy("By id or e-mail, or me.")
    )
    marketer = PersonFilter(
        gettext_lazy("Marketer"), "marketer", _find_person, help_text=gettext_lazy("By id or e-mail, or me.")
    )
    to_sort_by = PersonFilter(
        gettext_lazy("To sort by"), "to_sort_by", _find_person, help_text=gettext_lazy("By id or e-mail, or me.")
    )
    source = _by_name(gettext_lazy("Source"), "source")
    campaign = _by_name(gettext_lazy("Campaign"), "campaign")
    company = _by_name(gettext_lazy("Company"), "company", gettext_lazy("By id, domain or exact name."))
    persona = _by_name(gettext_lazy("Persona"), "persona")
    offering = _by_name(gettext_lazy("Offering"), "offering")
    tag = _by_mark(gettext_lazy("Tag"), "tag", Lead.tags.through)
    interest = _by_mark(gettext_lazy("Interest"), "interest", Lead.interests.through)
    value_min = AmountFilter(
        gettext_lazy("Value from"), "value_base", "min", help_text=gettext_lazy("In the workspace’s currency.")
    )
    value_max = AmountFilter(
        gettext_lazy("Value up to"), "value_base", "max", help_text=gettext_lazy("In the workspace’s currency.")
    )
    currency = TextFilter(gettext_lazy("Currency"), "currency", help_text=gettext_lazy("Three letters, as EUR."))
    created_after = MomentFilter(gettext_lazy("Created from"), "created_at", "after", help_text=WHOLE_DAYS)
    created_before = MomentFilter(gettext_lazy("Created until"), "created_at", "before", help_text=WHOLE_DAYS)
    active_after = MomentFilter(gettext_lazy("Active from"), "last_activity_at", "after", help_text=WHOLE_DAYS)
    active_before = MomentFilter(gettext_lazy("Active until"), "last_activity_at", "before", help_text=WHOLE_DAYS)
    active_in = DaysFilter(gettext_lazy("Active"), "last_activity_at", help_text=gettext_lazy("In so many days."))
    closed_after = MomentFilter(gettext_lazy("Closed from"), "closed_at", "after", help_text=WHOLE_DAYS)
    closed_before = MomentFilter(gettext_lazy("Closed until"), "closed_at", "before", help_text=WHOLE_DAYS)
    next_step = ChoiceFilter(
        gettext_lazy("Next step"),
        STEP_TIMES,
        _step_within,
        many=True,
        help_text=gettext_lazy("Overdue now, or due today or this week in the reader’s time zone."),
    )
    has_no = ChoiceFilter(
        gettext_lazy("Has no"),
        {key: words for key, (words, _condition) in LACKS.items()},
        lambda key: LACKS[key][1],
        demand_all=True,
        many=True,
        help_text=gettext_lazy("Leads that lack all that is named."),
    )
    asleep = ChoiceFilter(gettext_lazy("Asleep"), YES_NO, _sleeps)
    country = TextFilter(gettext_lazy("Country"), "country")
    city = TextFilter(gettext_lazy("City"), "city")
    industry = TextFilter(gettext_lazy("Industry"), "industry")
    email = LowerCaseFilter(gettext_lazy("E-mail"), "email", lookup="exact")
    external_id = TextFilter(gettext_lazy("External id"), "external_id", lookup="exact")

    class Meta:
        model = Lead
        fields: list[str] = []


class CompanyFilter(OwnFieldFilterSet):
    """The filters of companies."""

    on = CustomField.On.COMPANY

    q = SearchFilter(gettext_lazy("Search"), help_text=gettext_lazy("Words of the name or the domain."))
    domain = LowerCaseFilter(gettext_lazy("Domain"), "domain", lookup="exact")
    industry = TextFilter(gettext_lazy("Industry"), "industry")
    country = TextFilter(gettext_lazy("Country"), "country")
    city = TextFilter(gettext_lazy("City"), "city")
    account_owner = PersonFilter(
        gettext_lazy("Account owner"),
        "account_owner",
        _find_person,
        help_text=gettext_lazy("By id or e-mail, or me."),
    )
    is_customer = ChoiceFilter(
        gettext_lazy("Customer"), YES_NO, _has_bought, help_text=gettext_lazy("Whether a deal with it was ever won.")
    )

    class Meta:
        model = Company
        fields: list[str] = []


def register(name: str, filter_: Filter) -> None:
    """Add a filter of an upper room to the lists of leads, their chips and the API.

    Raises:
        ValueError: leads have a filter of this name already.
    """
    if name in LeadFilter.base_filters or name.startswith(CUSTOM):
        raise ValueError(f"The filter {name!r} is registered twice.")
    LeadFilter.base_filters[name] = filter_


def entries() -> Mapping[str, Filter]:
    """All filters of leads, for the guard test."""
    return dict(LeadFilter.base_filters)
