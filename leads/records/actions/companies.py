"""Companies: made, changed, and their leads' copy of the name kept true."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from leads.records import custom, policies
from leads.records.actions.seen import Changed, Seen, demand_seen, stale
from leads.records.models import Company, Lead
from leads.records.values import clean_domain
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal import actions as journal
from workspace.people.models import Person

EDITABLE = (
    "name", "domain", "industry", "country", "city", "phone", "people_count", "account_owner", "customer_since_date",
    "renewal_date",
)  # fmt: skip
# More leads than this get the new name in the background, in steps of this many.
RENAME_STEP = 1_000


@transaction.atomic
def create_company(values: Mapping[str, Any], *, by: Person | None, at: datetime, is_demo: bool = False) -> Company:
    """Make a company of cleaned `values`.

    Raises:
        PermissionDenied: `by` may not make companies.
        ValidationError: by field; a domain that another company has.
    """
    if by is not None and not by.has_perm("leads_records.add_company"):
        raise PermissionDenied(_("You may look at companies, but not make new ones."))
    company = Company(created_at=at, is_demo=is_demo)
    _set(company, values)
    company.save(force_insert=True)
    company.refresh_from_db(fields=["sort_name", "search_text"])
    journal.record("company.created", subject=company, by=by, at=at, is_demo=is_demo, name=company.name)
    return company


@transaction.atomic
def change_company(
    company: Company, values: Mapping[str, Any], *, by: Person | None, at: datetime, seen: Seen | None = None
) -> Company:
    """Change a company by cleaned `values`, and return it as stored; a new name reaches its leads soon.

    `seen` are the marks of what its author was shown.

    Raises:
        PermissionDenied: `by` may not change companies.
        ChangedMeanwhile: somebody else changed one of the same fields since.
        ValidationError: by field; a domain that another company has.
    """
    if by is not None and not policies.may_change_company(by):
        raise PermissionDenied(_("You may look at companies, but not change them."))
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    gone = stale(company, seen or {})
    changes = _set(company, values)
    if not changes:
        return company
    demand_seen(company, changes, gone)
    company.save(update_fields=[*EDITABLE, "custom"])
    company.refresh_from_db(fields=["version", "sort_name", "search_text"])
    journal.record(
        "company.edited",
        subject=company,
        by=by,
        at=at,
        is_demo=company.is_demo,
        changes=[change.as_fact() for change in changes],
    )
    if any(change.field == "name" for change in changes):
        _rename_at_leads(company, by=by, at=at)
    return company


def _set(company: Company, values: Mapping[str, Any]) -> list[Changed]:
    given = dict(values)
    own = custom.clean("company", given.pop("custom", {}), is_new=company.pk is None)
    if unknown := sorted(set(given) - set(EDITABLE)):
        raise ValidationError({key: _("This cannot be changed here.") for key in unknown})
    before = {key: getattr(company, key) for key in given}
    for key, value in given.items():
        setattr(company, key, value)
    if "domain" in given:
        company.domain = _domain(company.domain)
    changed_own = [Changed(*change) for change in own.changes(company.custom)]
    company.custom = own.onto(company.custom)
    _demand_unique(company)
    company.full_clean(exclude=["custom", "sort_name", "search_text", "merged_into"])
    labels = {field.name: str(field.verbose_name) for field in Company._meta.fields}
    changes = [
        Changed.between(key, labels[key].capitalize(), old, getattr(company, key))
        for key, old in before.items()
        if old != getattr(company, key)
    ]
    return changes + changed_own


def _domain(given: str) -> str:
    try:
        return clean_domain(given)
    except ValidationError as error:
        raise ValidationError({"domain": error.messages}) from error


def _demand_unique(company: Company) -> None:
    """No other living company has the domain. Costs one query where it is filled.

    Raises:
        ValidationError: another one has it.
    """
    same = Company.objects.living().filter(domain=company.domain).exclude(pk=company.pk)
    if company.domain and (other := same.first()) is not None:
        raise ValidationError({"domain": _("%(name)s has this domain already.") % {"name": other}})


def _rename_at_leads(company: Company, *, by: Person | None, at: datetime) -> None:
    if rename_some(company) == RENAME_STEP:
        title = _("New name of %s at its leads") % company
        jobs.start("leads.records.rename_company", title=title, by=by, at=at, params={"company": company.pk})


def rename_some(company: Company) -> int:
    """Give the company's name to at most `RENAME_STEP` leads that bear another; returns how many."""
    stale = Lead.objects.filter(company=company).exclude(company_name=company.name).order_by("pk")
    ids = list(stale.select_for_update(no_key=True).values_list("pk", flat=True)[:RENAME_STEP])
    return Lead.objects.filter(pk__in=ids).update(company_name=company.name)


def rename_steps(job: Job) -> Iterator[None]:
    """The job's steps: the same as `rename_some` until nobody bears the old name."""
    while True:
        company = Company.objects.get(pk=job.params["company"])
        renamed = rename_some(company)
        if not renamed:
            return
        job.done += renamed
        yield
