"""How other programs come in, and how they hear of what happens."""

from workspace.hooks.models.tokens import Token, TokenQuerySet
from workspace.hooks.models.webhooks import ALL_EVENTS, Delivery, DeliveryQuerySet, Endpoint, EndpointQuerySet

__all__ = [
    "ALL_EVENTS",
    "Delivery",
    "DeliveryQuerySet",
    "Endpoint",
    "EndpointQuerySet",
    "Token",
    "TokenQuerySet",
]
