"""One run of the demo, from the start of the other process to its end."""

import asyncio
import os
import signal
import sys
from asyncio import TaskGroup
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from examples.demo.checks import check
from examples.demo.child import Child, ChildDied
from examples.demo.desk import Desk, trader_id
from examples.demo.lines import print_lines
from examples.demo.monitor import foreground_monitor
from examples.demo.outcome import Outcome, no_child_left
from examples.demo.pipe import Listening, Look, Quiet, Report, Seen, Serving, Watching
from examples.demo.record import Record
from examples.demo.report import closing_line, show_checks, show_report
from ssc_rx import Pool

__all__ = ["session"]

START_S = 15.0
REPORT_S = 6.0
TERM = os.environ.get("TERM", "")


async def session(*, headless: bool, seconds: float | None) -> int:
    """Run the demo; returns the exit code.

    Args:
        headless: Whether to report and check, instead of showing the monitor.
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
        record = Record(pool)
        async with TaskGroup() as group:
            async with pool, pool.serve(id=trader_id) as server:
                started_at = loop.time()
                sampling = group.create_task(record.sample(), name="samples")
                working = group.create_task(desk.work(), name="desk")
                child.send(Serving(server.url))
                async with AsyncExitStack() as stack:
                    watcher = None
                    if headless:
                        watcher = await _watched(pool, stack)
                        await _first(stop, seconds, child.watch())
                    else:
                        await _shown(pool, stop, seconds, child)
                    lasted_s = loop.time() - started_at
                    report = await _settle(working, child, record)
                    seen = await _look(watcher)
                    true = pool.stats()
                    record.end()
            sampling.cancel()
        record.look(pool.stats())
    this = asyncio.current_task()
    return Outcome(
        record=record,
        report=report,
        seen=seen,
        true=true,
        last=pool.stats(),
        seconds=lasted_s,
        exit_code=child.code,
        no_child_left=no_child_left(),
        tasks_left=tuple(t.get_name() for t in asyncio.all_tasks() if t is not this),
    )


async def _shown(
    pool: Pool, stop: asyncio.Event, seconds: float | None, child: Child
) -> None:
    """Show the pool in this terminal, or print lines where there is none."""
    assert pool.monitor_path is not None
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or TERM in ("", "dumb"):
        await _first(stop, seconds, child.watch(), print_lines(pool))
        return
    async with foreground_monitor(pool.monitor_path) as monitor:
        await _first(stop, seconds, child.watch(), monitor.wait())


async def _watched(pool: Pool, stack: AsyncExitStack) -> Child:
    watcher = Child("examples.demo.watcher", str(pool.monitor_path))
    await stack.enter_async_context(watcher)
    await watcher.receive(Watching, within_s=START_S)
    return watcher


async def _look(watcher: Child | None) -> Seen | None:
    if watcher is None:
        return None
    watcher.send(Look())
    return await watcher.receive(Seen, within_s=REPORT_S)


async def _first(
    stop: asyncio.Event, seconds: float | None, *ends: Coroutine[Any, Any, object]
) -> None:
    """Wait for whatever comes first: Ctrl-C, the time, or one of the ends."""
    waits = [
        asyncio.create_task(stop.wait(), name="Ctrl-C"),
        *(asyncio.create_task(end, name="end") for end in ends),
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
