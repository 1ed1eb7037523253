import functools
from typing import Any

import pytest
from reactivex import Observable
from reactivex import operators as rx_ops
from reactivex.testing import TestScheduler

from ssc_rx import Stream
from ssc_rx.streams.hub import Hub
from tests.streams.conftest import FakeHome


@pytest.fixture
def hub(home: FakeHome) -> Hub[int]:
    return Hub("numbers", home)


async def never_awaited(_: Any) -> None:
    raise AssertionError


class AsyncCallable:
    async def __call__(self, _: Any) -> None:
        raise AssertionError


class AsyncObserver:
    async def on_next(self, _: Any) -> None:
        raise AssertionError

    def on_error(self, _: Exception) -> None: ...

    def on_completed(self) -> None: ...


def test_what_operators_give_is_a_stream_again(hub: Hub[int]) -> None:
    piped = hub.pipe(rx_ops.filter(bool), rx_ops.map(str))
    fluent = hub.filter(bool).map(str)
    assert isinstance(piped, Stream)
    assert isinstance(fluent, Stream)


def test_what_operators_give_still_works(hub: Hub[int]) -> None:
    seen: list[str] = []
    hub.pipe(rx_ops.filter(lambda n: n > 1), rx_ops.map(str)).subscribe(seen.append)
    hub.take(1).subscribe(lambda n: seen.append(f"first {n}"))
    for n in range(4):
        hub.emit(n)
    assert seen == ["first 0", "2", "3"]


@pytest.mark.parametrize(
    "callback",
    [
        never_awaited,
        functools.partial(never_awaited, 1),
        AsyncCallable(),
        AsyncObserver(),
    ],
)
def test_a_coroutine_function_is_refused_behind_any_pipe(
    hub: Hub[int], callback: Any
) -> None:
    for stream in (hub, hub.pipe(rx_ops.map(str)), hub.map(str)):
        with pytest.raises(TypeError, match="coroutine function"):
            stream.subscribe(callback)
    assert not hub.observed


def test_a_coroutine_function_is_refused_for_the_end_too(hub: Hub[int]) -> None:
    with pytest.raises(TypeError, match="never_awaited is a coroutine function"):
        hub.subscribe(on_completed=never_awaited)


@pytest.mark.parametrize("callback", [5, "print", object()])
def test_what_is_not_callable_is_refused(hub: Hub[int], callback: Any) -> None:
    with pytest.raises(TypeError, match="must be callable"):
        hub.subscribe(callback)


def test_an_observer_may_be_subscribed(hub: Hub[int], home: FakeHome) -> None:
    other = Hub[int]("other", home)
    seen: list[int] = []
    other.subscribe(seen.append)

    class Forwarding:
        on_next = staticmethod(other.emit)
        on_error = staticmethod(lambda _: None)
        on_completed = staticmethod(lambda: None)

    hub.subscribe(Forwarding())  # type: ignore[arg-type]
    hub.emit(7)
    assert seen == [7]


def test_time_operators_run_on_the_pools_scheduler(
    hub: Hub[int], home: FakeHome
) -> None:
    seen: list[int] = []
    hub.pipe(rx_ops.debounce(10)).subscribe(seen.append)
    assert isinstance(home.scheduler, TestScheduler)
    hub.emit(1)
    hub.emit(2)
    assert seen == []
    home.scheduler.advance_by(11)
    assert seen == [2]


def test_time_operators_take_another_scheduler(hub: Hub[int]) -> None:
    seen: list[int] = []
    mine = TestScheduler()
    hub.pipe(rx_ops.debounce(10, scheduler=mine)).subscribe(seen.append)
    hub.emit(1)
    mine.advance_by(11)
    assert seen == [1]


def test_a_plain_observable_stays_what_it_was() -> None:
    assert type(Observable[int]().pipe(rx_ops.map(str))) is Observable


async def test_it_says_how_to_pull_from_it(home: FakeHome) -> None:
    with pytest.raises(TypeError, match=r"pool\.stream\(\)"):
        async for _ in Hub[int]("numbers", home):
            pass
