"""What may be wrong with a pool, and with those who subscribe to its messages."""

from typing import ClassVar

from ssc_monitor.model.figures import latency, taken
from ssc_monitor.model.warnings.of_sockets import TOLD_S, unaccounted
from ssc_monitor.model.warnings.rule import PoolFacts, Rule, SubscriberFacts
from ssc_rx.errors import counted

__all__ = ["POOL_RULES", "SUBSCRIBER_RULES"]


class SlowSubscriber:
    """It takes so long for a message that it holds up everything else."""

    name: ClassVar = "slow-subscriber"
    advice: ClassVar = (
        "it runs on the event loop: filter before it, or take messages in a task: "
        "async with pool.stream() as stream"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = TOLD_S

    MEAN_S = 0.020
    SHARE = 0.3
    KEPT = 0.5
    """Of both, once it is told."""
    TIMED = 3

    def check(self, facts: SubscriberFacts, raised: bool) -> str | None:
        part = self.KEPT if raised else 1.0
        share = facts.share or 0.0
        slow = facts.mean_s >= part * self.MEAN_S or share >= part * self.SHARE
        if facts.timed < self.TIMED or not slow:
            return None
        of = f", {min(share, 1.0):.0%} of the event loop" if share >= 0.01 else ""
        return (
            f"{facts.name} takes {taken(facts.mean_s)} for a message of "
            f"{facts.stream}{of}"
        )


class LoopLag:
    """The event loop was held up."""

    name: ClassVar = "loop-lag"
    advice: ClassVar = (
        "something blocks it: a slow subscriber, or code between two awaits; "
        "PYTHONASYNCIODEBUG=1 names it"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = 2 * TOLD_S

    RAISED_S = 0.1
    KEPT_S = 0.05

    def check(self, facts: PoolFacts, raised: bool) -> str | None:
        if facts.lag < (self.KEPT_S if raised else self.RAISED_S):
            return None
        return f"the event loop was {latency(facts.lag)} late"


class PoolBooks:
    """What became of its writes doesn't add up."""

    name: ClassVar = "accounting"
    advice: ClassVar = "a fault of ssc-rx: please report it, with pool.stats()"
    after_s: ClassVar = 0.5
    hold_s: ClassVar = TOLD_S

    def check(self, facts: PoolFacts, raised: bool) -> str | None:
        return unaccounted(facts.unaccounted)


class EventsMissed:
    """Events didn't come here."""

    name: ClassVar = "events-missed"
    advice: ClassVar = (
        "more happened than the program remembers until it is told: the counters are "
        "right, a timeline may have holes"
    )
    after_s: ClassVar = 0.0
    hold_s: ClassVar = 2 * TOLD_S

    def check(self, facts: PoolFacts, raised: bool) -> str | None:
        if not facts.events_missed:
            return None
        return f"{counted(facts.events_missed, 'event')} didn't come here"


SUBSCRIBER_RULES: tuple[Rule[SubscriberFacts], ...] = (SlowSubscriber(),)
POOL_RULES: tuple[Rule[PoolFacts], ...] = (LoopLag(), PoolBooks(), EventsMissed())
