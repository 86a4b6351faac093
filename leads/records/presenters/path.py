"""The stage path of a lead: every stage in order, and how long the current deal stayed in each."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from leads.funnel.models import Stage
from leads.records.models import Deal, Lead


@dataclass(frozen=True)
class Step:
    """One stage of the path. `letter` stands where the owner department changes; `mark` is the class of its line."""

    stage: Stage
    letter: str
    mark: str
    seconds: int | None
    is_now: bool


def path_of(lead: Lead, stages: Sequence[Stage], deal: Deal | None, now: dt.datetime) -> list[Step]:
    """The steps of `lead` on `stages` (the active ones in order); costs no query where passages are prefetched.

    A stage off the path (lost, disqualified, retired) in which the lead stands is the last step.
    """
    spent = _seconds_by_stage(deal, now)
    current = lead.stage
    is_off = all(stage.pk != current.pk for stage in stages)
    reached = deal.furthest_stage.position if is_off and deal is not None else current.position
    steps: list[Step] = []
    letter_before = ""
    for stage in [*stages, current] if is_off else stages:
        letter = stage.department.key
        steps.append(
            Step(
                stage=stage,
                letter=letter if letter != letter_before else "",
                mark=_mark(stage, letter, current=current, reached=reached),
                seconds=spent.get(stage.pk),
                is_now=stage.pk == current.pk,
            )
        )
        letter_before = letter
    return steps


def _mark(stage: Stage, letter: str, *, current: Stage, reached: int) -> str:
    """Passed stages bear their department's colour, the present one fades out, later ones are grey, an end is ink."""
    if stage.pk == current.pk:
        ended = stage.kind in (Stage.Kind.LOST, Stage.Kind.DISQUALIFIED)
        return "ended" if ended else f"{'past' if stage.is_closed else 'now'}-{letter.lower()}"
    return f"past-{letter.lower()}" if stage.position <= reached else ""


def _seconds_by_stage(deal: Deal | None, now: dt.datetime) -> Counter[int]:
    seconds: Counter[int] = Counter()
    for passage in deal.passages.all() if deal is not None else ():
        seconds[passage.stage_id] += passage.seconds(now)
    return seconds
