"""What analysts' operators make of a feed: as marbles, and as polars makes it."""

import asyncio
import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex import Observable
from reactivex import operators as rx_ops
from websockets.asyncio.server import ServerConnection

from ssc_rx import InvalidOptionError, Message, MessageType, Pool, Recording, collect
from ssc_rx import operators as ops
from ssc_rx.recording import replay
from ssc_rx.streams.hub import MessageHub
from ssc_rx.testing import assert_marbles
from tests.analysis.quotes import quote
from tests.peers import websocket_server
from tests.streams.conftest import FakeHome

X = {f"x{n}": quote("x", 10 * n, p=n, seq=n) for n in range(10)}
Y = {f"y{n}": quote("y", 10 * n, p=n, seq=n) for n in range(10)}
FEED = {**X, **Y}


def test_gaps() -> None:
    assert_marbles(
        ops.gaps(),
        "--x1--y1--x2--x4--|",
        "----------a---b---|",
        messages=FEED,
        values={"a": ops.Gap("x", 20, 10), "b": ops.Gap("x", 40, 20)},
    )


def test_rates() -> None:
    size = len(X["x1"].payload)
    assert_marbles(
        ops.rates(20),
        "-x0-x1-y1----y2---|",
        "-------------(a,b)(c,|)",
        messages=FEED,
        values={
            "a": ops.Rate("x", 0, 2, 2 * size, 0.1),
            "b": ops.Rate("y", 0, 1, size, 0.05),
            "c": ops.Rate("y", 20, 1, size, 0.05),
        },
    )


def test_latest() -> None:
    x1, x2, y1 = X["x1"], X["x2"], Y["y1"]
    assert_marbles(
        ops.latest(),
        "--x1--y1--x2--|",
        "--a---b---c---|",
        messages=FEED,
        values={"a": {"x": x1}, "b": {"x": x1, "y": y1}, "c": {"x": x2, "y": y1}},
    )
    assert_marbles(
        ops.latest(every=20),
        "--x1--y1--x2--|",
        "----------b---(c,|)",
        messages=FEED,
        values={"b": {"x": x1, "y": y1}, "c": {"x": x2, "y": y1}},
    )


def test_a_table_is_what_it_was_and_can_not_be_changed() -> None:
    tables: list[Mapping[str, Message]] = []
    rx.of(*X.values()).pipe(ops.latest()).subscribe(tables.append)
    assert [table["x"] for table in tables] == list(X.values())
    changing: Any = tables[0]
    with pytest.raises(TypeError):
        changing["x"] = None


def test_statistics_by_count() -> None:
    assert_marbles(
        ops.statistics("p", n=2),
        "--x1--x3--y5--x7--|",
        "------a-----------(b,c,|)",
        messages=FEED,
        values={
            "a": ops.Statistics("x", 10, 2, 2.0, 1, 3, math.sqrt(2)),
            "b": ops.Statistics("y", 50, 1, 5.0, 5, 5, None),
            "c": ops.Statistics("x", 70, 1, 7.0, 7, 7, None),
        },
    )


def test_statistics_by_time() -> None:
    assert_marbles(
        ops.statistics("p", every=40),
        "--x1--x3--x5--|",
        "----------a---(b,|)",
        messages=FEED,
        values={
            "a": ops.Statistics("x", 0, 2, 2.0, 1, 3, math.sqrt(2)),
            "b": ops.Statistics("x", 40, 1, 5.0, 5, 5, None),
        },
    )


def test_bars() -> None:
    assert_marbles(
        ops.bars("p", 40, volume="seq"),
        "-x1-x3-x2-y1-x5---|",
        "-------------(a,b)(c,|)",
        messages=FEED,
        values={
            "a": ops.Bar("x", 0, 1, 3, 1, 2, 6, 3),
            "b": ops.Bar("y", 0, 1, 1, 1, 1, 1, 1),
            "c": ops.Bar("x", 40, 5, 5, 5, 5, 5, 1),
        },
    )


def test_sequence_gaps() -> None:
    assert_marbles(
        ops.sequence_gaps("seq"),
        "--x1--y7--x2--x5--x6--x3--x4--|",
        "--------------a-------b-------|",
        messages=FEED,
        values={
            "a": ops.SequenceGap("x", 50, 3, 5, 2),
            "b": ops.SequenceGap("x", 30, 7, 3, 0),
        },
    )


def test_sequence_numbers_of_64_bits_are_exact() -> None:
    seen: list[Any] = []
    of = [quote("x", 0, n=2**63 + n) for n in (0, 1, 3)]
    rx.of(*of).pipe(ops.sequence_gaps("n")).subscribe(seen.append)
    assert [gap.missed for gap in seen] == [1]


def test_distinct() -> None:
    assert_marbles(
        ops.distinct(),
        "--x1--y1--x2--y2--y3--|",
        "--x1------x2------y3--|",
        messages=FEED,
    )
    assert_marbles(
        ops.distinct("p", max_keys=1),
        "--x1--y1--x2--y1--|",
        "--x1------x2--y1--|",
        messages=FEED,
    )


def test_what_fails_before_an_operator_fails_after_it() -> None:
    assert_marbles(ops.bars("p", 40), "-x1-x3-#", "-------#", messages=FEED)


PONG = Message("x", MessageType.TEXT, b"pong", 1.0)


@pytest.mark.parametrize(
    "operator",
    [
        ops.bars("p", 10),
        ops.bars("p", 10, volume="v"),
        ops.statistics("p", n=1),
        ops.statistics("p", every=1),
        ops.sequence_gaps("p"),
    ],
)
def test_messages_without_the_value_are_counted(operator: ops.Analysis[Any]) -> None:
    seen: list[Any] = []
    rx.of(PONG, quote("x", 1, q=1)).pipe(operator).subscribe(seen.append)
    assert (seen, operator.skipped, operator.evicted) == ([], 2, 0)
    assert "2 skipped" in repr(operator)


def test_distinct_lets_through_what_it_can_not_compare() -> None:
    distinct, seen = ops.distinct("p"), list[Message]()
    rx.of(PONG, PONG).pipe(distinct).subscribe(seen.append)
    assert (len(seen), distinct.skipped) == (2, 2)


@pytest.mark.parametrize(
    ("operator", "closed_early"),
    [
        (ops.gaps(max_ids=2), 0),
        (ops.rates(1000, max_ids=2), 1),
        (ops.latest(max_ids=2), 0),
        (ops.statistics("p", every=1000, max_ids=2), 1),
        (ops.statistics("p", n=9, max_ids=2), 1),
        (ops.bars("p", 1000, max_ids=2), 1),
        (ops.sequence_gaps("p", max_ids=2), 0),
        (ops.distinct("p", max_keys=2), 0),
    ],
)
def test_what_is_remembered_is_bounded_and_counted(
    operator: ops.Analysis[Any], closed_early: int
) -> None:
    seen: list[Any] = []
    source = rx.of(*(quote(id, n, p=n) for n, id in enumerate("xyz")))
    source.pipe(operator).subscribe(seen.append)
    assert operator.evicted == 1
    if closed_early:
        assert [one.id for one in seen] == ["x", "y", "z"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ops.rates(0),
        lambda: ops.rates(math.inf),
        lambda: ops.gaps(max_ids=0),
        lambda: ops.latest(every=-1),
        lambda: ops.statistics("p"),
        lambda: ops.statistics("p", n=5, every=1),
        lambda: ops.statistics("", n=5),
        lambda: ops.bars("", 5),
        lambda: ops.bars("p", 5, volume=""),
        lambda: ops.distinct(""),
        lambda: ops.sequence_gaps(5),  # type: ignore[arg-type]
    ],
)
def test_wrong_arguments_are_told_at_the_call(wrong: Any) -> None:
    with pytest.raises(InvalidOptionError):
        wrong()


_feed = st.lists(
    st.tuples(st.sampled_from("xy"), st.integers(0, 300), st.integers(-9, 9))
).map(
    lambda rows: [
        quote(id, 1_764_000_000 + at / 8, p=p, v=abs(p))
        for id, at, p in sorted(rows, key=lambda row: row[1])
    ]
)


@given(_feed)
def test_bars_are_those_that_polars_makes_of_the_recording(feed: list[Message]) -> None:
    bars: list[ops.Bar] = []
    rx.of(*feed).pipe(ops.bars("p", 5, volume="v")).subscribe(bars.append)
    if not feed:
        assert bars == []
        return
    price, volume = pl.col("p").cast(pl.Float64), pl.col("v").cast(pl.Float64)
    wanted = (
        Recording(feed)
        .to_polars(json=True)
        .with_columns(id=pl.col("id").cast(pl.String))
        .group_by_dynamic("time", every="5s", group_by="id")
        .agg(
            open=price.first(),
            high=price.max(),
            low=price.min(),
            close=price.last(),
            volume=volume.sum(),
            count=pl.len().cast(pl.Int64),
        )
        .with_columns(start=pl.col("time").dt.epoch("ms") / 1000)
        .select(field.name for field in dataclasses.fields(ops.Bar))
    )
    got = pl.DataFrame(bars)
    assert got.sort("id", "start").rows() == wanted.sort("id", "start").rows()


@given(_feed)
def test_statistics_are_those_of_polars(feed: list[Message]) -> None:
    found: list[ops.Statistics] = []
    rx.of(*feed).pipe(ops.statistics("p", every=5)).subscribe(found.append)
    for one in found:
        numbers = pl.Series(
            m.json()["p"]
            for m in feed
            if m.id == one.id and one.start <= m.time < one.start + 5
        )
        assert (one.count, one.min, one.max) == (
            len(numbers),
            numbers.min(),
            numbers.max(),
        )
        assert one.mean == pytest.approx(numbers.mean())
        assert one.std == pytest.approx(numbers.std(), abs=1e-9)
    assert sum(one.count for one in found) == len(feed)


@given(_feed.flatmap(st.permutations))
def test_late_messages_are_lost_by_nobody(feed: list[Message]) -> None:
    bars: list[ops.Bar] = []
    rx.of(*feed).pipe(ops.bars("p", 5)).subscribe(bars.append)
    assert sum(bar.count for bar in bars) == len(feed)
    assert [bar.start for bar in bars] == sorted(bar.start for bar in bars)


async def test_a_live_pool_and_its_replays_make_the_same_bars(tmp_path: Path) -> None:
    async def feed(connection: ServerConnection) -> None:
        for n in range(500):
            await connection.send(f'{{"p": {n}}}')

    bars = ops.bars("p", 0.001)
    live: list[ops.Bar] = []
    pool = Pool(reconnect=None)
    pool.messages.pipe(bars).subscribe(live.append)
    async with websocket_server(feed) as url, pool:
        collecting = asyncio.ensure_future(collect(pool.messages, n=500))
        await pool.add_server_socket(url, id="x")
        recording = await collecting
    assert sum(bar.count for bar in live) == 500
    assert await all_of(recording.replay(speed=math.inf).pipe(bars)) == live
    recording.save(tmp_path / "feed.jsonl")  # whose times are microseconds
    loaded = Recording.load(tmp_path / "feed.jsonl").replay(speed=math.inf)
    file = replay(tmp_path / "feed.jsonl", speed=math.inf)
    assert await all_of(file.pipe(bars)) == await all_of(loaded.pipe(bars))


async def all_of(stream: Observable[Any]) -> list[Any]:
    everything: list[Any] = await stream.pipe(rx_ops.to_list())
    return everything


def test_each_subscription_begins_anew() -> None:
    source = rx.of(*X.values()).pipe(ops.statistics("p", n=3))
    first, second = list[Any](), list[Any]()
    source.subscribe(first.append)
    source.subscribe(second.append)
    assert first == second


def test_they_are_one_observer_with_those_before(home: FakeHome) -> None:
    hub, seen = MessageHub("pool.messages", home), list[Any]()
    hub.pipe(ops.from_id("x"), ops.filter(bool), ops.gaps()).subscribe(seen.append)
    assert not hub.observed  # the look-up is still the first of it
    for message in FEED.values():
        hub.emit(message)
    assert len(seen) == 9


def test_a_subscriber_that_raises_gets_the_rest_of_an_interval(home: FakeHome) -> None:
    hub, seen = MessageHub("pool.messages", home), list[str]()

    def fails_at_x(bar: ops.Bar) -> None:
        seen.append(bar.id)
        if bar.id == "x":
            raise ValueError

    hub.pipe(ops.bars("p", 20)).subscribe(fails_at_x)
    for message in (X["x1"], Y["y1"], X["x5"]):
        hub.emit(message)
    assert seen == ["x", "y"]
    assert len(home.failures) == 1


def test_a_function_that_raises_ends_the_pipe_with_its_error() -> None:
    errors: list[Exception] = []
    bars = ops.bars(lambda m: 1 / m.json()["p"], 5)
    rx.of(*X.values()).pipe(bars).subscribe(on_error=errors.append)
    assert [type(error) for error in errors] == [ZeroDivisionError]
