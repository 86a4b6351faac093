"""Who has a second factor, and of whom one is demanded, as parts of one query about people."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, QuerySet, TextField

from workspace.options.models import StoredOption
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.security.options import SECOND_FACTOR_ROLES

# Recovery codes open the door when a factor is lost; alone they are none.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class _Elements(Func):
    """The words of a JSON list, one a row."""

    function = "jsonb_array_elements_text"
    output_field: Any = TextField()
    set_returning = True


def with_second_factors(people: QuerySet[Person, Any]) -> QuerySet[Person, Any]:
    """`people` with `has_second_factor` and `needs_second_factor` (demanded of a role they hold, whether met or not).

    Costs no query of its own, so that every request knows it from the one that reads the visitor.
    """
    option = StoredOption.objects.filter(key=SECOND_FACTOR_ROLES.key)
    demanded = option.annotate(role=_Elements(F("value"))).values("role")
    held = Group.objects.filter(user=OuterRef("pk"), name__in=demanded)
    # Who may everything is an administrator, with the role or without.
    above_all = Q(is_superuser=True) & Exists(option.filter(value__contains=[Role.ADMINISTRATOR.value]))
    return people.annotate(
        has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=KINDS)),
        needs_second_factor=ExpressionWrapper(Exists(held) | above_all, output_field=BooleanField()),
    )


def codes_left(codes: Authenticator) -> int:
    """How many recovery codes were not used yet, without unsealing any."""
    used: int = codes.data["used_mask"].bit_count()
    return int(app_settings.RECOVERY_CODE_COUNT) - used
