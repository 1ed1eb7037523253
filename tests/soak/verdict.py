"""What a run has to say for itself."""

import asyncio
import sys
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.soak.far_end import leave

__all__ = ["Progress", "Verdict", "by_reason", "say", "verdict_of"]

MOST_RAISED = 5


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"soak: {text}\n")
    sys.stdout.flush()


def by_reason(counts: Mapping[str, int]) -> str:
    """Counts with their reasons, such as "12 (closed 4, lost 8)"."""
    total = sum(counts.values())
    reasons = ", ".join(f"{why} {n:,}" for why, n in sorted(counts.items()) if n)
    return f"{total:,} ({reasons})" if reasons else f"{total:,}"


@dataclass(slots=True)
class Verdict:
    """How one run went.

    Attributes:
        name: Of the run.
        figures: What it counted and measured, a line each.
        faults: What did not hold; nothing if all is well.
    """

    name: str
    figures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def tell(self) -> bool:
        """Say it; tells whether all is well."""
        for figure in self.figures:
            say(f"{self.name}: {figure}")
        for fault in self.faults:
            say(f"{self.name}: FAULT: {fault}")
        say(f"{self.name}: {'FAILED' if self.faults else 'passed'}")
        return not self.faults


async def verdict_of(run: Coroutine[Any, Any, Verdict]) -> Verdict:
    """Do a run; what its callbacks raise, which nobody awaits, is a fault as well."""
    raised: list[str] = []

    def raises(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        raised.append(f"{context['message']}: {context.get('exception')!r}")

    asyncio.get_running_loop().set_exception_handler(raises)
    try:
        verdict = await run
    finally:
        await leave()
    verdict.faults += raised[:MOST_RAISED]
    return verdict


class Progress:
    """One line that is written over; without a terminal a line now and then."""

    EVERY_S = 30.0

    def __init__(self, name: str) -> None:
        self._name = name
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + self.EVERY_S

    def show(self, text: str) -> None:
        """Say how far it is."""
        if self._terminal:
            sys.stderr.write(f"\r\x1b[Ksoak: {self._name}: {text}")
            sys.stderr.flush()
        elif time.monotonic() >= self._next:
            self._next += self.EVERY_S
            sys.stderr.write(f"soak: {self._name}: {text}\n")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line to others."""
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
