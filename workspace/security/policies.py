"""Who may do what about signing in."""

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from workspace.people.models import Person
from workspace.security.factors import with_second_factors


def is_second_factor_demanded(person: Person) -> bool:
    """Whether a role of `person` needs one. Known from the query that read the visitor, else costs one."""
    return _known(person, "needs_second_factor")


def has_second_factor(person: Person) -> bool:
    """Whether `person` has set one up. Known from the query that read the visitor, else costs one."""
    return _known(person, "has_second_factor")


def owes_second_factor(request: HttpRequest, person: Person) -> bool:
    """Whether `person` must set a second factor up before anything else in this session."""
    if not is_second_factor_demanded(person) or has_second_factor(person):
        return False
    return not came_by_trusted_provider(request, person)


def came_by_trusted_provider(request: HttpRequest, person: Person) -> bool:
    """Whether this session began at a single sign-on that asks for a second factor itself, as the operator says."""
    if not settings.OIDC_ASKS_SECOND_FACTOR:
        return False
    return any(record.get("method") == "socialaccount" for record in get_authentication_records(request, person))


def _known(person: Person, fact: str) -> bool:
    if not hasattr(person, fact):
        person = with_second_factors(Person.objects.all()).get(pk=person.pk)
    return bool(getattr(person, fact))
