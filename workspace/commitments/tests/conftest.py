"""Who owes whom: Priya does marketing and Leo leads it, Mara sells and Ruth leads sales, Tomasz leads both."""

import pytest

from workspace.commitments.options import PRACTICE
from workspace.options import actions as options
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW
from workspace.tests.people import person


@pytest.fixture
def priya(db: None) -> Person:
    return person("Priya Raman", Role.MARKETER, "M")


@pytest.fixture
def leo(db: None) -> Person:
    return person("Leo Castell", Role.DEPARTMENT_LEAD, "M")


@pytest.fixture
def ruth(db: None) -> Person:
    return person("Ruth Aalto", Role.DEPARTMENT_LEAD, "S")


@pytest.fixture
def tomasz(db: None) -> Person:
    return person("Tomasz Wilk", Role.REVENUE_LEAD, "MS")


@pytest.fixture
def for_real(db: None) -> None:
    """The revenue lead has started the clocks."""
    options.change(PRACTICE, False, by=None, at=NOW)
