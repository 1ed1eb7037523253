"""The statistics of a socket, drawn."""

import msgspec

from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import Stage


async def statistics(it: Shown, *keys: str) -> None:
    """Open the statistics of the socket with most messages."""
    await it.press("enter", "4", *keys)
    assert "[4 Statistics]" in it.text


async def test_latencies_are_those_that_were_seen() -> None:
    async with shown((120, 44), stage=Stage(seconds=5)) as it:
        pool = it.stage.pool
        for n in range(1, 10):
            pool.time += 0.25
            pool.set(1, latency=n / 100)
            await it.say(pool.state())
        await statistics(it)
        line = it.line("Latency")
        for figure in (
            "p50   40ms",
            "p90   80ms",
            "p99   90ms",
            "max   90ms",
            "10 pings",
        ):
            assert figure in line
        assert any(bar in it.text for bar in "▁▂▃")


async def test_rates_are_of_the_seconds_that_somebody_watched() -> None:
    async with shown((120, 44), stage=Stage(seconds=12)) as it:
        await statistics(it)
        assert "/s, in 12 s" in it.line("received  min")
        assert "mean" in it.line("written   min")


async def test_sizes_are_those_of_samples_and_say_so() -> None:
    async with shown((120, 44), stage=Stage(seconds=9)) as it:
        pool = it.stage.pool
        samples = [pool.sample(1, b"x", size=n) for n in (100, 100, 3000)]
        await it.say(pool.messages(*samples))
        await statistics(it)
        line = next(x for x in it.lines if "received  p50" in x)
        assert "max  3.0kB" in line
        assert "samples" in line
        assert "up to 4.1kB" in it.text
        assert "written   no sample" in it.text


async def test_what_became_of_writes_is_told_by_reason() -> None:
    async with shown((120, 44), stage=Stage(seconds=5)) as it:
        pool = it.stage.pool
        head = msgspec.structs.replace(
            pool.heads[1], outbox_messages=100, outbox_bytes=1000, overflow="close"
        )
        pool.time += 0.25
        pool.set(
            1, messages_out=5, queued=40, queued_bytes=500, accepted=57, dropped=8,
            drops={"oldest": 8}, failed=4, losses={"lost": 3, "overflow": 1},
        )  # fmt: skip
        await it.say(msgspec.structs.replace(pool.state(), born=(head,)))
        await statistics(it)
        assert "57 accepted = 5 handed over + 40 queued + 8 dropped + 4 lost" in it.text
        assert "oldest 8" in it.line("Dropped")
        assert "lost 3, overflow 1" in it.line("Lost")
        assert "40 of 100 messages, 500B of 1.0kB; when it is full" in it.text


async def test_it_is_drawn_in_ascii_as_well_and_on_small_terminals() -> None:
    async with shown((60, 20), stage=Stage(seconds=9), ascii=True) as it:
        await it.press("enter", "4")
        assert it.text.isascii()
        assert "Latency" in it.text
        await it.press("G")
        assert "Subscribers" in it.text


async def test_before_the_first_pong_and_without_traffic_it_says_so() -> None:
    async with shown((120, 44), stage=Stage("stats", seconds=3)) as it:
        number = it.stage.pool.add("new", latency=None)  # type: ignore[arg-type]
        it.stage.pool.time += 0.25
        await it.say(it.stage.pool.state())
        assert number
        await it.press("slash", *"id:new", "enter")
        await it.press("enter", "4")
        assert "no ping was answered yet" in it.text
        assert "Sizes" not in it.text
