"""Addresses of the pages of integrations, below the settings."""

from django.urls import path

from workspace.integrations.views import tokens, webhooks

app_name = "integrations"

urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="revoke"),
    path("webhooks/", webhooks.index, name="webhooks"),
    path("webhooks/new/", webhooks.new, name="new_webhook"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:pk>/switch/", webhooks.switch, name="switch_webhook"),
    path("webhooks/<int:pk>/try/", webhooks.try_out, name="try_webhook"),
    path("webhooks/<int:pk>/remove/", webhooks.remove, name="remove_webhook"),
    path("webhooks/<int:pk>/replay/<int:delivery>/", webhooks.replay, name="replay"),
]
