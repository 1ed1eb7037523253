"""Readings: what changed, exactly, and totals that balance."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_rx import Options, Outbox, Overflow
from ssc_rx.monitor import wire
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.survey import SLICE, Survey
from tests.monitor.fakes import FakePool


class Model:
    """What a viewer knows from the frames it was sent."""

    def __init__(self) -> None:
        self.heads: dict[int, wire.SocketHead] = {}
        self.rows: dict[int, wire.SocketRow] = {}
        self.pool: wire.PoolRow | None = None

    def read(self, frames: Iterable[bytes]) -> list[wire.State]:
        states = [wire.decode_frame(frame) for frame in frames]
        for state in states:
            assert isinstance(state, wire.State)
            if state.begin:
                self.heads, self.rows = {}, {}
            self.heads |= {head.number: head for head in state.born}
            self.rows |= {row.number: row for row in state.rows}
            for number in state.gone:
                del self.rows[number]
            self.pool = state.pool or self.pool
        return states  # type: ignore[return-value]

    def assert_knows(self, pool: FakePool) -> None:
        known = {self.heads[n].id: row.messages_in for n, row in self.rows.items()}
        assert known == {id: s.messages_in for id, s in pool.members.items()}
        assert self.pool is not None
        assert self.pool.sockets == len(pool.members)
        everyone = [*pool.left, *(s.stats for s in pool.members.values())]
        assert self.pool.messages_in == sum(s.messages_in for s in everyone)


async def test_only_what_changed_is_told() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    a, _ = pool.add("a"), pool.add("b")
    model.read((await survey.read(0.0, 1))[0])
    a.receive()
    told, ended = model.read((await survey.read(0.5, 2))[0])
    assert [row.number for row in told.rows] == [1]
    assert told.born == ()
    assert ended.pool is not None
    assert (ended.pool.lag, ended.pool.viewers, ended.pool.open_sockets) == (0.5, 2, 2)
    (quiet,) = model.read((await survey.read(0.0, 1))[0])
    assert (quiet.rows, quiet.gone) == ((), ())
    model.assert_knows(pool)


async def test_who_left_is_told_with_its_last_counts() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    a = pool.add("a")
    model.read((await survey.read(0.0, 1))[0])
    a.receive()
    pool.remove("a")
    frames, gone = await survey.read(0.0, 1)
    last, _ = model.read(frames)
    assert gone == [a]
    assert last.gone == (1,)
    assert last.rows[0].messages_in == 1
    model.assert_knows(pool)


async def test_what_outboxes_dropped_is_told_of_each_socket_and_of_all() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    a, b, gone = pool.add("a"), pool.add("b"), pool.add("gone")
    a.dropped, b.dropped = {"oldest": 2}, {"newest": 3, "oldest": 1}
    gone.dropped = {"superseded": 4}
    model.read((await survey.read(0.0, 1))[0])
    pool.remove("gone")
    model.read((await survey.read(0.0, 1))[0])
    dropped = {model.heads[n].id: row.dropped for n, row in model.rows.items()}
    assert dropped == {"a": 2, "b": 4}
    assert model.pool is not None
    assert model.pool.dropped == {"oldest": 3, "newest": 3, "superseded": 4}


async def test_a_large_pool_is_told_in_slices() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    for n in range(3 * SLICE + 1):
        pool.add(str(n))
    frames, _ = await survey.read(0.0, 1)
    assert [len(state.rows) for state in model.read(frames)] == [SLICE] * 3 + [1, 0]
    newcomer = Model()
    states = newcomer.read(survey.whole())
    assert states[0].begin
    assert max(len(state.rows) for state in states) == SLICE
    newcomer.assert_knows(pool)


async def test_who_leaves_while_all_are_told_is_left_out() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    for n in range(2 * SLICE):
        pool.add(str(n))
    await survey.read(0.0, 1)
    whole = survey.whole()
    begun = [next(whole), next(whole)]
    pool.remove(str(2 * SLICE - 1))
    frames, _ = await survey.read(0.0, 1)
    model.read([*begun, *whole, *frames[1:]])
    model.assert_knows(pool)


@pytest.mark.virtual_time
async def test_who_leaves_during_a_reading_is_counted_once() -> None:
    pool = FakePool()
    survey = Survey(pool, Roll())
    for n in range(2 * SLICE):
        pool.add(str(n)).receive()
    reading = survey.read(0.0, 1)
    reading.send(None)  # the first slice is read
    pool.remove("0")
    pool.remove(str(2 * SLICE - 1))
    model = Model()
    try:
        while True:
            reading.send(None)
    except StopIteration as end:
        model.read(end.value[0])
    assert model.pool is not None
    assert model.pool.messages_in == 2 * SLICE


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("add", "remove", "receive", "read", "whole")),
            st.integers(0, 4),
        ),
        max_size=60,
    )
)
def test_a_viewer_knows_the_truth_after_any_history(
    steps: list[tuple[str, int]],
) -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())

    def read() -> None:
        reading = survey.read(0.0, 1)
        try:
            while True:
                reading.send(None)
        except StopIteration as end:
            model.read(end.value[0])

    read()
    for what, n in steps:
        id = str(n)
        match what:
            case "add" if id not in pool.members:
                pool.add(id)
            case "remove" if id in pool.members:
                pool.remove(id)
            case "receive" if id in pool.members:
                pool.members[id].receive()
            case "read":
                read()
                model.assert_knows(pool)
            case "whole":
                model = Model()
                read()
                model.read(survey.whole())
                model.assert_knows(pool)
            case _:
                pass


async def test_what_bounds_a_socket_is_told_once_and_what_waits_for_its_pong() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    pool.add("a").options = Options(
        outbox=Outbox(messages=7, bytes=99, overflow=Overflow.DROP_OLDEST),
        ping_timeout=3.0,
    )
    pool.members["a"].pinged_at = 12.5
    model.read((await survey.read(0.0, 1))[0])
    assert model.heads[1] == wire.SocketHead(1, "a", "client", 7, 99, "drop_oldest", 3)
    assert model.rows[1].pinged_at == 12.5


async def test_each_socket_s_books_can_be_checked() -> None:
    pool, model = FakePool(), Model()
    survey = Survey(pool, Roll())
    pool.add("a").dropped = {"oldest": 2}
    pool.members["a"].messages_out = 3
    model.read((await survey.read(0.0, 1))[0])
    row = model.rows[1]
    assert (row.accepted, row.messages_out, row.drops) == (5, 3, {"oldest": 2})
