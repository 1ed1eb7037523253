"""Which cases the suite has, which make the quick set, and which may fail."""

import dataclasses
from typing import Any

__all__ = ["EXPECTED_FAILURES", "FULL", "QUICK", "CaseSet"]

EXPECTED_FAILURES = {
    # A Close frame inside a fragmented message is answered with 1002; RFC 6455 section
    # 5.4 lets control frames pass there. A documented deviation of websockets.
    "7.1.5",
}

_SMALLEST = [  # of each subsection of 12 and 13 the two smallest cases, of 18
    f"{section}.{subsection}.{case}"
    for section, subsections in ((12, 5), (13, 7))
    for subsection in range(1, subsections + 1)
    for case in (1, 2)
]


@dataclasses.dataclass(frozen=True, slots=True)
class CaseSet:
    """A choice of cases.

    Attributes:
        name: What to call it.
        patterns: What the suite's `cases` take.
        count: How many there are; fewer in a report means that a run broke off.
        minutes: The longest that one run of one side may take.
    """

    name: str
    patterns: list[str]
    count: int
    minutes: float

    def spec(self, **more: Any) -> dict[str, Any]:
        """The suite's own description of a run."""
        return {
            "cases": self.patterns,
            "exclude-cases": [],
            "exclude-agent-cases": {},
            **more,
        }


QUICK = CaseSet(
    "quick", [*(f"{n}.*" for n in (1, 2, 3, 4, 5, 6, 7, 9, 10)), *_SMALLEST], 325, 10
)
FULL = CaseSet("full", ["*"], 517, 60)
