"""What holds for every template: the content security policy forbids anything inline, and fragments say what they need."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from workspace.pages import navigation
from workspace.pages.templatetags import kit

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path for path in ROOT.rglob("*.html"))
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle=|<style", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "an inline handler": re.compile(r"\son[a-z]+=|hx-on|\sjs:", re.I),
    "a trigger filter": re.compile(r"hx-trigger=\"[^\"]*\["),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_compiles_holds_nothing_inline_and_says_first_what_it_shows(template: Path) -> None:
    source = template.read_text()

    get_template(str(template.relative_to(ROOT)))
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]

    assert found == []
    assert re.match(r"\{# .+ #\}\n", source), "the first line is a comment: what it shows, needs, may have"
    assert source.count("\n") <= 120


def test_every_icon_that_a_template_names_exists() -> None:
    names = {name for path in TEMPLATES for name in re.findall(r'(?:% icon |\bicon=)"([a-z0-9-]+)"', path.read_text())}

    assert "search" in names
    for name in names | {place.icon for place in navigation.entries()}:
        assert "<svg" in kit.icon(name)
