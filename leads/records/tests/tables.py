"""Tables that stand as cards on the phone."""

import re


def bare_parts(text: str) -> list[str]:
    """The parts of tables that do not say what they are: as blocks and grids they would be no table to a screen reader."""
    return re.findall(r"<(?:table|thead|tbody|tr|th|td)\b(?![^>]*\brole=)[^>]*>", text)
