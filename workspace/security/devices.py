"""Devices in words: “Firefox on Linux”, from what a browser says of itself."""

import re
from typing import Final

from django.utils.translation import gettext as _

# In this order: Edge and Opera also call themselves Chrome, Chrome calls itself Safari, an iPhone has “Mac OS X” in it.
_BROWSERS: Final = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"\b(?:OPR|Opera)/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Headless)?(?:Chrome|CriOS)/")),
    ("Safari", re.compile(r"\bSafari/")),
)
_SYSTEMS: Final = (
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("Chromebook", re.compile(r"\bCrOS\b")),
    ("Mac", re.compile(r"\bMac(?:intosh| OS X)\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)
_MOBILE: Final = {"iPhone", "iPad", "Android"}


def describe(user_agent: str) -> str:
    """The browser and the system, as far as they are known."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("a device that does not say what it is")


def is_mobile(user_agent: str) -> bool:
    """Whether it is a phone or a tablet."""
    return _first(_SYSTEMS, user_agent) in _MOBILE


def _first(known: tuple[tuple[str, re.Pattern[str]], ...], user_agent: str) -> str:
    return next((name for name, sign in known if sign.search(user_agent)), "")
