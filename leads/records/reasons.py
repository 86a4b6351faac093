"""Why a deal ended: from what people, other systems and files say to a reason of the stage's list, with words where it asks."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.funnel.models import Reason, Stage
from leads.records.models.folding import lower

WITH_REASON = (Stage.Kind.LOST, Stage.Kind.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason of the stage's list, and words of one's own where it asks for some."""

    reason: Reason
    text: str = ""


class Reasons:
    """All reasons as they are now, looked up in memory. Costs one query."""

    def __init__(self) -> None:
        self._all = list(Reason.objects.order_by("position", "pk"))
        self._by_name = {(one.kind, lower(one.name)): one for one in self._all}
        self._by_id = {(one.kind, one.pk): one for one in self._all}

    def read(self, stage: Stage, given: Any, *, from_file: bool = False) -> Why | None:
        """What `given` means in `stage`: the name or id of a reason, or “Other: sold the plant” with words of one's own.

        `from_file` takes what was said long ago as it is: a text that is on no list is the words of the reason that asks for
        some, and this reason, as the absence of any, is taken without words. None where the stage takes no reason.

        Raises:
            ValidationError: no reason is given, none of the list is called so, or it asks for words; a bare message.
        """
        if stage.kind not in WITH_REASON or (from_file and not given):
            return None
        if not given:
            raise ValidationError(_("Say why, from the list."))
        why = self._known(stage.kind, given) or (self._in_own_words(stage.kind, given) if from_file else None)
        if why is None:
            raise ValidationError(self._unknown(stage, given))
        if why.reason.asks_text and not why.text and not from_file:
            raise ValidationError(_("“%(reason)s” asks for a few words: “%(reason)s: …”.") % {"reason": why.reason})
        return why

    def _known(self, kind: str, given: Any) -> Why | None:
        if isinstance(given, int):
            return Why(self._by_id[kind, given]) if (kind, given) in self._by_id else None
        name, _colon, text = (part.strip() for part in given.partition(":"))
        reason = self._by_name.get((kind, lower(given.strip())))
        if reason is not None:
            return Why(reason)
        reason = self._by_name.get((kind, lower(name)))
        return Why(reason, text) if reason is not None and reason.asks_text else None

    def _in_own_words(self, kind: str, given: Any) -> Why | None:
        asking = self.asking(kind)
        return Why(asking, given) if asking is not None and isinstance(given, str) else None

    def asking(self, kind: str) -> Reason | None:
        """The reason of the list, still in use, that asks for words: “Other”, the last of several."""
        return next((one for one in reversed(self._of(kind)) if one.asks_text), None)

    def _of(self, kind: str) -> list[Reason]:
        return [one for one in self._all if one.kind == kind and one.is_active]

    def _unknown(self, stage: Stage, given: Any) -> str:
        told = _("No reason for “%(stage)s” is called “%(given)s”. There are: %(known)s.") % {
            "stage": stage,
            "given": str(given)[:80],
            "known": ", ".join(one.name for one in self._of(stage.kind)),
        }
        asking = self.asking(stage.kind)
        return told if asking is None else told + " " + _("For your own words write “%s: …”.") % asking
