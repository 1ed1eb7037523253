"""One run of the demo, from the start of the other process to its end."""

import asyncio
import signal
import sys
from asyncio import TaskGroup

from examples.demo.checks import check
from examples.demo.child import Child, ChildDied
from examples.demo.desk import Desk, trader_id
from examples.demo.display import display
from examples.demo.happenings import Happenings
from examples.demo.outcome import Outcome, no_child_left
from examples.demo.pipe import Listening, Quiet, Report, Serving
from examples.demo.record import Record
from examples.demo.report import closing_line, show_checks, show_report

__all__ = ["session"]

START_S = 15.0
REPORT_S = 6.0


async def session(*, headless: bool, seconds: float | None) -> int:
    """Run the demo; returns the exit code.

    Args:
        headless: Whether to report and check, instead of showing the table.
        seconds: When to stop; `None` for not before Ctrl-C.
    """
    stop = asyncio.Event()
    _stop_on_signals(stop)
    died: BaseExceptionGroup[ChildDied] | None = None
    try:
        outcome = await _run(stop, seconds, headless=headless)
    except* ChildDied as group:
        died = group
    if died is not None:
        print(f"demo: the feed process died: {_reason(died)}", file=sys.stderr)
        return 1
    if not headless:
        print(closing_line(outcome))
        return 0
    show_report(outcome)
    if stop.is_set():
        print("\ninterrupted: nothing was checked")
        return 130
    return 0 if show_checks(check(outcome)) else 1


async def _run(
    stop: asyncio.Event, seconds: float | None, *, headless: bool
) -> Outcome:
    loop = asyncio.get_running_loop()
    if headless:
        print(f"running for {seconds:g} s …", flush=True)
    async with Child("examples.demo.feeds") as child:
        feeds = await child.receive(Listening, within_s=START_S)
        desk = Desk(feeds.feeds)
        pool = desk.pool
        record, happenings = Record(pool), Happenings(pool)
        async with TaskGroup() as group:
            async with pool, pool.serve(id=trader_id) as server:
                started_at = loop.time()
                watching = [group.create_task(record.sample(), name="samples")]
                if not headless:
                    showing = display(pool, happenings)
                    watching.append(group.create_task(showing, name="display"))
                working = group.create_task(desk.work(), name="desk")
                child.send(Serving(server.url))
                await _until(stop, seconds, child)
                lasted_s = loop.time() - started_at
                report = await _settle(working, child, record)
            for task in watching:
                task.cancel()
        record.look(pool.stats())
    this = asyncio.current_task()
    return Outcome(
        record=record,
        report=report,
        last=pool.stats(),
        seconds=lasted_s,
        exit_code=child.code,
        no_child_left=no_child_left(),
        tasks_left=tuple(t.get_name() for t in asyncio.all_tasks() if t is not this),
    )


async def _until(stop: asyncio.Event, seconds: float | None, child: Child) -> None:
    """Wait for whatever comes first: Ctrl-C, the time, or the death of the child."""
    waits = [
        asyncio.create_task(stop.wait(), name="Ctrl-C"),
        asyncio.create_task(child.watch(), name="child's end"),
    ]
    try:
        done, _ = await asyncio.wait(
            waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        for task in waits:
            task.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    for task in done:
        task.result()


async def _settle(working: asyncio.Task[None], child: Child, record: Record) -> Report:
    """Bring all to rest, with every connection open, so that counts can be compared."""
    working.cancel()
    await asyncio.wait([working])
    child.send(Quiet())
    report = await child.receive(Report, within_s=REPORT_S)
    await record.arrived(report.sent, report.breaks)
    record.end()
    return report


def _stop_on_signals(stop: asyncio.Event) -> None:
    """Let Ctrl-C and SIGTERM stop the run, now and as often as they come.

    A second Ctrl-C changes nothing: each step of the end has a time limit of its own.
    """
    loop = asyncio.get_running_loop()

    def stop_soon(*_: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_soon)


def _reason(group: BaseExceptionGroup[ChildDied]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)
