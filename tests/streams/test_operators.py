from collections.abc import Callable
from typing import Any

import pytest
import reactivex as rx
from reactivex import Observable
from reactivex.testing import ReactiveTest, TestScheduler

from ssc_rx import InvalidIdError, Message, MessageType, Stream
from ssc_rx import operators as ops
from ssc_rx.streams.hub import MessageHub
from tests.streams.conftest import FakeHome

on_next, on_completed = ReactiveTest.on_next, ReactiveTest.on_completed
Operator = Callable[[Observable[Message]], Stream[Any]]


def marbles(operator: Operator, *messages: Message) -> list[Any]:
    """What comes out when one message a tick goes in, then the end."""
    scheduler = TestScheduler()
    ticks = [on_next(210 + 10 * n, message) for n, message in enumerate(messages)]
    end = on_completed(210 + 10 * len(messages))
    source = scheduler.create_hot_observable(*ticks, end)
    recorded: list[Any] = scheduler.start(lambda: operator(source)).messages
    return [(m.time, m.value.value if m.value.kind == "N" else "|") for m in recorded]


def message(id: str, data: Any) -> Message:
    return Message.of(id, data)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (ops.filter(lambda m: m.id == "x"), [0, 2]),
        (ops.from_id("y"), [1, 3]),
        (ops.where(), [0, 1, 2, 3]),
        (ops.where(id="x"), [0, 2]),
        (ops.where(type=MessageType.BINARY), [2, 3]),
        (ops.where(id="y", type=MessageType.BINARY), [3]),
    ],
)
def test_what_passes_keeps_its_time_and_order(
    operator: Operator, expected: list[int]
) -> None:
    messages = [
        message("x", "1"),
        message("y", "2"),
        message("x", b"3"),
        message("y", b"4"),
    ]
    passed = [(210 + 10 * n, messages[n]) for n in expected]
    assert marbles(operator, *messages) == [*passed, (250, "|")]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (ops.map(lambda m: m.id), ["x", "y", "z"]),
        (ops.text(), ["1", None, '{"a":2}']),
        (ops.json(), [1, None, {"a": 2}]),
    ],
)
def test_what_is_decoded_keeps_its_time_and_what_can_not_be_is_left_out(
    operator: Operator, expected: list[Any]
) -> None:
    sent = [message("x", "1"), message("y", b"\xff{"), message("z", {"a": 2})]
    passed = [(210 + 10 * n, v) for n, v in enumerate(expected) if v is not None]
    assert marbles(operator, *sent) == [*passed, (240, "|")]


@pytest.mark.parametrize("id", [5, b"x", ["x"]])
def test_an_id_that_is_none_is_refused(id: Any) -> None:
    with pytest.raises(InvalidIdError):
        ops.from_id(id)
    with pytest.raises(InvalidIdError):
        ops.where(id=id)


def test_they_are_a_module_of_their_own() -> None:
    import ssc_rx.operators

    assert ssc_rx.operators is ops


def test_a_skipped_payload_is_reported_to_the_home(home: FakeHome) -> None:
    hub = MessageHub("pool.messages", home)
    seen: list[Any] = []
    hub.pipe(ops.json()).subscribe(seen.append)
    hub.emit(message("x", "{"))
    hub.emit(message("x", "2"))
    assert seen == [2]
    ((id, error),) = home.invalid
    assert id == "x"
    assert "isn't JSON" in str(error)


def test_from_id_first_in_the_pipe_is_a_look_up_and_later_a_filter(
    home: FakeHome,
) -> None:
    hub = MessageHub("pool.messages", home)
    seen: list[str] = []
    hub.pipe(ops.from_id("x"), ops.text()).subscribe(seen.append)
    assert (list(hub.named), hub.observed) == (["x"], False)
    late = hub.pipe(ops.filter(lambda m: True), ops.from_id("x"), ops.text())
    late.subscribe(seen.append)
    assert hub.observed
    hub.emit(message("x", "hi"))
    hub.emit(message("y", "no"))
    assert seen == ["hi", "hi"]


def test_where_with_an_id_is_a_look_up_too(home: FakeHome) -> None:
    hub = MessageHub("pool.messages", home)
    seen: list[Message] = []
    hub.pipe(ops.where(id="x", type=MessageType.TEXT)).subscribe(seen.append)
    assert not hub.observed
    hub.emit(message("x", b"binary"))
    hub.emit(message("x", "text"))
    assert [m.text for m in seen] == ["text"]


def test_they_give_streams_of_the_same_home(home: FakeHome) -> None:
    hub = MessageHub("pool.messages", home)
    for operator in (ops.filter(bool), ops.map(str), ops.json(), ops.from_id("x")):
        stream = hub.pipe(operator)
        assert isinstance(stream, Stream)
        assert stream.home is home


def test_they_work_on_a_plain_observable() -> None:
    seen: list[Any] = []
    rx.of(message("x", "1"), message("x", "{")).pipe(ops.json()).subscribe(seen.append)
    assert seen == [1]
