"""Who has a second factor, and of whom one is demanded, as parts of one query about people."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.security.options import SECOND_FACTOR_ROLES

# Recovery codes open the door when a factor is lost; alone they are none.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# SQL as it is, since every request reads its visitor by it: put together from expressions it costs several times as much.
_HAS_ONE = """
EXISTS (SELECT FROM mfa_authenticator factor
        WHERE factor.user_id = workspace_people_person.id AND factor.type = ANY(%s))
"""
# Who may everything is an administrator, with the role or without.
_NEEDS_ONE = """
EXISTS (SELECT FROM workspace_options_storedoption demanded
        WHERE demanded.key = %s
          AND ((workspace_people_person.is_superuser AND demanded.value ? %s)
               OR demanded.value ?| ARRAY(SELECT role.name::text FROM workspace_people_person_groups held
                                          JOIN auth_group role ON role.id = held.group_id
                                          WHERE held.person_id = workspace_people_person.id)))
"""


def with_second_factors(people: QuerySet[Person, Any]) -> QuerySet[Person, Any]:
    """`people` with `has_second_factor` and `needs_second_factor` (demanded of a role they hold, whether met or not).

    Costs no query of its own, so that every request knows it from the one that reads the visitor.
    """
    needs = (SECOND_FACTOR_ROLES.key, Role.ADMINISTRATOR.value)
    return people.annotate(
        has_second_factor=RawSQL(_HAS_ONE, (list(KINDS),), BooleanField()),  # noqa: S611 - our own words
        needs_second_factor=RawSQL(_NEEDS_ONE, needs, BooleanField()),  # noqa: S611 - our own words
    )


def codes_left(codes: Authenticator) -> int:
    """How many recovery codes were not used yet, without unsealing any."""
    used: int = codes.data["used_mask"].bit_count()
    return int(app_settings.RECOVERY_CODE_COUNT) - used
