"""Filters as chips in words, and filters that read their index in the order of the list."""

from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from leads.records.models import Company, Lead
from leads.records.tests.factories import CompanyFactory, lead, person
from leads.records.tests.filtering import leads, two_leads
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def mara() -> Person:
    return person("Mara Lind", Role.MARKETER)


@pytest.fixture
def two(sami: Person, mara: Person) -> tuple[Lead, Lead]:
    return two_leads(sami, mara)


CHIPS = {
    "stage=mql&stage=sal": ("Stage", "MQL or SAL"),
    "stage=new&stage=mql&stage=sal": ("Stage", "New, MQL or SAL"),
    "owner=me": ("Owner", "Sami Rep"),
    "department=S": ("Department", "Sales"),
    "has_no=email&has_no=phone": ("Has no", "e-mail, telephone"),
    "next_step=this_week": ("Next step", "this week"),
    "value_min=1200": ("Value from", "1,200"),
    "created_before=2026-11-22": ("Created until", "Nov. 22, 2026"),
    "created_after=2026-11-22T09:30:00Z": ("Created from", "Nov. 22, 2026, 9:30 a.m."),
    "active_in=7": ("Active", "in the last 7 days"),
    "custom.eu__wide=1": ("Eu__Wide", "yes"),
    "custom.uses=gas,oil": ("Uses", "gas, oil"),
    "company=kestrel.example": ("Company", "Kestrel Öl"),
    "q= ada ": ("Search", "ada"),
}


def test_a_chip_says_its_filter_in_words(two: tuple[Lead, Lead], sami: Person) -> None:
    for query, said in CHIPS.items():
        assert [(chip.label, chip.words, chip.error) for chip in leads(query, by=sami).chips()] == [(*said, "")]


def test_a_chip_leads_to_the_list_without_it_from_the_top(two: tuple[Lead, Lead]) -> None:
    stage, tag = leads("stage=mql&stage=sal&tag=hot&sort=-value&cursor=abc").chips()

    assert stage.url_without == "?tag=hot&sort=-value"
    assert tag.url_without == "?stage=mql&stage=sal&sort=-value"
    assert leads("tag=hot").chips()[0].url_without == "?"


def test_chips_cost_no_more_than_the_filters_themselves(
    two: tuple[Lead, Lead], sami: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filterset = leads("stage=mql&owner=me&tag=hot&has_no=email", by=sami)
    with django_assert_num_queries(3):  # the stage, the tag, the leads
        list(filterset.qs)
        filterset.chips()


@pytest.fixture
def many(sami: Person) -> None:
    """Enough leads that a plan through an index is worth it: one in two hundred is Sami's, in `sal` and from the fair."""
    company = CompanyFactory.create()
    seed = lead("seed@plain.example", stage="sal", owner=sami, source="Fair", company=company, value=Decimal(1))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO leads_records_lead (external_id, first_name, last_name, email, phone, job_title, industry, country,
                city, buying_role, currency, next_step, asleep_reason, crm_url, created_at, stage_entered_at,
                furthest_stage_id, stage_id, owner_id, source_id, company_id)
            SELECT 'E' || n, 'First' || n, 'Last' || n, 'm' || n || '@many.example', '', '', '', '', '', '', '', '', '', '',
                now() - n * interval '1 minute', now(), s.id,
                CASE WHEN n %% 200 = 0 THEN seed.stage_id ELSE s.id END,
                CASE WHEN n %% 200 = 0 THEN seed.owner_id END, CASE WHEN n %% 200 = 0 THEN seed.source_id END,
                CASE WHEN n %% 200 = 0 THEN seed.company_id END
            FROM generate_series(1, 5000) AS n, leads_records_lead AS seed, leads_funnel_stage AS s
            WHERE seed.id = %s AND s.slug = 'new'
            """,
            [seed.pk],
        )
        cursor.execute("SELECT gin_clean_pending_list('lead_search')")
        cursor.execute("ANALYZE leads_records_lead")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("stage=sal", "lead_by_stage"),
        ("owner=me", "lead_by_owner"),
        ("source=fair", "lead_by_source"),
        ("company=1", "lead_by_company"),
        ("q=last4321", "lead_search"),
        ("email=m77@many.example", "lead_email_is_unique"),
        ("external_id=E77", "lead_external_id_is_unique"),
    ],
)
def test_a_filter_reads_its_index_in_the_order_of_the_list(many: None, sami: Person, query: str, index: str) -> None:
    query = query.replace("company=1", f"company={Company.objects.get().pk}")
    plan = leads(query, by=sami).qs.order_by("-created_at", "-pk")[:50].explain()

    assert index in plan
    assert "Seq Scan on leads_records_lead" not in plan
