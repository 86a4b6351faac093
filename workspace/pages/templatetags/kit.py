"""The parts that every page draws with: icons, letters, clocks, moments, people, forms. Built in, no `{% load %}`.

For links that change a query string use Django's own `{% querystring stage="mql" cursor=None %}`.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import RequestContext
from django.template.engine import Engine
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from workspace.pages import wording
from workspace.paging import Count
from workspace.people.models import Department, Person
from workspace.slots import Part

register = template.Library()

_STATE_ICONS: Final = {"kept": "check", "warned": "clock", "missed": "circle-alert"}
_RING: Final = 'class="{}" cx="7" cy="7" r="5.25"'


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A lucide icon. Decoration, unless `label` says what it means."""
    return _drawn(str(name), str(label))


@lru_cache(maxsize=512)
def _drawn(name: str, label: str) -> SafeString:
    meaning = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return mark_safe(lucide(name, size=None, **{"class": "icon"}, **meaning))  # noqa: S308 - serialised by ElementTree


@register.simple_tag
def dept(letters: str | Iterable[str]) -> SafeString:
    """The square of a department, `M` or `S`; of both, joined, for `MS`. Nothing for somebody in neither."""
    squares = [
        format_html(
            '<span class="dept dept-{}" role="img" aria-label="{}" title="{}">{}</span>',
            key.value.lower(), key.label, key.label, key.value,
        )
        for key in Department.Key
        if key.value in list(letters)
    ]  # fmt: skip
    joined = format_html_join("", "{}", ((square,) for square in squares))
    return format_html('<span class="both">{}</span>', joined) if len(squares) > 1 else joined


@register.simple_tag
def both() -> SafeString:
    """The two squares on the seam: what both departments have signed or share."""
    return dept("MS")


@register.simple_tag
def owes(debtor: str, creditor: str) -> SafeString:
    """M → S: marketing owes sales."""
    return format_html('<span class="owes">{}{}{}</span>', dept(debtor), icon("arrow-right", _("owes")), dept(creditor))


@register.simple_tag
def stage(letter: str, name: str) -> SafeString:
    """A stage: the letter of its owner department and its name."""
    return format_html('<span class="stage">{}{}</span>', dept(letter), name)


@register.simple_tag
def grade(value: str | None) -> SafeString:
    """A grade such as `A1`: fit, then engagement; dark is strong. A dash while there is none."""
    if not value:
        return _nothing(_("no grade yet"))
    fit, engagement = value[:1], value[1:]
    return format_html(
        '<span class="grade" title="{}"><span class="lv{}">{}</span><span class="lv{}">{}</span></span>',
        _("Fit %(fit)s, engagement %(engagement)s") % {"fit": fit, "engagement": engagement},
        "ABCD".index(fit) + 1, fit, engagement, engagement,
    )  # fmt: skip


@register.simple_tag
def state(words: str, kind: str = "") -> SafeString:
    """A state in words; `kind` is kept, warned or missed for those three, and nothing for the grey rest."""
    if not kind:
        return format_html('<span class="state">{}</span>', words)
    return format_html('<span class="state is-{}">{}{}</span>', kind, icon(_STATE_ICONS[kind]), words)


@register.simple_tag
def clock(kind: str, done: float, words: str, exact: str = "", *, large: bool = False) -> SafeString:
    """A ring that is filled to `done` per cent of the working time, and words. `exact` is the moment it ends.

    `kind` is running, paused, warned, missed or kept.
    """
    track, part = format_html(_RING, "ring-track"), format_html(_RING, "ring-done")
    ring = format_html(
        '<svg class="ring" viewBox="0 0 14 14" aria-hidden="true"><circle {}/>'
        '<circle {} pathLength="100" stroke-dasharray="{} 100" transform="rotate(-90 7 7)"/></svg>',
        track, part, max(0, min(100, round(done))),
    )  # fmt: skip
    name = "clock clock-lg" if large else "clock"
    return format_html('<span class="{}" data-state="{}" title="{}">{}{}</span>', name, kind, exact, ring, words)


@register.simple_tag
def avatar(person: Person | None, size: str = "") -> SafeString:
    """Initials in a circle, `size` md or lg for larger ones. Decoration: the name stands beside it."""
    classes = f"avatar avatar-{size}" if size else "avatar"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, person.initials if person else "?")


@register.simple_tag
def person(somebody: Person | None, letter: str = "", *, short: bool = False) -> SafeString:
    """A person with avatar and name, and with the letter of the department they stand for here; a dash for nobody."""
    if somebody is None:
        return _nothing(_("nobody"))
    return format_html(
        '<span class="person" title="{}">{}{}<span class="truncate">{}</span></span>',
        somebody, dept(letter), avatar(somebody), somebody.short_name if short else somebody,
    )  # fmt: skip


@register.simple_tag
def ago(then: dt.datetime | None) -> SafeString:
    """“9 min ago”, with the exact moment in the title."""
    return _time(then, wording.ago(then, timezone.now())) if then else _nothing(_("never"))


@register.simple_tag
def age(then: dt.datetime | None) -> SafeString:
    """“9 min”, as a column shows it, with the exact moment in the title."""
    return _time(then, wording.age(then, timezone.now())) if then else _nothing(_("never"))


@register.simple_tag
def when(value: dt.datetime | dt.date | None) -> SafeString:
    """“today 11:12”, “Wed 18”, with the exact moment in the title."""
    return _time(value, wording.moment(value, timezone.now())) if value else _nothing(_("no date"))


@register.filter
def duration(seconds: float | dt.timedelta | None) -> str:
    """`{{ passage.seconds|duration }}`: “3 d 4 h”."""
    return wording.NOTHING if seconds is None else wording.duration(seconds)


@register.filter
def money(amount: Decimal | float | None, currency: str) -> str:
    """`{{ lead.value|money:lead.currency }}`: “€48,000”."""
    return wording.NOTHING if amount is None else wording.money(amount, currency)


@register.filter
def foldable(address: object) -> SafeString:
    """`{{ lead.email|foldable }}`: an address that a narrow column breaks behind its @ and before a dot, not within a word."""
    parts = re.split(r"(?<=@)|(?=\.)", str(address))
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


@register.filter
def counted(count: Count | int | None) -> str:
    """`{{ total|counted }}`: “1,257”, “10,000+”, “many”; nothing while nobody has counted."""
    return "" if count is None else wording.counted(count)


@register.simple_tag(takes_context=True)
def url_without(context: RequestContext, key: str, value: str | None = None) -> str:
    """The query string without `key`, or without one of its values, and back at the top of the list."""
    query = context["request"].GET.copy()
    kept = [other for other in query.getlist(key) if value is not None and other != str(value)]
    query.setlist(key, kept)
    query.pop("cursor", None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def show_parts(context: RequestContext, parts: Iterable[Part]) -> SafeString:
    """Draw the parts of a slot, each with its own context over the page's."""
    drawn = []
    engine = Engine.get_default()
    for part in parts:
        with context.push(**part.context):
            drawn.append((engine.get_template(part.template).render(context),))
    return format_html_join("", "{}", drawn)


@register.filter
def undo_url(message: Any) -> str:
    """The address that takes back what a message tells of, as `notices.tell` stored it."""
    tags = message.extra_tags or ""
    return tags if tags.startswith("/") else ""


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, hint: str = "", label: str = "", **attrs: str) -> dict[str, object]:
    """One field of any Django form: label above, help, error at the field. More `attrs` go to the control."""
    widget = bound.field.widget
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    check = isinstance(widget, CheckboxInput)
    attributes = {name.replace("_", "-"): value for name, value in attrs.items()}
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "is_group": group,
        "is_check": check,
        "control": bound if group else bound.as_widget(attrs=_with_class(bound, attributes)),
    }


@register.inclusion_tag("components/_error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """What needs the user, in one list that takes the focus; each line leads to its field. Nothing without errors."""
    problems = [(form[name], error) for name, errors in form.errors.items() if name in form.fields for error in errors]
    return {"problems": problems, "general": form.non_field_errors(), "count": len(form.errors)}


def _with_class(bound: BoundField, attrs: Mapping[str, str]) -> dict[str, Any]:
    widget = bound.field.widget
    kind = "form-control"
    if isinstance(widget, CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, Select):
        kind = "form-select"
    classes = f"{kind} {widget.attrs.get('class', '')} {attrs.get('class', '')}"
    return {**attrs, "class": " ".join(classes.split())}


def _time(value: dt.datetime | dt.date, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), wording.exactly(value), words)


def _nothing(meaning: str) -> SafeString:
    return format_html(
        '<span class="muted" title="{}">{}<span class="sr">{}</span></span>',
        meaning, wording.NOTHING, conditional_escape(meaning),
    )  # fmt: skip
