"""Otto names Mara in remarks on the department of sales, which everybody sees."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from workspace.notices.models import Notice
from workspace.people.models import Department, Person
from workspace.remarks import actions as remarks

Name = Callable[..., Notice]


@pytest.fixture
def sales(db: None) -> Department:
    return Department.objects.get(key="S")


@pytest.fixture
def name(otto: Person, mara: Person, sales: Department) -> Name:
    """`name("Look")`: Otto names Mara (or whom `whom` says) beside a text; answers the notice."""

    def named(text: str = "Look", whom: Person | None = None) -> Notice:
        reader = whom or mara
        remarks.say(sales, f"{text}, @{reader.email}", by=otto, at=timezone.now())
        return Notice.objects.filter(person=reader).latest("pk")

    return named
