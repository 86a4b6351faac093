"""Apostrophes that keep spreadsheets from running a cell as a formula: put before it on the way out, taken off on the way in.

A spreadsheet parts a file by the delimiter of its own language, whatever the file's is, so each place counts at which one of
them would begin a cell: the beginning, and after any delimiter or line end, blanks and quotation marks aside.
"""

import re

_BEGINNINGS = r"((?:\A|[,;|\t\r\n])[\s\"]*)"
# The wide forms are run by some East Asian spreadsheets.
_SIGN = r"[=+\-@＝＋－＠]"
# Numbers and telephone numbers are no formulas.
_HARMLESS = r"[+\-][\d ().\u00a0\u202f/\-]*(?:[,;|\t\r\n]|\Z)"
# What stands at a beginning is matched in any case, so that a long run of blanks is walked through once.
_FORMULA = re.compile(rf"{_BEGINNINGS}((?!{_HARMLESS}){_SIGN})?")
_GUARDED = re.compile(rf"{_BEGINNINGS}('{_SIGN})?")


def guarded(cell: str) -> str:
    """`cell` as no spreadsheet runs it; `lifted` takes it for the same."""
    return _FORMULA.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[0], cell)


def lifted(cell: str) -> str:
    """`cell` without the apostrophes that only say "no formula": ours, and those of other programs that put them so."""
    return _GUARDED.sub(lambda found: found[1] + found[2][1:] if found[2] else found[0], cell)
