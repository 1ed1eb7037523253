"""Operators for analysts: rates, bars, statistics, gaps and joins of streams of `Message`.

    pool.messages.pipe(ops.bars("price", every=60, volume="size")).subscribe(print)

They go by `Message.time`, not by a clock: of a replay, at any speed, they make exactly
what they made of the live stream. A message without the value that is asked for, and what
a bound made them forget, is counted: keep the operator to ask it.

    bars = ops.bars("price", every=60)
    pool.messages.pipe(bars).subscribe(print)
    print(bars.skipped, bars.evicted)
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar, cast

from reactivex import Observable

from ssc_rx.analysis.bars import Bar, Bars
from ssc_rx.analysis.distinct import Distinct
from ssc_rx.analysis.fields import Key, check_key
from ssc_rx.analysis.fold import Fold, Tally
from ssc_rx.analysis.intervals import check_seconds
from ssc_rx.analysis.kept import check_bound
from ssc_rx.analysis.latest import Latest
from ssc_rx.analysis.pacing import Gap, Gaps, Rate, Rates
from ssc_rx.analysis.sequences import SequenceGap, SequenceGaps
from ssc_rx.analysis.statistics import (
    Statistics,
    StatisticsByCount,
    StatisticsByTime,
)
from ssc_rx.errors import InvalidOptionError
from ssc_rx.message import Message
from ssc_rx.streams.fused import Folding
from ssc_rx.streams.stages import operator_of
from ssc_rx.streams.stream import Stream

__all__ = [
    "Analysis",
    "bars",
    "distinct",
    "gaps",
    "latest",
    "rates",
    "sequence_gaps",
    "statistics",
]

R = TypeVar("R")

MAX_IDS = 10_000
"""How many IDs an operator remembers, if one doesn't say otherwise."""
MAX_KEYS = 100_000
"""How many values `distinct` remembers, if one doesn't say otherwise."""


class Analysis(Generic[R]):
    """An operator that counts what it left out, in all subscriptions together."""

    def __init__(self, name: str, make: Callable[[Tally], Fold[R]]) -> None:
        self._name = name
        self._tally = tally = Tally()
        make(tally)  # which tells now what is wrong with an argument
        self._apply = operator_of(lambda _: Folding(lambda: make(tally)))

    def __call__(self, source: Observable[Message]) -> Stream[R]:
        """Put it behind a stream of messages, as `pipe` does."""
        return cast("Stream[R]", self._apply(source))

    @property
    def skipped(self) -> int:
        """How many messages didn't have the value that was asked for."""
        return self._tally.skipped

    @property
    def evicted(self) -> int:
        """How often an ID, or a key, was forgotten to make room for another."""
        return self._tally.evicted

    def __repr__(self) -> str:
        return f"<ops.{self._name}, {self.skipped} skipped, {self.evicted} evicted>"


def gaps(*, max_ids: int = MAX_IDS) -> Analysis[Gap]:
    """Measure the time between the messages of each ID, as a `Gap` for each but the first.

        messages   --x1--y1--x2--x3--|
        gaps()     ----------8s--4s--|

    Args:
        max_ids: How many IDs are remembered; the one that was silent longest is forgotten
            for another, and its next message is its first again.
    """
    check_bound("max_ids", max_ids)
    return Analysis("gaps", lambda tally: Gaps(max_ids, tally))


def rates(every: float = 1.0, *, max_ids: int = MAX_IDS) -> Analysis[Rate]:
    """Count messages and bytes of each ID in each interval, as a `Rate`.

        messages    -x1-x2-y1-x3------y2--|
        rates(10)   ----------XY----------(X,Y,|)

    An interval is closed by the first message of a later one, of whatever ID, and by the
    end of the stream; an ID that was silent in it has none. A message that comes late
    counts in the interval that is open.

    Args:
        every: Seconds; intervals begin at multiples of it by the wall clock (UTC).
        max_ids: How many IDs an interval may have; for another, the interval of the one
            that was silent longest is closed early.
    """
    check_seconds("every", every)
    check_bound("max_ids", max_ids)
    return Analysis("rates", lambda tally: Rates(every, max_ids, tally))


def latest(
    *, every: float | None = None, max_ids: int = MAX_IDS
) -> Analysis[Mapping[str, Message]]:
    """Keep the last message of each ID, as a table that can't be changed.

        messages   --x1----y1------x2------|
        latest()   --{x1}--{x1,y1}-{x2,y1}-|

    A table is what it was when it was emitted; IDs that were silent longest are first.

    Args:
        every: Emit it only at the end of each interval of so many seconds, as `rates`
            does. `None`: at each message, which copies it each time: some microseconds
            for a thousand IDs.
        max_ids: How many IDs it has at most; the one that was silent longest leaves it.
    """
    if every is not None:
        check_seconds("every", every)
    check_bound("max_ids", max_ids)
    return Analysis("latest", lambda tally: Latest(every, max_ids, tally))


def statistics(
    key: Key,
    *,
    every: float | None = None,
    n: int | None = None,
    max_ids: int = MAX_IDS,
) -> Analysis[Statistics]:
    """Count, mean, min, max and std of a number, for each ID and window.

        messages               --x1--x3--x5--x7--x9--|
        statistics(key, n=2)   ------2.0-----6.0-----(9.0,|)

    Windows don't overlap. What is left at the end of the stream is a window too.

    Args:
        key: A name in the payload's JSON ("price", "book.bid"), or a function of the
            message. Strings that hold a number are one; what is none is skipped.
        every: Seconds of a window; intervals as those of `rates`.
        n: Messages of a window; either this or `every`.
        max_ids: How many IDs are remembered; for another, the window of the one that was
            silent longest is closed early.

    Raises:
        InvalidOptionError: For arguments that can't be.
    """
    check_bound("max_ids", max_ids)
    if n is not None and every is None:
        check_bound("n", n)
        return Analysis(
            "statistics", lambda tally: StatisticsByCount(key, n, max_ids, tally)
        )
    if every is not None and n is None:
        check_seconds("every", every)
        return Analysis(
            "statistics", lambda tally: StatisticsByTime(key, every, max_ids, tally)
        )
    raise InvalidOptionError(
        "statistics takes either every= (seconds) or n= (messages)"
    )


def bars(
    key: Key, every: float, *, volume: Key | None = None, max_ids: int = MAX_IDS
) -> Analysis[Bar]:
    """Make bars of a number: open, high, low, close and volume of each ID and interval.

        messages            -x1-x3-x2---------x5--|
        bars("price", 10)   ------------------B1--(B2,|)

    B1 opens at 1, closes at 2, and its high is 3. A bar is closed by the first message of
    a later interval, of whatever ID, and by the end of the stream; an ID that was silent
    has no bar. A message that comes late counts in the bar that is open.

    Args:
        key: A name in the payload's JSON ("price", "data.0.p"), or a function of the
            message. Strings that hold a number are one; what is none is skipped.
        every: Seconds; bars begin at multiples of it by the wall clock (UTC).
        volume: What is summed up, named like `key`; messages without it are skipped.
        max_ids: How many IDs an interval may have; for another, the bar of the one that
            was silent longest is closed early.

    Raises:
        InvalidOptionError: For arguments that can't be.
    """
    check_seconds("every", every)
    check_bound("max_ids", max_ids)
    return Analysis("bars", lambda tally: Bars(key, volume, every, max_ids, tally))


def sequence_gaps(key: Key, *, max_ids: int = MAX_IDS) -> Analysis[SequenceGap]:
    """Find where numbers that should follow each other don't, for each ID.

        messages               --x1--x2--x5--x6--x3--|
        sequence_gaps("seq")   ----------2-------0---|

    The first is missing 2; the second went back, which misses none.

    Args:
        key: A name in the payload's JSON, or a function of the message, that gives whole
            numbers; messages where it doesn't are skipped.
        max_ids: How many IDs are remembered; the one that was silent longest is forgotten
            for another, and its next number is its first again.

    Raises:
        InvalidOptionError: For arguments that can't be.
    """
    check_bound("max_ids", max_ids)
    return Analysis("sequence_gaps", lambda tally: SequenceGaps(key, max_ids, tally))


def distinct(key: Key | None = None, *, max_keys: int = MAX_KEYS) -> Analysis[Message]:
    """Leave out messages that repeat what another one said, of whatever ID.

        messages     --x1--y1--x2--y2--y3--|
        distinct()   --x1------x2------y3--|

    So two feeds of the same are one, and the faster one wins.

    Args:
        key: What is compared: a name in the payload's JSON, or a function of the message;
            `None` for the whole payload. Messages without it are let through.
        max_keys: How many values are remembered; the one that came up longest ago is
            forgotten for another.

    Raises:
        InvalidOptionError: For arguments that can't be.
    """
    if key is not None:
        check_key("key", key)
    check_bound("max_keys", max_keys)
    return Analysis("distinct", lambda tally: Distinct(key, max_keys, tally))
