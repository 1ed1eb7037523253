"""What was counted since a moment; the pool's own counters are untouched."""

from pathlib import Path

from ssc_monitor.model.baseline import Baseline, Counters
from ssc_monitor.model.pool import PoolView
from ssc_monitor.sources.source import Attached
from tests.ssc_monitor.scripted import Pool, hello
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.stage import Stage


def view_of(pool: Pool) -> PoolView:
    view = PoolView()
    view.apply(hello())
    view.apply(pool.state(begin=True))
    return view


def test_counters_are_those_since_the_moment() -> None:
    pool = Pool([("feed", "server")])
    pool.receive(1, 100, 10)
    pool.failed = {"lost": 3}
    view = view_of(pool)
    baseline = Baseline(view)
    assert baseline.socket(view.sockets[1]) == Counters()
    pool.time += 0.25
    pool.receive(1, 7, 10)
    pool.failed = {"lost": 4, "closed": 1}
    pool.refused = 2
    number = pool.add("later")
    pool.receive(number, 5, 10)
    view.apply(pool.state())
    assert baseline.socket(view.sockets[1]) == Counters(messages_in=7, bytes_in=70)
    assert baseline.socket(view.sockets[number]).messages_in == 5
    assert view.row is not None
    since = baseline.pool(view.row)
    assert (since.failed, since.refused) == ({"lost": 1, "closed": 1}, 2)
    assert view.row.failed == {"lost": 4, "closed": 1}
    assert view.sockets[1].messages_in == 107


def test_another_socket_of_the_same_id_is_counted_whole() -> None:
    pool = Pool([("feed", "server")])
    pool.receive(1, 100, 10)
    view = view_of(pool)
    baseline = Baseline(view)
    pool.remove(1)
    number = pool.add("feed")
    pool.receive(number, 2, 10)
    view.apply(pool.state())
    assert baseline.socket(view.sockets[number]).messages_in == 2


async def test_z_marks_that_it_counts_from_now_on_and_z_again_undoes_it() -> None:
    async with shown((160, 40), stage=Stage(seconds=10)) as it:
        await it.say(it.stage.pool.state())
        assert "failed 3" in it.text
        await it.press("z")
        assert "failed 3" not in it.text
        assert "z: counted for 00:00:00" in it.text
        pool = it.stage.pool
        pool.time += 5
        pool.failed = {"lost": 5}
        await it.say(pool.state())
        assert "failed 2" in it.text
        assert "z: counted for 00:00:05" in it.text
        await it.press("z")
        assert "failed 5" in it.text
        assert "counted for" not in it.text


async def test_a_program_that_starts_anew_is_counted_from_its_start() -> None:
    async with shown((160, 40), stage=Stage(seconds=10)) as it:
        await it.press("z")
        again = Pool([("new", "server")])
        again.failed = {"lost": 1}
        said = hello(pid=4242)
        attached = Attached(Path("/run/4242-1.sock"), said)
        await it.say(attached, said, again.state(begin=True))
        assert "failed 1" in it.text
        assert "counted for" not in it.text
