"""The cells of one row of the list of leads, each drawn by the template of its column."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def cells(context: RequestContext, columns: Iterable[Any], row: Any, *, takes_focus: bool = False) -> SafeString:
    """Draw the cells. Their templates are looked up once a list: five hundred includes would take longer than the cells."""
    drawn = []
    with context.push(row=row, lead=row.lead, takes_focus=takes_focus):
        for shown in columns:
            context["column"], context["value"] = shown, shown.column.read(row.lead)
            drawn.append(shown.nodes.render(context))
    return mark_safe("".join(drawn))  # noqa: S308 - each was drawn, and escaped, by its template
