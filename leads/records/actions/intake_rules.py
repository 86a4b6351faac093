"""What a row's values mean in the columns of a lead, new or known: references, worth, stage and dates, reasons, sleep."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.funnel.models import Stage
from leads.records.actions.ending import not_before
from leads.records.actions.intake_entries import REFERENCES
from leads.records.actions.intake_known import Known
from leads.records.actions.intake_rows import Refused, Terms
from leads.records.fields import FIELDS
from leads.records.reasons import Why

SLEEP = frozenset({"asleep_until", "asleep_reason"})
# Whose deal is closed has nothing more to do.
AT_REST = {"next_step": "", "next_step_at": None}


class Rules:
    """The rules of one intake, on its terms and by what it knows. Each raises Refused where a row breaks it."""

    def __init__(self, terms: Terms, known: Known) -> None:
        self.terms, self.known = terms, known

    def _demand_identity(self, values: Mapping[str, Any]) -> None:
        if values.get("email") or values.get("external_id") or values.get("phone"):
            return
        if values.get("company_name") and (values.get("first_name") or values.get("last_name")):
            return
        raise Refused(
            **{
                self.terms.match: _(
                    "A lead needs an e-mail address, a telephone number or an external id, or a name with a company."
                )
            }
        )

    def _references(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Ids by column; the name itself where the record is still to be made."""
        columns: dict[str, Any] = {}
        errors = {}
        for key, kind in REFERENCES.items():
            if key not in given:
                continue
            names = self.known.names[kind]
            pk = names.find(given[key])
            if pk is None and not names.makes:
                label = str(FIELDS[key].label).lower()
                errors[key] = _("No %(kind)s is called “%(given)s”.") % {"kind": label, "given": given[key][:80]}
            columns[f"{key}_id"] = pk or given[key]
        if errors:
            raise Refused(**errors)
        return columns

    def _set_company(self, values: dict[str, Any], given: Mapping[str, Any]) -> None:
        name, domain = given.get("company", ""), given.get("company_domain", "")
        if name or domain:
            found = self.known.companies.find(name, domain)
            values["company_id"] = found.pk if found else (name, domain)
            values["company_name"] = found.name if found else name or domain

    def _set_worth(self, values: dict[str, Any], given: Mapping[str, Any], *, on: datetime) -> None:
        amount = given.get("value")
        currency = given.get("currency") or (self.known.rates.base if amount is not None else "")
        values["currency"] = currency
        if amount is not None:
            values["value"] = amount
            values["value_base"] = self.known.rates.to_base(amount, currency, on.date())

    def _stage(self, given: Mapping[str, Any]) -> Stage | None:
        if "stage" not in given:
            return None
        stage = self.known.stages.find(given["stage"])
        if stage is None:
            raise Refused(stage=_("No stage is called “%s”.") % given["stage"][:80])
        return stage

    def _dates(self, given: Mapping[str, Any], stage: Stage) -> tuple[datetime, datetime | None]:
        """When the lead was made and closed. Of a closed one with only one date both are that; without any, it is now."""
        at = self.terms.at
        created_at, closed_at = given.get("created_at"), given.get("closed_at")
        if created_at is not None and created_at > at:
            raise Refused(created_at=_("This day is still to come."))
        if stage.is_open:
            if closed_at is not None:
                raise Refused(closed_at=_("The lead is closed, but its stage “%s” is an open one.") % stage)
            return created_at or at, None
        if closed_at is not None and closed_at > at:
            raise Refused(closed_at=_("This day is still to come."))
        if created_at is not None and closed_at is not None:
            closed_at = not_before(closed_at, created_at)
            if closed_at is None:
                raise Refused(closed_at=_("It was closed before it was created."))
        return created_at or closed_at or at, closed_at or created_at or at

    def _why(self, stage: Stage, given: Mapping[str, Any]) -> Why | None:
        """Why the lead was lost or disqualified; those of a file may come without a reason."""
        try:
            return self.known.reasons.read(stage, given.get("lost_reason"), from_file=True)
        except ValidationError as error:
            raise Refused(lost_reason=" ".join(error.messages)) from error

    def _take_care(self, values: dict[str, Any]) -> None:
        """An open lead that sleeps waits for nobody to sort it."""
        terms = self.terms
        if values["closed_at"] is None and terms.asleep_until is not None and "asleep_until" not in values:
            values["asleep_until"] = terms.asleep_until
            values.setdefault("asleep_reason", terms.asleep_reason)
        self._demand_whole_sleep(values)
        if terms.sort_by_id and values["closed_at"] is None and not values.get("asleep_until"):
            values["to_sort_by_id"], values["to_sort_until"] = terms.sort_by_id, terms.sort_until

    def _demand_whole_sleep(self, values: dict[str, Any]) -> None:
        """A lead sleeps until a day and for a reason; where a file says no reason, it is the file."""
        until, reason = values.get("asleep_until"), values.get("asleep_reason")
        if until and not reason:
            values["asleep_reason"] = (_("As %s says.") % self.terms.file)[:200]
        elif reason and not until:
            raise Refused(asleep_until=_("Say until when it sleeps."))
