"""What a page tells the browser about passkeys."""

import json

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(value: object) -> str:
    """`data-options="{{ js_data|as_json }}"`: plain JSON, which the template escapes for its attribute."""
    return json.dumps(value, cls=DjangoJSONEncoder)
