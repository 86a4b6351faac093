"""Windows of a day as people write them: “09:00-13:00, 14:00-18:00”."""

import re
from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workspace.worktime.hours import DAY_MINUTES, Window, Windows, merged

MOST_WINDOWS: Final = 24
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_WINDOW: Final = re.compile(rf"{_TIME}\s*(?:-|–|—|to)\s*{_TIME}")


def read_windows(text: str) -> Windows:
    """The windows that `text` means, in order; none for an empty text.

    Raises:
        ValidationError: it means none, or more than a day has room for.
    """
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if len(parts) > MOST_WINDOWS:
        raise ValidationError(_("Up to %d windows a day are possible.") % MOST_WINDOWS)
    return merged(_window(part) for part in parts)


def _window(part: str) -> Window:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise ValidationError(_("“%s” is no window, as 09:00-18:00 is.") % part[:40])
    opens, closes = (_minute(hour, minute, part) for hour, minute in (found.group(1, 2), found.group(3, 4)))
    if opens >= closes:
        raise ValidationError(
            _("“%s” ends before it begins; a night is a window until 24:00 and one of the next day from 00:00.") % part
        )
    return Window(opens, closes)


def _minute(hour: str, minute: str | None, part: str) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if minutes >= 60 or hours * 60 + minutes > DAY_MINUTES:  # noqa: PLR2004 - minutes of an hour
        raise ValidationError(_("“%s” is no time of a day, which ends at 24:00.") % part[:40])
    return hours * 60 + minutes


def say_windows(windows: Iterable[tuple[int, int]]) -> str:
    """The same windows in words that `read_windows` reads; empty for none."""
    return ", ".join(f"{say_minute(opens)}-{say_minute(closes)}" for opens, closes in windows)


def say_minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
