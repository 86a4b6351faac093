"""Names and search texts without case and accents, by one SQL function for COPY, actions and queries alike."""

from django.db import models
from django.db.models import Func


def lower(text: str) -> str:
    """`text` in small letters, letter by letter as PostgreSQL's `lower()` does it: İ becomes i, and Σ always σ."""
    return text.lower() if text.isascii() else "".join(letter.lower()[0] for letter in text)


class Fold(Func):
    """`leads_fold(…)`: lower case, Latin letters without their accents."""

    function = "leads_fold"
    output_field = models.TextField()


class FoldedWords(Func):
    """Columns that are never NULL, joined by spaces and folded: the text of a generated column."""

    template = "leads_fold(btrim(%(expressions)s))"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()
