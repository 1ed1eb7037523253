"""Each message meets the last of the other feed before it, whoever comes first."""

import math
import random
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import Message
from ssc_rx.analysis.asof import AsOf, Joined
from ssc_rx.analysis.fold import Tally
from tests.analysis.quotes import quote

FOREVER = math.inf


def asof(
    by: str | None = None,
    tolerance: float = FOREVER,
    wait: float = 0.0,
    bound: int = 1000,
) -> tuple[AsOf, Tally]:
    tally = Tally()
    return AsOf(by, tolerance, wait, bound, tally), tally


def pairs(joined: Iterator[Joined]) -> list[tuple[float, float | None]]:
    return [(j.left.time, j.right and j.right.time) for j in joined]


def test_a_message_meets_the_last_before_it() -> None:
    join, _ = asof()
    list(join.right(quote("q", 1.0)))
    list(join.right(quote("q", 2.0)))
    list(join.right(quote("q", 9.0)))
    assert pairs(join.left(quote("t", 2.0))) == [(2.0, 2.0)]
    assert pairs(join.left(quote("t", 8.0))) == [(8.0, 2.0)]


def test_it_meets_none_if_there_is_none_or_it_is_too_old() -> None:
    join, _ = asof(tolerance=1)
    assert pairs(join.left(quote("t", 1.0))) == [(1.0, None)]
    list(join.right(quote("q", 2.0)))
    assert pairs(join.left(quote("t", 3.0))) == [(3.0, 2.0)]
    assert pairs(join.left(quote("t", 3.1))) == [(3.1, None)]


def test_it_waits_no_longer_than_it_may() -> None:
    join, _ = asof(wait=5)
    assert pairs(join.left(quote("t", 1.0))) == []
    assert pairs(join.left(quote("t", 3.0))) == []
    assert pairs(join.right(quote("q", 2.0))) == [(1.0, None)]
    assert pairs(join.left(quote("t", 8.0))) == [(3.0, 2.0)]
    assert pairs(join.left_ended()) == [(8.0, 2.0)]
    assert join.ended


def test_what_must_be_equal_is_and_what_has_it_not_meets_none() -> None:
    join, tally = asof(by="symbol")
    list(join.right(quote("q", 1.0, symbol="A")))
    list(join.right(quote("q", 2.0, symbol=["B"])))
    list(join.right(quote("q", 3.0)))
    assert pairs(join.left(quote("t", 4.0, symbol="A"))) == [(4.0, 1.0)]
    assert pairs(join.left(quote("t", 4.0, symbol=["B"]))) == [(4.0, 2.0)]
    assert pairs(join.left(quote("t", 4.0))) == [(4.0, None)]
    assert tally.skipped == 2


def test_bounds_are_kept_and_counted() -> None:
    join, tally = asof(wait=FOREVER, bound=2)
    for time in (1.0, 2.0):
        assert pairs(join.left(quote("t", time))) == []
    assert pairs(join.left(quote("t", 3.0))) == [(1.0, None)]
    assert tally.evicted == 1
    join, tally = asof(bound=2)
    for time in (1.0, 2.0, 3.0):
        list(join.right(quote("q", time)))
    assert pairs(join.left(quote("t", 1.5))) == [(1.5, None)]
    assert tally.evicted == 1


def test_what_nobody_looks_for_any_more_is_forgotten() -> None:
    join, tally = asof(bound=10)
    for time in range(10_000):
        list(join.right(quote("q", time)))
        assert pairs(join.left(quote("t", time + 0.5))) == [(time + 0.5, time)]
    assert tally.evicted == 0


_times = st.lists(st.integers(0, 20), max_size=20).map(sorted)
_symbols = st.sampled_from("AB")


@st.composite
def _feeds(draw: st.DrawFn) -> tuple[list[Message], list[Message]]:
    def feed(id: str) -> list[Message]:
        return [
            quote(id, t, symbol=draw(_symbols), n=n) for n, t in enumerate(draw(_times))
        ]

    return feed("t"), feed("q")


@pytest.mark.parametrize("tolerance", [FOREVER, 2.0])
@given(feeds=_feeds(), shuffled=st.randoms(use_true_random=False))
def test_it_is_what_polars_finds_whoever_is_ahead(
    tolerance: float,
    feeds: tuple[list[Message], list[Message]],
    shuffled: random.Random,
) -> None:
    lefts, rights = feeds
    join, _ = asof("symbol", tolerance, wait=FOREVER)
    found: list[Joined] = []
    coming = [*["left"] * len(lefts), *["right"] * len(rights)]
    shuffled.shuffle(coming)
    left, right = iter(lefts), iter(rights)
    for side in coming:
        found += join.left(next(left)) if side == "left" else join.right(next(right))
    found += [*join.left_ended(), *join.right_ended()]
    assert join.ended
    got = [(j.left.json()["n"], j.right and j.right.json()["n"]) for j in found]
    assert got == by_polars(lefts, rights, tolerance)


def by_polars(
    lefts: list[Message], rights: list[Message], tolerance: float
) -> list[tuple[int, int | None]]:
    def frame(messages: list[Message], n: str) -> pl.DataFrame:
        rows = [(m.time, m.json()["symbol"], m.json()["n"]) for m in messages]
        types = {"time": pl.Float64, "symbol": pl.String, n: pl.Int64}
        return pl.DataFrame(rows, schema=types, orient="row")

    joined = frame(lefts, "left").join_asof(
        frame(rights, "right"),
        on="time",
        by="symbol",
        tolerance=None if tolerance == FOREVER else tolerance,
        check_sortedness=False,
    )
    return joined.sort("left").select("left", "right").rows()
