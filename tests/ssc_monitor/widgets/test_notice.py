"""Feeds that were given up stay told."""

from ssc_monitor.sources.source import GivenUp
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.stage import Stage

WHY = "dial failed: the server answered HTTP 404, not 101; check the path"


async def test_a_feed_that_was_given_up_is_told_and_stays_told() -> None:
    stage = Stage(seconds=10)
    async with shown((80, 24), stage=stage) as it:
        assert "given up" not in it.text
        await it.say(GivenUp("wss://a.example/feed", WHY))
        for items in ([], [stage.pool.state()]):
            await it.say(*items)
            told = " ".join(line.strip() for line in it.lines[-3:-1])
            assert told == f"× wss://a.example/feed was given up: {WHY}"
        assert it.lines[-4].startswith("└")
        assert "quit" in it.lines[-1]


async def test_many_leave_room_for_all_else() -> None:
    stage = Stage(seconds=10)
    async with shown((60, 20), stage=stage) as it:
        reason = "the server said " + "no " * 200
        await it.say(*(GivenUp(f"wss://{n}.example/", reason) for n in range(50)))
        assert sum("×" in line or "no no" in line for line in it.lines) == 5
        assert "Sockets" in it.text


async def test_what_has_no_room_is_counted() -> None:
    async with shown((100, 60), stage=Stage(seconds=10)) as it:
        reason = "the server said " + "no " * 200
        await it.say(*(GivenUp(f"wss://{n}.example/", reason) for n in range(50)))
        lines = it.lines[-11:-1]
        assert [line[1] == "×" for line in lines].count(True) == 3
        assert all("…" in line for line in (lines[2], lines[5], lines[8]))
        assert lines[9].strip() == "and 47 more"
