"""What has to be true of a run: counts of both processes, compared."""

from collections.abc import Iterator
from dataclasses import dataclass

from examples.demo.outcome import Outcome
from examples.demo.record import Past
from ssc_rx.errors import counted

__all__ = ["Check", "check"]

CHATTY_PER_S = 300.0
STEADY = ("quotes", "trades", "chatty", "quiet", "book")
ACCOUNTS = ("messages_in", "bytes_in", "messages_out", "accepted")
NEVER = Past("server")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be true, and the figures that show it."""

    name: str
    right: bool
    figures: str


def check(outcome: Outcome) -> list[Check]:
    """All checks of a run, in the order of the report."""
    return [
        *_feeds(outcome),
        *_flaky(outcome),
        *_traders(outcome),
        *_accounting(outcome),
        *_failures(outcome),
        *_monitor(outcome),
        *_end(outcome),
    ]


def _feeds(outcome: Outcome) -> Iterator[Check]:
    past, sent = outcome.record.past, outcome.report.sent
    feeds = {id: past.get(id, NEVER) for id in sent}
    delivering = [id for id, feed in feeds.items() if feed.opened and feed.delivered]
    yield Check(
        "every feed opened and delivered",
        bool(sent) and len(delivering) == len(sent),
        f"{len(delivering)} of {len(sent)}",
    )
    rate = past.get("chatty", NEVER).delivered / outcome.seconds
    yield Check(
        f"chatty: at least {CHATTY_PER_S:.0f}/s", rate >= CHATTY_PER_S, f"{rate:,.0f}/s"
    )
    heartbeats = past.get("quiet", NEVER).delivered
    yield Check("quiet: delivered", heartbeats > 0, f"{heartbeats} heartbeats")
    arrived = {id: past.get(id, NEVER).delivered for id in STEADY}
    yield Check(
        "steady feeds: received = sent",
        all(arrived[id] == sent.get(id) for id in STEADY),
        f"{sum(arrived.values()):,} = {sum(sent.get(id, 0) for id in STEADY):,}",
    )


def _flaky(outcome: Outcome) -> Iterator[Check]:
    flaky = outcome.record.past.get("flaky", NEVER)
    drops, breaks = len(flaky.closed), outcome.report.breaks
    yield Check(
        "flaky: dropped and came back",
        drops >= 1 and flaky.opened >= 2,
        f"dropped {drops}×, opened {flaky.opened}×",
    )
    yield Check(
        "flaky: every break was noticed, once", drops == breaks, f"{drops} = {breaks}"
    )
    sent = outcome.report.sent.get("flaky", 0)
    yield Check(
        "flaky: received ≤ sent", flaky.delivered <= sent, f"{flaky.delivered} ≤ {sent}"
    )


def _traders(outcome: Outcome) -> Iterator[Check]:
    past = outcome.record.past
    traders = outcome.report.traders
    for id, trader in traders.items():
        received = past.get(id, NEVER).total("messages_in")
        yield Check(
            f"{id}: sent = received = answered",
            0 < trader.sent == received == trader.answered and not trader.unexpected,
            f"{trader.sent} = {received} = {trader.answered}, "
            f"{trader.unexpected} unexpected",
        )
        written = past.get(id, NEVER).total("messages_out")
        yield Check(
            f"{id}: written = answers + clocks",
            written == trader.answered + trader.clocks,
            f"{written} = {trader.answered} + {trader.clocks}",
        )
    fewest = min((trader.clocks for trader in traders.values()), default=0)
    expected = int(outcome.seconds / 2)
    yield Check(
        "every trader heard the clock", fewest >= expected, f"at least {fewest}×"
    )


def _accounting(outcome: Outcome) -> Iterator[Check]:
    record, last = outcome.record, outcome.last
    unbalanced = record.unbalanced + sum(p.unbalanced for p in record.past.values())
    yield Check(
        "accounting: balanced at every look",
        unbalanced == 0 and record.snapshots > outcome.seconds,
        f"{record.snapshots} snapshots, pool and each socket",
    )
    yield Check(
        "accounting: balanced at the end",
        last.balanced and last.queued == 0,
        f"{last.accepted} = {last.messages_out} + {last.queued} + {last.failed_total}",
    )
    sums = {n: sum(p.total(n) for p in record.past.values()) for n in ACCOUNTS}
    yield Check(
        "accounting: the sockets add up to the pool",
        all(sums[name] == getattr(last, name) for name in ACCOUNTS),
        f"{sums['messages_in']:,} in, {sums['messages_out']:,} out",
    )
    delivered = sum(past.delivered for past in record.past.values())
    yield Check(
        "accounting: counted = delivered to subscribers",
        last.messages_in == delivered,
        f"{last.messages_in:,} = {delivered:,}",
    )
    feeds = outcome.report.counted
    yield Check(
        "accounting: balanced at the feed server",
        feeds.accepted == feeds.handed_over + feeds.queued + feeds.failed,
        f"{feeds.accepted:,} = {feeds.handed_over:,} + {feeds.queued} + {feeds.failed}",
    )


def _failures(outcome: Outcome) -> Iterator[Check]:
    last = outcome.last
    yield Check("no write refused", last.refused == 0, f"{last.refused}")
    # What was queued for a socket whose peer dropped it is lost, and may be.
    lost = sum(p.total("failed") for p in outcome.record.past.values() if not p.closed)
    yield Check("no write failed on a socket that lived", lost == 0, f"{lost}")
    yield Check(
        "no subscriber failed, no payload skipped",
        last.subscriber_failures == last.payloads_invalid == 0,
        f"{last.subscriber_failures}, {last.payloads_invalid}",
    )


def _monitor(outcome: Outcome) -> Iterator[Check]:
    seen, true, past = outcome.seen, outcome.true, outcome.record.past
    if seen is None:
        yield Check("the monitor's viewer was attached", False, "it was not")
        return
    own = {s.id: (s.messages_in, s.bytes_in, s.messages_out) for s in true.sockets}
    theirs = {
        id: (s.messages_in, s.bytes_in, s.messages_out)
        for id, s in seen.sockets.items()
    }
    yield Check(
        "monitor: it shows each socket's counters",
        own == theirs and len(own) > 0,
        f"{sum(own[id] == theirs.get(id) for id in own)} of {counted(len(own), 'socket')}",
    )
    shown = (seen.messages_in, seen.accepted, seen.messages_out, seen.queued)
    truth = (true.messages_in, true.accepted, true.messages_out, true.queued)
    yield Check(
        "monitor: it shows the pool's counters",
        shown == truth and seen.failed == true.failed_total,
        f"{seen.messages_in:,} in, {seen.messages_out:,} out, {seen.failed} failed",
    )
    told = {id: (s.opened, s.closed) for id, s in seen.sockets.items()}
    happened = {id: (past[id].opened, len(past[id].closed)) for id in told}
    yield Check(
        "monitor: it tells every opening and close",
        told == happened and seen.events_missed == 0,
        f"{sum(opened for opened, _ in told.values())} opened, "
        f"{sum(closed for _, closed in told.values())} closed",
    )
    yield Check(
        "monitor: every message seen is a sample or counted",
        seen.matched == seen.sent + seen.sampled_out + seen.dropped
        and seen.samples == seen.sent > 0
        and seen.seen <= seen.messages_in + seen.accepted,
        f"{seen.matched:,} = {seen.sent:,} + {seen.sampled_out:,} + {seen.dropped}",
    )


def _end(outcome: Outcome) -> Iterator[Check]:
    last = outcome.last
    yield Check(
        "the pool stopped and holds nothing",
        last.state == "stopped" and not last.sockets,
        f"{last.state}, {counted(len(last.sockets), 'socket')}",
    )
    yield Check(
        "no asyncio task left",
        not outcome.tasks_left,
        ", ".join(outcome.tasks_left) or "none",
    )
    yield Check(
        "the feed process ended, no child left",
        outcome.exit_code == 0 and outcome.no_child_left,
        f"exit code {outcome.exit_code}",
    )
