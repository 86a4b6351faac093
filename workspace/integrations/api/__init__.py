"""Integrations by the API."""

from workspace.integrations.api.tokens import TokenViewSet
from workspace.integrations.api.webhooks import WebhookViewSet

__all__ = ["TokenViewSet", "WebhookViewSet"]
