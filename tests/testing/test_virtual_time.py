"""Time that passes only when nothing is left to do; and the ends of a run in it."""

import asyncio
import contextlib
import contextvars
import time

import pytest

from ssc_rx.testing import StuckError, VirtualTimeLoop, run_virtual


def test_waiting_takes_no_time_and_timers_fire_in_order() -> None:
    fired: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        fired.append((name, asyncio.get_running_loop().time()))

    async def main() -> str:
        await asyncio.gather(wait("late", 3600), wait("soon", 0.5), wait("mid", 60))
        return "done"

    began = time.monotonic()
    assert run_virtual(main()) == "done"
    assert time.monotonic() - began < 60
    assert fired == [("soon", 0.5), ("mid", 60.0), ("late", 3600.0)]


def test_what_waits_for_ever_is_named_with_its_place() -> None:
    async def innermost(never: asyncio.Event) -> None:
        await never.wait()

    async def main() -> None:
        await innermost(asyncio.Event())

    with pytest.raises(StuckError, match=r"innermost \(.*test_virtual_time\.py:\d+\)"):
        run_virtual(main())


def test_what_only_passes_time_ends_at_its_limit() -> None:
    async def ticks_for_ever() -> None:
        while True:  # noqa: ASYNC110
            await asyncio.sleep(1)

    with pytest.raises(StuckError, match=r"in 60 virtual seconds\n.*ticks_for_ever"):
        run_virtual(ticks_for_ever(), limit_s=60)


def test_what_is_left_is_cancelled() -> None:
    ended: list[str] = []

    async def lingers() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            ended.append("lingers")

    async def main() -> "asyncio.Task[None]":
        task = asyncio.create_task(lingers())
        await asyncio.sleep(1)
        return task

    assert run_virtual(main()).cancelled()
    assert ended == ["lingers"]


def test_a_failure_is_raised() -> None:
    async def main() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run_virtual(main())


def test_a_loop_can_be_stepped_from_outside() -> None:
    with contextlib.closing(VirtualTimeLoop()) as loop:
        seen: list[str] = []
        loop.call_soon(seen.append, "turn")
        loop.call_soon(lambda: loop.call_soon(seen.append, "next turn"))
        loop.call_later(2.0, seen.append, "two seconds")
        loop.run_turn()
        assert seen == ["turn"]
        loop.run_ready()
        assert (seen, loop.time()) == (["turn", "next turn"], 0.0)
        loop.run_for(2.5)
        assert (seen[2:], loop.time()) == (["two seconds"], 2.5)


@pytest.mark.virtual_time
async def test_time_may_pass_as_if_something_blocked_the_loop() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.pass_time(5.0)
    assert loop.time() == 5.0


async def test_it_runs_beside_a_loop_that_runs_already() -> None:
    """As in a cell of a notebook."""
    told: contextvars.ContextVar[str] = contextvars.ContextVar("told")
    told.set("here")

    async def main() -> tuple[str, float]:
        await asyncio.sleep(3600)
        return told.get(), asyncio.get_running_loop().time()

    assert run_virtual(main()) == ("here", 3600.0)


async def test_what_is_raised_beside_a_running_loop_is_raised_here() -> None:
    async def main() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_virtual(main())
