"""Leads of one file that hand their addresses and numbers round: the rows count in their order, whatever is written first."""

import pytest

from leads.imports.tests.bringing import bring, counts, only_lead, refused
from leads.records.tests.factories import lead

pytestmark = pytest.mark.django_db

BY_ID = {"id": "external_id", "mail": "email"}


def addresses() -> dict[str, str]:
    return {key: only_lead(external_id=key).email for key in ("X1", "X2")}


def test_two_leads_may_change_their_addresses_by_way_of_a_third() -> None:
    lead("one@kestrel.example", external_id="X1")
    lead("two@kestrel.example", external_id="X2")

    done = bring(
        "id,mail\nX1,t@kestrel.example\nX2,one@kestrel.example\nX1,two@kestrel.example\n", BY_ID, match="external_id"
    )

    assert counts(done) == (0, 3, 0, 0)
    assert addresses() == {"X1": "two@kestrel.example", "X2": "one@kestrel.example"}


def test_a_new_lead_may_have_the_address_that_a_known_one_has_given_up() -> None:
    lead("one@kestrel.example", external_id="X1")

    done = bring("id,mail\nX1,t@kestrel.example\nX2,one@kestrel.example\n", BY_ID, match="external_id")

    assert counts(done) == (1, 1, 0, 0)
    assert addresses() == {"X1": "t@kestrel.example", "X2": "one@kestrel.example"}


def test_an_address_that_is_not_given_up_before_the_row_stays() -> None:
    lead("one@kestrel.example", external_id="X1")
    lead("two@kestrel.example", external_id="X2")

    done = bring("id,mail\nX2,one@kestrel.example\nX1,t@kestrel.example\n", BY_ID, match="external_id")

    assert counts(done) == (0, 1, 0, 1)
    assert "has this e-mail address already" in refused(done)[0]
    assert addresses() == {"X1": "t@kestrel.example", "X2": "two@kestrel.example"}
