"""The list of companies, and what each one's leads add up to."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count as CountOf
from django.db.models import Sum

from leads.funnel.models import Stage
from leads.records import policies
from leads.records.filters import COMPANY_SORTING, CompanyFilter
from leads.records.models import Company, Deal, Lead
from leads.records.presenters.listing import PAGE_SIZE, RecordList
from workspace.http import SignedInRequest
from workspace.money.currencies import CURRENCY
from workspace.paging import Page


@dataclass(frozen=True)
class CompanyRow:
    """A company with the number of its open leads, and what it bought in the workspace's currency."""

    company: Company
    open_leads: int
    won_value: Decimal | None


class CompanyList(RecordList[Company]):
    """One page of the list of companies, as an address asks for it."""

    url_name = "records:companies"
    counts_url_name = "records:company_counts"
    filter_url_name = "records:company_filter"

    def __init__(self, request: SignedInRequest) -> None:
        super().__init__(request)
        self.may_change = policies.may_change_company(request.user)
        self.filterset = CompanyFilter(self.query, Company.objects.visible_to(request.user), request=request)

    @cached_property
    def page(self) -> Page[Company]:
        """The rows at the cursor, by name.

        Raises:
            BadCursor: the cursor is of another list.
        """
        rows = self.filterset.qs.select_related("account_owner")
        return COMPANY_SORTING.keyset(rows, COMPANY_SORTING.default, size=PAGE_SIZE).page(self.cursor)

    @cached_property
    def rows(self) -> list[CompanyRow]:
        """Costs two queries beyond the page, at any length."""
        there = Lead.objects.visible_to(self.person).open().filter(company__in=self.page.items)
        leads = dict(there.values_list("company").annotate(CountOf("pk")).order_by())
        won = Deal.objects.filter(
            lead__company__in=self.page.items, lead__deleted_at=None, outcome=Stage.Kind.WON
        ).values_list("lead__company")
        values = dict(won.annotate(Sum("value_base")).order_by())
        return [CompanyRow(company, leads.get(company.pk, 0), values.get(company.pk)) for company in self.page.items]

    @cached_property
    def currency(self) -> str:
        """The workspace's own, in which sums are shown. Costs one query."""
        return CURRENCY.get()

    @cached_property
    def has_any(self) -> bool:
        """Whether the visitor sees any company at all. Costs a query; asked only where the page is empty."""
        return Company.objects.visible_to(self.person).exists()
