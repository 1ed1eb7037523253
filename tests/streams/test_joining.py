"""Two streams joined by time, as marbles; what is found is in tests/analysis/test_asof."""

import math
from typing import Any

import pytest
import reactivex as rx
from reactivex.subject import Subject

from ssc_rx import InvalidOptionError, Message
from ssc_rx import operators as ops
from ssc_rx.streams.hub import MessageHub
from ssc_rx.testing import assert_marbles
from tests.analysis.quotes import quote
from tests.streams.conftest import FakeHome

T = {f"t{n}": quote("t", n) for n in range(10)}
Q = {f"q{n}": quote("q", n) for n in range(10)}
FEED = {**T, **Q}


def test_two_parts_of_one_stream() -> None:
    assert_marbles(
        lambda messages: messages.pipe(
            ops.from_id("t"), ops.asof(messages.pipe(ops.from_id("q")), tolerance=2)
        ),
        "--t1--q2--q3--t4--t6--|",
        "--a-----------b---c---|",
        messages=FEED,
        values={
            "a": ops.Joined(T["t1"], None),
            "b": ops.Joined(T["t4"], Q["q3"]),
            "c": ops.Joined(T["t6"], None),
        },
    )


def test_streams_that_are_not_in_step_wait_for_each_other() -> None:
    lefts, rights = rx.of(T["t2"], T["t5"]), rx.of(Q["q1"], Q["q4"], Q["q9"])
    wanted = [ops.Joined(T["t2"], Q["q1"]), ops.Joined(T["t5"], Q["q4"])]
    for first, second in ((lefts, rights), (rights, lefts)):
        one, other = Subject[Message](), Subject[Message]()
        left, right = (one, other) if first is lefts else (other, one)
        seen: list[Any] = []
        left.pipe(ops.asof(right, wait=math.inf)).subscribe(
            seen.append, on_completed=lambda seen=seen: seen.append("|")
        )
        first.subscribe(one)
        second.subscribe(other)
        assert seen == [*wanted, "|"]
        assert not left.observers
        assert not right.observers


def test_it_ends_with_the_stream_that_is_joined_to() -> None:
    assert_marbles(
        lambda messages: messages.pipe(ops.asof(rx.never())),
        "--t1--|",
        "--a---|",
        messages=FEED,
        values={"a": ops.Joined(T["t1"], None)},
    )


def test_a_failure_of_either_ends_it() -> None:
    failing = rx.throw(ValueError())
    assert_marbles(lambda m: m.pipe(ops.asof(failing)), "--t1--|", "#", messages=FEED)
    assert_marbles(lambda m: m.pipe(ops.asof(rx.never())), "--#", "--#", messages=FEED)


def test_a_function_that_raises_ends_it_and_lets_go_of_both(home: FakeHome) -> None:
    hub, errors = MessageHub("pool.messages", home), list[Exception]()
    joined = hub.pipe(ops.asof(hub, by=lambda m: 1 / 0))
    joined.subscribe(on_error=errors.append)
    hub.emit(T["t1"])
    assert [type(error) for error in errors] == [ZeroDivisionError]
    assert not hub.observed


def test_what_was_left_out_is_counted() -> None:
    join = ops.asof(rx.of(*Q.values()), by="symbol", max_waiting=5)
    rx.of(*T.values()).pipe(join).subscribe()
    assert (join.skipped, join.evicted) == (20, 0)
    join = ops.asof(rx.of(*Q.values()), max_waiting=5)
    rx.of(*T.values()).pipe(join).subscribe()
    assert (join.skipped, join.evicted) == (0, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"other": "feed"},
        {"by": ""},
        {"tolerance": -1},
        {"wait": math.nan},
        {"wait": True},
        {"max_waiting": 0},
    ],
)
def test_wrong_arguments_are_told_at_the_call(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        ops.asof(**{"other": rx.never(), **wrong})
