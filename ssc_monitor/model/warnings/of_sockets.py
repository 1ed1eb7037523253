"""What may be wrong with a socket."""

from collections.abc import Mapping
from typing import ClassVar

from ssc_monitor.model.figures import count, spoken
from ssc_monitor.model.warnings.rule import Rule, SocketFacts
from ssc_rx.errors import counted

__all__ = ["SOCKET_RULES"]

TOLD_S = 5.0
"""How long a warning stays when it is over, so that it can be read."""


class Silent:
    """It talked, and stopped."""

    name: ClassVar = "silent"
    advice: ClassVar = (
        "see whether its peer still has our subscription; subscribe in on_open, "
        "and close the socket to have it dialled again"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = 0.0

    LEAST_S = 10.0
    TIMES = 3.0
    HEARD = 20

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        limit_s = max(self.LEAST_S, self.TIMES * facts.usual_gap_s)
        if facts.state != "open" or facts.heard < self.HEARD or facts.quiet_s < limit_s:
            return None
        return (
            f"silent for {spoken(facts.quiet_s)}; it is seldom quiet for longer than "
            f"{spoken(facts.usual_gap_s)}"
        )


class Flapping:
    """It opens, and opens again."""

    name: ClassVar = "flapping"
    advice: ClassVar = (
        "its timeline tells how each connection ended; Reconnect(min_uptime=, "
        "min_delay=) spares a peer that sends us away"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = TOLD_S

    RAISED = 4
    KEPT = 2

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        if facts.opened < (self.KEPT if raised else self.RAISED):
            return None
        return f"opened {facts.opened} times within a minute"


class SlowPeer:
    """It doesn't take what is written to it."""

    name: ClassVar = "slow-peer"
    advice: ClassVar = (
        "its peer reads too slowly: write less, or choose what it may miss: "
        "Outbox(overflow=Overflow.DROP_OLDEST or LATEST)"
    )
    after_s: ClassVar = 1.0  # what is written in a burst leaves at once
    hold_s: ClassVar = TOLD_S

    RAISED = 0.5
    KEPT = 0.25

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        if facts.overflow == "latest" or facts.queued <= 1:
            return None  # a bound of one is full whenever anything waits
        fill = max(
            _share(facts.queued, facts.outbox_messages),
            _share(facts.queued_bytes, facts.outbox_bytes),
        )
        if fill < (self.KEPT if raised else self.RAISED):
            return None
        then = _WHEN_FULL.get(facts.overflow, "")
        return (
            f"outbox {min(fill, 1.0):.0%} full, {counted(facts.queued, 'write')} wait"
            f"{then and '; when it is full, ' + then}"
        )


_WHEN_FULL: Mapping[str, str] = {
    "close": "the socket is closed with 1013",
    "error": "writes are refused",
    "drop_oldest": "the oldest are dropped",
    "drop_newest": "what is written is dropped",
}


class Drops:
    """Its outbox was full, and dropped writes. (`LATEST` does so by design.)"""

    name: ClassVar = "drops"
    advice: ClassVar = (
        "its peer misses these: write less or larger messages, or give it a larger "
        "Outbox(messages=, bytes=)"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = TOLD_S

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        return _given_up("dropped by its full outbox", facts.dropped)


class Losses:
    """Its connection ended, with writes in its outbox."""

    name: ClassVar = "losses"
    advice: ClassVar = "none is sent again: repeat in on_open what has to arrive"
    after_s: ClassVar = 0.0
    hold_s: ClassVar = 3 * TOLD_S

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        return _given_up("lost with its connection", facts.lost)


class NoPong:
    """Its ping isn't answered."""

    name: ClassVar = "no-pong"
    advice: ClassVar = (
        "its peer or the way to it is stuck: without any sign of life the socket closes "
        "at ping_timeout"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = 0.0

    PART = 0.5
    """Of the ping_timeout."""

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        if (
            facts.state != "open"
            or facts.unanswered_s < self.PART * facts.ping_timeout
            or facts.ping_timeout <= 0
        ):
            return None
        return (
            f"no pong for {spoken(facts.unanswered_s)} "
            f"(ping_timeout {spoken(facts.ping_timeout)})"
        )


class SocketBooks:
    """What became of its writes doesn't add up."""

    name: ClassVar = "accounting"
    advice: ClassVar = "a fault of ssc-rx: please report it, with pool.stats()"
    after_s: ClassVar = 0.5
    hold_s: ClassVar = TOLD_S

    def check(self, facts: SocketFacts, raised: bool) -> str | None:
        return unaccounted(facts.unaccounted)


def unaccounted(writes: int) -> str | None:
    """What is wrong with books that don't close."""
    if not writes:
        return None
    if writes < 0:
        return f"{counted(-writes, 'write')} accounted for twice"
    return f"nobody knows what became of {counted(writes, 'accepted write')}"


SOCKET_RULES: tuple[Rule[SocketFacts], ...] = (
    Silent(),
    Flapping(),
    SlowPeer(),
    Drops(),
    Losses(),
    NoPong(),
    SocketBooks(),
)


def _given_up(how: str, by_reason: Mapping[str, int]) -> str | None:
    if not by_reason:
        return None
    writes = counted(sum(by_reason.values()), "write")
    if len(by_reason) == 1:
        return f"{writes} {how} ({next(iter(by_reason))})"
    reasons = ", ".join(f"{reason} {count(n)}" for reason, n in by_reason.items())
    return f"{writes} {how} ({reasons})"


def _share(part: int, whole: int) -> float:
    return part / whole if whole > 0 else 0.0
