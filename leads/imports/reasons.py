"""What the texts of a column of reasons mean: told by the names of the lists, and by other words for them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from leads.funnel.models import Reason

# By the names that the product's own lists begin with; a workspace that renamed them maps such texts by hand.
_WORDS = {
    "price": "too expensive, expensive, too dear, cost, costs, too costly, pricing, zu teuer, preis, prix, trop cher, precio",
    "competitor": "competition, lost to competitor, lost to competition, chose competitor, wettbewerb, wettbewerber, "
    "mitbewerber, konkurrenz, concurrent, concurrence, competencia",
    "timing": "bad timing, not now, later, no time, zeitpunkt, schlechter zeitpunkt, plus tard",
    "product gap": "missing feature, missing features, feature gap, features, functionality, product, product fit",
    "no decision": "no decision made, stalled, went dark, gone cold, keine entscheidung, projekt gestoppt",
    "no need": "no interest, not interested, no use case, kein bedarf, kein interesse, pas intéressé, sin interés",
    "no budget": "budget, no money, no funds, lack of budget, kein budget, pas de budget, sin presupuesto",
    "wrong audience": "not a fit, bad fit, wrong contact, wrong person, falsche zielgruppe",
    "not reachable": "unreachable, no answer, no response, not responding, unresponsive, nicht erreichbar, injoignable",
}
_BY_WORD = {word.strip(): name for name, words in _WORDS.items() for word in words.split(",")}


def meanings(as_it_is: str) -> list[tuple[str, str]]:
    """What a text may mean: a reason of the lists, nothing, or (`as_it_is`) what it says. Costs one query."""
    known = _known()
    asking = next((reason.name for reason in known if reason.asks_text), "")
    # As one writes it oneself, and short enough for a narrow control.
    otherwise = f"{asking}: …" if asking else _("refuse the row")
    return [*((name, name) for name in _names(known).values()), ("", _("nothing")), (as_it_is, otherwise)]


def suggest(texts: Iterable[str]) -> dict[str, str]:
    """The reason that each text names, or is another word for; the rest is left out. Costs one query."""
    names = _names(_known())
    meant = {text: names.get(text.lower()) or names.get(_BY_WORD.get(text.lower(), "")) for text in texts}
    return {text: name for text, name in meant.items() if name}


def _known() -> list[Reason]:
    kinds = [Reason.Kind.LOST, Reason.Kind.DISQUALIFIED]
    return list(Reason.objects.filter(kind__in=kinds, is_active=True).order_by("-kind", "position", "pk"))


def _names(known: Iterable[Reason]) -> dict[str, str]:
    """By name in small letters; without those that ask for words."""
    return {reason.name.lower(): reason.name for reason in known if not reason.asks_text}
