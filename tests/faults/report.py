"""What was done, how often, and what was lost: one line for each kind of thing that went on meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADER = ("What was done", "How often", "What went on meanwhile", "How much", "Lost", "Twice", "Remarks")


@dataclass(frozen=True)
class Finding:
    """`counted` things went on while `fault` was done; `lost` of them are missing, `twice` are there too often."""

    fault: str
    times: str
    meanwhile: str
    counted: int
    lost: int
    twice: int
    remark: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was lost or doubled, and something went on that could have been."""
        return self.counted > 0 and not self.lost and not self.twice


def table(findings: Sequence[Finding]) -> str:
    """The findings as a table in Markdown, as `docs/reliability.md` shows it."""
    rows = [
        (one.fault, one.times, one.meanwhile, f"{one.counted:,}", str(one.lost), str(one.twice), one.remark)
        for one in findings
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (HEADER, ("---",) * len(HEADER), *rows))
