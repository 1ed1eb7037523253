"""The report of a run, as plain lines."""

from collections.abc import Iterable

from examples.demo.checks import Check
from examples.demo.figures import count, latency, per_second, plain, size
from examples.demo.outcome import Outcome
from ssc_rx.errors import counted

__all__ = ["closing_line", "show_checks", "show_report"]


def closing_line(outcome: Outcome) -> str:
    """A run in one line."""
    last = outcome.last
    writes = "all writes accounted for" if last.balanced else "WRITES UNACCOUNTED FOR"
    return (
        f"{last.name}: {outcome.seconds:.0f} s, {counted(last.messages_in, 'message')} in, "
        f"{count(last.messages_out)} out, {writes}, all closed"
    )


def show_report(outcome: Outcome) -> None:
    """Print what a person would look for."""
    last, seconds = outcome.last, outcome.seconds
    print(
        f"\n{'socket':13} {'kind':6} {'opened':>6} {'in':>8} {'in/s':>8} "
        f"{'bytes in/s':>11} {'out':>6} {'out/s':>7}"
    )
    for id, past in outcome.record.past.items():
        into, out = past.total("messages_in"), past.total("messages_out")
        volume = size(past.total("bytes_in") / seconds)
        print(
            f"{plain(id, 13):13} {past.kind:6} {past.opened:5}× {count(into):>8} "
            f"{per_second(into / seconds):>8} {volume:>11} {count(out):>6} "
            f"{per_second(out / seconds):>7}"
        )
    print(
        f"\ntotal in {seconds:.1f} s: {count(last.messages_in)} in "
        f"({per_second(last.messages_in / seconds)}/s, "
        f"{size(last.bytes_in / seconds)}/s), {count(last.messages_out)} out "
        f"({per_second(last.messages_out / seconds)}/s), "
        f"{counted(outcome.record.most_open, 'socket')} open at most"
    )
    print(
        f"writes: {last.accepted} accepted = {last.messages_out} handed over + "
        f"{last.queued} queued + {last.failed_total} failed; {last.refused} refused; "
        f"{counted(last.dials_failed, 'dial')} failed"
    )
    _show_traders(outcome)


def _show_traders(outcome: Outcome) -> None:
    print("\ntraders, as they counted themselves")
    for id, trader in outcome.report.traders.items():
        print(
            f"{plain(id, 13):13} {trader.sent:4} orders, {trader.answered:4} answers, "
            f"{trader.unexpected} unexpected, {trader.clocks:3} clocks, "
            f"slowest answer {latency(trader.slowest_s)}"
        )


def show_checks(checks: Iterable[Check]) -> bool:
    """Print each check; tells whether all are right."""
    checks = list(checks)
    print()
    for check in checks:
        print(f"{'ok    ' if check.right else 'FAILED'}  {check.name}: {check.figures}")
    wrong = sum(not check.right for check in checks)
    print(f"\n{f'{wrong} of' if wrong else 'all'} {len(checks)} checks ", end="")
    print("FAILED" if wrong else "ok")
    return not wrong
