"""What the suite found, and whether that will do."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Outcome", "Report", "read"]

_FAILED = {"FAILED", "WRONG CODE", "UNCLEAN", "FAILED BY CLIENT", "UNIMPLEMENTED"}
_KNOWN = {"OK", "NON-STRICT", "INFORMATIONAL"} | _FAILED


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: how the peer behaved in it, and in its closing handshake."""

    behavior: str
    behavior_close: str

    @property
    def failed(self) -> bool:
        """Whether the suite says so; what it doesn't know to judge is no failure.

        A word that we don't know counts as a failure.
        """
        told = {self.behavior, self.behavior_close}
        return bool(told & _FAILED) or not told <= _KNOWN


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the suite against one agent.

    Attributes:
        cases: What came of each.
        complaint: What went wrong besides; empty if nothing did.
    """

    cases: Mapping[str, Outcome]
    complaint: str = ""

    @property
    def failures(self) -> list[str]:
        """The cases that failed, as `1.1.1`, in the suite's order."""
        failed = [case for case, outcome in self.cases.items() if outcome.failed]
        return sorted(failed, key=_in_order)

    def summary(self) -> str:
        """How many cases behaved in which way."""
        counts = Counter(
            "FAILED" if outcome.failed else outcome.behavior
            for outcome in self.cases.values()
        )
        words = [f"{n} {word.lower()}" for word, n in counts.most_common()]
        return f"{len(self.cases)} cases: {', '.join(words) or 'none'}"

    def faults(self, expected_cases: int, may_fail: Collection[str]) -> list[str]:
        """What is wrong with this run; nothing if it will do."""
        found = [
            f"case {case} failed: {self.cases[case].behavior}, "
            f"close {self.cases[case].behavior_close}"
            for case in self.failures
            if case not in may_fail
        ]
        if len(self.cases) != expected_cases:
            found.append(f"{len(self.cases)} cases ran, not {expected_cases}")
        if self.complaint:
            found.append(self.complaint)
        return found


def _in_order(case: str) -> tuple[int, ...]:
    return tuple(int(part) for part in case.split("."))


def read(folder: Path, agent: str, complaint: str = "") -> Report:
    """The report that the suite wrote into `folder`; empty if it wrote none."""
    index = folder / "index.json"
    if not index.exists():
        return Report({}, complaint)
    found = json.loads(index.read_text(encoding="utf-8")).get(agent, {})
    cases = {
        case: Outcome(entry["behavior"], entry["behaviorClose"])
        for case, entry in found.items()
    }
    return Report(cases, complaint)
