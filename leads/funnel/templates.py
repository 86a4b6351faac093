"""The two funnel templates of the product, and the reasons that come with both."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from leads.funnel.models import Reason, Stage

Part, Kind = Stage.Part, Stage.Kind


@dataclass(frozen=True)
class StageTemplate:
    name: str
    department: str
    part: Stage.Part
    meaning: str
    other_side: str
    kind: Stage.Kind = Stage.Kind.OPEN


def classic() -> list[StageTemplate]:
    """New, Engaged, MQL of marketing; SAL, SQL, Proposal of sales; Won, Lost, Disqualified."""
    return [
        StageTemplate(
            "New", "M", Part.TOP, _("We know of them."), _("Sales names the target accounts it wants to meet.")
        ),
        StageTemplate(
            "Engaged",
            "M",
            Part.TOP,
            _("They did something on their own."),
            _("Sales tells what it hears from such people."),
        ),
        StageTemplate(
            "MQL",
            "M",
            Part.MIDDLE,
            _("Marketing holds them ready for sales."),
            _("Sales decides on the offer in time."),
        ),
        StageTemplate(
            "SAL",
            "S",
            Part.MIDDLE,
            _("Sales has accepted them."),
            _("Marketing tells what they read, asked and attended."),
        ),
        StageTemplate(
            "SQL",
            "S",
            Part.MIDDLE,
            _("Sales has talked and sees a deal."),
            _("Marketing sends what answers open questions."),
        ),
        StageTemplate(
            "Proposal", "S", Part.BOTTOM, _("They have our offer."), _("Marketing gives proof for each proposal.")
        ),
        StageTemplate(
            "Won", "S", Part.BOTTOM, _("They bought."), _("Marketing asks for the story, and keeps in touch."), Kind.WON
        ),
        StageTemplate(
            "Lost", "S", Part.BOTTOM, _("They decided against us."), _("Marketing learns from the reason."), Kind.LOST
        ),
        StageTemplate(
            "Disqualified",
            "S",
            Part.BOTTOM,
            _("After contact: there is no need or no budget."),
            _("Marketing sharpens whom it attracts."),
            Kind.DISQUALIFIED,
        ),
    ]


def simple() -> list[StageTemplate]:
    """New, Qualified, Accepted, Proposal, Won, Lost."""
    return [
        StageTemplate(
            "New", "M", Part.TOP, _("We know of them."), _("Sales names the target accounts it wants to meet.")
        ),
        StageTemplate(
            "Qualified", "M", Part.MIDDLE, _("They meet what both agreed on."), _("Sales decides on the offer in time.")
        ),
        StageTemplate(
            "Accepted", "S", Part.MIDDLE, _("Sales works on them."), _("Marketing sends what answers open questions.")
        ),
        StageTemplate(
            "Proposal", "S", Part.BOTTOM, _("They have our offer."), _("Marketing gives proof for each proposal.")
        ),
        StageTemplate(
            "Won", "S", Part.BOTTOM, _("They bought."), _("Marketing asks for the story, and keeps in touch."), Kind.WON
        ),
        StageTemplate(
            "Lost", "S", Part.BOTTOM, _("They decided against us."), _("Marketing learns from the reason."), Kind.LOST
        ),
    ]


def reasons() -> dict[Reason.Kind, list[str]]:
    """The reasons to begin with; “Other” comes last on each list and asks for words."""
    return {
        Reason.Kind.LOST: [_("Price"), _("Competitor"), _("Timing"), _("Product gap"), _("No decision"), _("Other")],
        Reason.Kind.DISQUALIFIED: [_("No need"), _("No budget"), _("Wrong audience"), _("Not reachable"), _("Other")],
        Reason.Kind.REJECTED: [
            _("Wrong routing"),
            _("Incomplete record"),
            _("Criteria not met"),
            _("Duplicate"),
            _("Other"),
        ],
    }
