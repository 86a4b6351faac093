"""Mentions: `@Mara Lindholm` or `@mara@fennmark.example` in what people write, stored as `@{12}`, read as the name.

The number stays when somebody takes another name, and erasing a person's name erases it from every text.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from workspace.people.models import Person
from workspace.remarks import policies

# Also read by SQL: `workspace.notices.recipients.mentioned`.
TOKEN: Final = re.compile(r"@\{([0-9]{1,15})\}")
MOST: Final = 20
_CALL: Final = re.compile(r"(?<![\w@.])@(?=[^\s@])")
_GOES_ON: Final = re.compile(r"[\w@]|[.-]\w")


class _Called(NamedTuple):
    """What may stand behind an @, names and addresses in small letters, with whose they are; and how long they are as
    written, the longest first."""

    people: dict[str, set[int]]
    lengths: list[int]


def resolve(text: str, *, about: Model, field: str = "text") -> str:
    """`text` with everybody whom an @ names as a token, as it is stored. Costs a query where there is an @, and one or
    more for each person named.

    An @ that names nobody stays as it is: people write “@ 5 pm”, too. Names count without regard to case, the longest first.

    Raises:
        ValidationError: for `field`: two colleagues have the name, more than twenty are named, or one may not see `about`.
    """
    if "@" not in text:
        return text
    called = _callable()
    resolved, start = [], 0
    for found in _CALL.finditer(text):
        if found.start() < start:
            continue
        length, pk = _who(text, found.end(), called, field)
        if pk is not None:
            resolved += [text[start : found.start()], f"@{{{pk}}}"]
            start = found.end() + length
    stored = "".join([*resolved, text[start:]])
    _demand_readers(named_in(stored), about, field)
    return stored


def named_in(text: str) -> list[int]:
    """Whom a stored text names, each once."""
    return list(dict.fromkeys(int(pk) for pk in TOKEN.findall(text)))


def read(texts: Sequence[str]) -> list[str]:
    """Stored texts as their readers have them, names for tokens. Costs one query where a token is."""
    names = names_of(pk for text in texts for pk in named_in(text))
    return [TOKEN.sub(lambda token: _spoken(names, token), text) for text in texts]


def drawn(texts: Sequence[str]) -> list[SafeString]:
    """Stored texts as pages show them, each name in a `<b>`. Costs one query where a token is."""
    names = names_of(pk for text in texts for pk in named_in(text))
    # Escaping leaves the signs of a token alone, so the names are put in afterwards, each escaped by itself.
    return [
        mark_safe(  # noqa: S308 - the text is escaped, the names are formatted
            TOKEN.sub(lambda token: format_html('<b class="named">{}</b>', _spoken(names, token)), escape(text))
        )
        for text in texts
    ]


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names by id, of those who left, too. Costs one query, or none for nobody."""
    wanted = set(people)
    return {pk: str(person) for pk, person in Person.objects.in_bulk(wanted).items()} if wanted else {}


def _spoken(names: dict[int, str], token: re.Match[str]) -> str:
    return f"@{names.get(int(token[1])) or _('somebody')}"


def _callable() -> _Called:
    """Everybody who works here, by name and by address."""
    people: dict[str, set[int]] = {}
    lengths = set()
    for pk, *names in Person.objects.active().values_list("pk", "name", "email"):
        for name in filter(None, names):
            people.setdefault(name.casefold(), set()).add(pk)
            lengths.add(len(name))
    return _Called(people, sorted(lengths, reverse=True))


def _who(text: str, start: int, called: _Called, field: str) -> tuple[int, int | None]:
    """The length of the longest name at `start`, and whose it is; nobody's, where no name stands there."""
    for length in called.lengths:
        said = text[start : start + length]
        found = called.people.get(said.casefold()) if len(said) == length else None
        if not found or _GOES_ON.match(text, start + length):
            continue
        if len(found) > 1:
            raise ValidationError({field: _("Two colleagues are called %s. Write @ and the e-mail address.") % said})
        return length, next(iter(found))
    return 0, None


def _demand_readers(people: Sequence[int], about: Model, field: str) -> None:
    """Raise ValidationError unless everybody named is there and may see the record."""
    if len(people) > MOST:
        raise ValidationError({field: _("Name twenty colleagues at most.")})
    known = Person.objects.in_bulk(people) if people else {}
    blind = [known[pk] for pk in people if pk in known and not policies.may_see(known[pk], about)]
    if len(known) < len(people):
        raise ValidationError({field: _("One of those you name is not known here.")})
    if blind:
        names = ", ".join(map(str, blind))
        raise ValidationError({field: _("%s may not see this, so it cannot be said to them here.") % names})
