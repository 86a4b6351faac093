"""The filters of the log of a webhook, for page and API."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.filtering import ChoiceFilter, FilterSet
from workspace.hooks.models import Delivery
from workspace.sorting import Column, Sorting

DELIVERY_SORTING = Sorting({"id": Column("pk")}, default="-id")


class DeliveryFilter(FilterSet):
    """The filters of deliveries."""

    state = ChoiceFilter(_("State"), dict(Delivery.State.choices), lambda state: Q(state=state), many=True)
