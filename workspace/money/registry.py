"""What money makes known: who keeps the rates, and the journal's words for it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs
from workspace.money.models import ExchangeRate
from workspace.people import roles
from workspace.verbs import Verb

subjects.register(
    subjects.Subject(
        kind="rate",
        model=ExchangeRate,
        label=_("exchange rate"),
        url=lambda rate: reverse("admin:workspace_money_exchangerate_change", args=[rate.pk]),
        title=str,
        # Every reader of a sum may know by which rate it was made.
        visible_to=lambda _person: ExchangeRate.objects.all(),
    )
)
verbs.register(
    Verb("rate.set", _("Exchange rate set"), _("set {currency} to {rate}"), "coins"),
    Verb("rate.removed", _("Exchange rate removed"), _("removed the rate of {currency} from {day}"), "coins"),
)

roles.grant(
    [f"workspace_money.{act}_exchangerate" for act in ("view", "add", "change", "delete")], [roles.Role.ADMINISTRATOR]
)
