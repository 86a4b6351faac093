"""The fields of a lead by the names that forms, files and the API share.

Their values are cleaned without the database; `leads.records.references` then turns names into records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.audience.models import BuyingRole
from leads.records import values


class Kind(StrEnum):
    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"
    NUMBER = "number"
    MONEY = "money"
    CURRENCY = "currency"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    LINK = "link"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"
    REFERENCES = "references"
    CONSENT = "consent"


@dataclass(frozen=True)
class LeadField:
    """One field. `refers_to` names the kind of record a reference speaks of; an unknown one is made where `makes` says so."""

    key: str
    label: str | Promise
    kind: Kind = Kind.TEXT
    max_length: int | None = None
    refers_to: str = ""
    makes: bool = False
    choices: tuple[str, ...] = ()
    on_deal: bool = False
    only_new: bool = False
    is_personal: bool = False


def _text(key: str, label: Any, length: int, *, is_personal: bool = False) -> LeadField:
    return LeadField(key, label, Kind.TEXT, length, is_personal=is_personal)


def _reference(key: str, label: Any, refers_to: str, *, makes: bool = False, on_deal: bool = False) -> LeadField:
    return LeadField(key, label, Kind.REFERENCE, 200, refers_to=refers_to, makes=makes, on_deal=on_deal)


FIELDS: dict[str, LeadField] = {
    field.key: field
    for field in (
        _text("external_id", gettext_lazy("External id"), 120),
        _text("first_name", gettext_lazy("First name"), 120, is_personal=True),
        _text("last_name", gettext_lazy("Last name"), 120, is_personal=True),
        LeadField("email", gettext_lazy("E-mail"), Kind.EMAIL, 254, is_personal=True),
        LeadField("phone", gettext_lazy("Telephone"), Kind.PHONE, 60, is_personal=True),
        _text("job_title", gettext_lazy("Job title"), 160, is_personal=True),
        _reference("company", gettext_lazy("Company"), "company", makes=True),
        LeadField("company_domain", gettext_lazy("Company’s domain"), Kind.DOMAIN),
        _text("industry", gettext_lazy("Industry"), 120),
        _text("country", gettext_lazy("Country"), 80),
        _text("city", gettext_lazy("City"), 120),
        _reference("source", gettext_lazy("Source"), "source", makes=True),
        _reference("campaign", gettext_lazy("Campaign"), "campaign", makes=True),
        _reference("stage", gettext_lazy("Stage"), "stage"),
        _reference("owner", gettext_lazy("Owner"), "person"),
        _reference("marketer", gettext_lazy("Marketer"), "person"),
        _reference("persona", gettext_lazy("Persona"), "persona"),
        LeadField(
            "buying_role",
            gettext_lazy("Role in the buying"),
            Kind.CHOICE,
            choices=tuple(str(v) for v in BuyingRole.values),
        ),
        LeadField("interests", gettext_lazy("Interests"), Kind.REFERENCES, 120, refers_to="interest", makes=True),
        _reference("offering", gettext_lazy("Offering"), "offering", makes=True, on_deal=True),
        LeadField("value", gettext_lazy("Value"), Kind.MONEY, on_deal=True),
        LeadField("currency", gettext_lazy("Currency"), Kind.CURRENCY, on_deal=True),
        LeadField("created_at", gettext_lazy("Created"), Kind.MOMENT, only_new=True),
        LeadField("closed_at", gettext_lazy("Closed"), Kind.MOMENT, only_new=True),
        # Longer than a name: “Other: …” carries words.
        LeadField("lost_reason", gettext_lazy("Reason"), Kind.REFERENCE, 1_000, refers_to="reason"),
        LeadField("next_step", gettext_lazy("Next step"), Kind.TEXT, 200, is_personal=True),
        LeadField("next_step_at", gettext_lazy("Next step on"), Kind.MOMENT),
        LeadField("asleep_until", gettext_lazy("Asleep until"), Kind.DATE),
        _text("asleep_reason", gettext_lazy("Why it sleeps"), 200, is_personal=True),
        LeadField("crm_url", gettext_lazy("Link to the CRM"), Kind.LINK, 500),
        LeadField("tags", gettext_lazy("Tags"), Kind.REFERENCES, 120, refers_to="tag", makes=True),
        LeadField("consent", gettext_lazy("Consent"), Kind.CONSENT),
    )
}
# Fields that a page or the API may write one by one at any time: not those of a new lead, nor what has an action of its own.
EDITABLE = tuple(
    key for key, field in FIELDS.items() if not field.only_new and key not in {"stage", "lost_reason", "company_domain"}
)
READ_ONLY = ("fit", "engagement", "grade", "care", "last_activity_at", "stage_entered_at", "furthest_stage")


def register(field: LeadField) -> None:
    """Make a field of an upper room known.

    Raises:
        ValueError: the key is registered already.
    """
    if field.key in FIELDS:
        raise ValueError(f"The lead field {field.key!r} is registered twice.")
    FIELDS[field.key] = field


def _clean_choice(field: LeadField, value: object) -> str:
    choice = values.clean_text(value).lower()
    if choice and choice not in field.choices:
        raise ValidationError(
            _("“%(choice)s” is none of %(choices)s.") % {"choice": choice[:40], "choices": ", ".join(field.choices)}
        )
    return choice


def _clean_reference(field: LeadField, value: object) -> str | int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return values.clean_text(value, field.max_length) or None


_cleaners: dict[Kind, Any] = {
    Kind.EMAIL: lambda _field, value: values.clean_email(value),
    Kind.PHONE: lambda _field, value: values.clean_phone(value),
    Kind.DOMAIN: lambda _field, value: values.clean_domain(value),
    Kind.NUMBER: lambda _field, value: values.clean_number(value),
    Kind.MONEY: lambda _field, value: values.clean_money(value),
    Kind.CURRENCY: lambda _field, value: values.clean_currency(value),
    Kind.DATE: lambda _field, value: values.clean_date(value),
    Kind.MOMENT: lambda _field, value: values.clean_moment(value),
    Kind.YES_NO: lambda _field, value: values.clean_yes_no(value),
    Kind.LINK: lambda field, value: values.clean_link(value, field.max_length),
    Kind.CONSENT: lambda _field, value: values.clean_consent(value),
    Kind.CHOICE: _clean_choice,
    Kind.REFERENCE: _clean_reference,
    Kind.REFERENCES: lambda field, value: values.clean_names(value, field.max_length),
    Kind.CHOICES: lambda field, value: values.clean_names(value, field.max_length),
    Kind.TEXT: lambda field, value: values.clean_text(value, field.max_length),
}
_EMPTY: dict[Kind, Any] = {Kind.REFERENCES: [], Kind.CHOICES: [], Kind.CONSENT: {}}
_NOTHING = {Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.MOMENT, Kind.YES_NO, Kind.REFERENCE}


def clean_value(field: LeadField, value: object) -> Any:
    """The value to be stored for `field`; None or an empty text become the field's own kind of nothing.

    Raises:
        ValidationError: the value does not fit; the message is a sentence for whoever gave it.
    """
    if value is None or value == "":
        return None if field.kind in _NOTHING else _EMPTY.get(field.kind, "")
    return _cleaners[field.kind](field, value)


def clean(values: Mapping[str, object]) -> dict[str, Any]:
    """All of `values` cleaned, by key; custom fields (`custom`, a mapping) are cleaned by `leads.records.custom`.

    Raises:
        ValidationError: by field, all that does not fit at once.
    """
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for key, value in values.items():
        field = FIELDS.get(key)
        if field is None:
            errors[key] = [_("A lead has no field of this name.")]
            continue
        try:
            cleaned[key] = clean_value(field, value)
        except ValidationError as error:
            errors[key] = error.messages
    if errors:
        raise ValidationError(errors)
    return cleaned
