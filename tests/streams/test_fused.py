"""Our own operators in a row do what those of reactivex do, in fewer calls."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import Observable
from reactivex import operators as rx_ops

from ssc_rx import Message
from ssc_rx import operators as ops
from ssc_rx.streams.hub import MessageHub
from tests.streams.conftest import FakeHome

Step = tuple[str, int]
"""What a stage does, and the number at which its function raises."""

steps = st.lists(
    st.tuples(st.sampled_from(["filter", "map"]), st.integers(0, 12)), max_size=5
)


def function(kind: str, raises_at: int) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        number = len(value.payload) if isinstance(value, Message) else value
        if number == raises_at:
            raise ValueError(number)
        return number % 3 != 0 if kind == "filter" else number + 1

    return apply


class Log:
    """What an observer was told; it disposes of itself, or raises, at a number."""

    def __init__(
        self, source: Observable[Any], disposes_at: int, raises_at: int
    ) -> None:
        self.calls: list[Any] = []
        self._disposes_at, self._raises_at = disposes_at, raises_at
        self.subscription = source.subscribe(self, scheduler=None)

    def on_next(self, value: Any) -> None:
        self.calls.append(value)
        number = len(value.payload) if isinstance(value, Message) else value
        if number == self._disposes_at:
            self.subscription.dispose()
        if number == self._raises_at:
            raise RuntimeError(number)

    def on_error(self, error: Exception) -> None:
        self.calls.append(repr(error))

    def on_completed(self) -> None:
        self.calls.append("|")


def told(module: Any, chain: list[Step], sizes: list[int], at: tuple[int, int]) -> Any:
    home = FakeHome()
    hub = MessageHub("messages", home)
    stages = [getattr(module, kind)(function(kind, n)) for kind, n in chain]
    log = Log(hub.pipe(*stages), *at)
    for size in sizes:
        hub.emit(Message.of("x", "." * size))
    hub.complete()
    failures = [(repr(error), n, ended) for _, error, n, ended in home.failures]
    return log.calls, failures, hub.observed


@given(
    steps,
    st.lists(st.integers(0, 10)),
    st.tuples(st.integers(0, 12), st.integers(0, 12)),
)
def test_it_is_told_the_same(
    chain: list[Step], sizes: list[int], at: tuple[int, int]
) -> None:
    assert told(ops, chain, sizes, at) == told(rx_ops, chain, sizes, at)


@pytest.mark.parametrize("mixed", [0, 1, 2])
def test_they_mix_with_those_of_reactivex(mixed: int) -> None:
    hub = MessageHub("messages", FakeHome())
    stages: list[Any] = [
        ops.filter(lambda m: m.id == "x"),
        ops.map(lambda m: m.payload),
        rx_ops.map(len),
    ]
    stages.insert(mixed, rx_ops.skip(1))
    heard: list[int] = []
    hub.pipe(*stages).subscribe(heard.append)
    for text in ("1", "22", "333"):
        hub.emit(Message.of("x", text))
        hub.emit(Message.of("y", text))
    assert heard == [2, 3]


def test_by_name_and_decoded_it_is_one_observer() -> None:
    home = FakeHome()
    hub = MessageHub("messages", home)
    heard: list[Any] = []
    subscription = hub.pipe(ops.from_id("x"), ops.json()).subscribe(heard.append)
    for id, data in (("x", "1"), ("y", "2"), ("x", "{"), ("x", '{"a":3}')):
        hub.emit(Message.of(id, data))
    assert heard == [1, {"a": 3}]
    assert not hub.observed  # only its name is looked up
    subscription.dispose()
    assert not hub.named
    assert [id for id, _ in home.invalid] == ["x"]
