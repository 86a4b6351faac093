"""Acting on a lead as its page does."""

from typing import Any

from django.test import Client
from django.urls import reverse

from leads.records.models import Lead

HTMX = {"HX-Request": "true"}


def act(client: Client, name: str, one: Lead, data: dict[str, Any], *extra: str, htmx: bool = False) -> Any:
    url = reverse(f"records:{name}", args=[one.pk, *extra])
    return client.post(url, data, headers=HTMX if htmx else {})


def shows_whole_lead(response: Any) -> bool:
    """Whether htmx puts the whole lead in its place and closes the sheet."""
    is_told = response["HX-Retarget"] == "#lead" and response["HX-Reswap"] == "outerHTML"
    return is_told and "sheet:close" in response["HX-Trigger"] and '<div class="record" id="lead"' in response.text
