"""Names and search texts without case and accents, by one SQL function for COPY, actions and queries alike."""

from django.db import models
from django.db.models import Func

LETTERS = "àáâãäåāăąçćčďđèéêëēėęěğģìíîïīįıķĺļľłñńņňòóôõöøōőŕřśşšșťţțùúûüūůűųýÿźżž"
PLAIN = "aaaaaaaaacccddeeeeeeeeggiiiiiiikllllnnnnoooooooorrsssstttuuuuuuuuyyzzz"

MAKE_FOLD = f"""
CREATE FUNCTION leads_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT translate(lower(words), '{LETTERS}', '{PLAIN}') $$;
"""
DROP_FOLD = "DROP FUNCTION leads_fold(text);"


class Fold(Func):
    """`leads_fold(…)`: lower case, Latin letters without their accents."""

    function = "leads_fold"
    output_field = models.TextField()


class FoldedWords(Func):
    """Columns that are never NULL, joined by spaces and folded: the text of a generated column."""

    template = "leads_fold(btrim(%(expressions)s))"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()
