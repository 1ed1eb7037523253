import asyncio
import contextvars

import pytest
from reactivex import operators as rx_ops

from ssc_rx import Message, ReentrancyLimitError
from ssc_rx.streams.hub import DRAINED_PER_TURN, MAX_WAITING, Hub, MessageHub
from tests.streams.conftest import FakeHome

place: contextvars.ContextVar[str] = contextvars.ContextVar("place", default="reader")


@pytest.fixture
def hub(home: FakeHome) -> Hub[int]:
    return Hub("numbers", home)


def test_everybody_gets_every_value_in_order(hub: Hub[int]) -> None:
    one: list[int] = []
    two: list[int] = []
    hub.subscribe(one.append)
    hub.subscribe(two.append)
    for n in range(5):
        hub.emit(n)
    assert one == two == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "error", [ValueError(), RecursionError(), asyncio.CancelledError(), GeneratorExit()]
)
def test_one_that_raises_hurts_nobody_and_stays(
    hub: Hub[int], home: FakeHome, error: BaseException
) -> None:
    before: list[int] = []
    after: list[int] = []
    calls: list[int] = []

    def bad(n: int) -> None:
        calls.append(n)
        raise error

    hub.subscribe(before.append)
    hub.subscribe(bad)
    hub.subscribe(after.append)
    hub.emit(1)
    hub.emit(2)
    assert before == after == calls == [1, 2]
    assert home.failures == [("numbers", error, 1, False), ("numbers", error, 2, False)]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_takes_effect_after_everybody_was_served(
    hub: Hub[int], home: FakeHome, kind: type[BaseException]
) -> None:
    after: list[int] = []

    def interrupted(_: int) -> None:
        raise kind

    hub.subscribe(interrupted)
    hub.subscribe(after.append)
    hub.emit(1)
    assert after == [1]
    with pytest.raises(kind):
        home.turn()


def test_a_raise_in_an_operator_ends_that_pipeline_only(
    hub: Hub[int], home: FakeHome
) -> None:
    inverse: list[float] = []
    other: list[int] = []
    hub.pipe(rx_ops.map(lambda n: 1 / n)).subscribe(inverse.append)
    hub.subscribe(other.append)
    for n in (1, 0, 2):
        hub.emit(n)
    assert inverse == [1.0]
    assert other == [1, 0, 2]
    ((_, error, failures, ended),) = home.failures
    assert isinstance(error, ZeroDivisionError)
    assert (failures, ended) == (1, True)


def test_on_error_of_a_pipeline_takes_the_error_itself(
    hub: Hub[int], home: FakeHome
) -> None:
    errors: list[Exception] = []
    hub.pipe(rx_ops.map(lambda n: 1 / n)).subscribe(on_error=errors.append)
    hub.emit(0)
    assert [type(e) for e in errors] == [ZeroDivisionError]
    assert home.failures == []


def test_each_subscriber_runs_in_the_context_in_which_it_subscribed(
    hub: Hub[int],
) -> None:
    seen: list[str] = []

    def subscribe_in(name: str) -> None:
        place.set(name)
        hub.subscribe(lambda _: seen.append(place.get()))

    contextvars.copy_context().run(subscribe_in, "cell 2")
    contextvars.copy_context().run(subscribe_in, "cell 3")
    hub.emit(1)
    assert seen == ["cell 2", "cell 3"]


def test_who_is_disposed_of_during_an_emission_gets_nothing_more(hub: Hub[int]) -> None:
    later: list[int] = []
    hub.subscribe(lambda _: subscription.dispose())
    subscription = hub.subscribe(later.append)
    hub.emit(1)
    assert later == []


def test_who_subscribes_during_an_emission_gets_the_next_value(hub: Hub[int]) -> None:
    late: list[int] = []
    first = hub.subscribe(lambda _: (first.dispose(), hub.subscribe(late.append)))
    hub.emit(1)
    hub.emit(2)
    assert late == [2]


def test_values_emitted_meanwhile_wait_so_that_all_see_one_order(hub: Hub[int]) -> None:
    one: list[int] = []
    two: list[int] = []
    hub.subscribe(lambda n: (one.append(n), n < 3 and hub.emit_in_turn(n + 1)))
    hub.subscribe(two.append)
    hub.emit_in_turn(1)
    assert one == two == [1, 2, 3]


def test_an_observer_that_feeds_its_stream_lets_the_loop_turn(
    hub: Hub[int], home: FakeHome
) -> None:
    seen: list[int] = []
    hub.subscribe(lambda n: (seen.append(n), hub.emit_in_turn(n + 1)))
    hub.emit_in_turn(0)
    assert len(seen) == DRAINED_PER_TURN + 1
    home.turn()
    assert len(seen) == 2 * DRAINED_PER_TURN + 1
    assert seen == list(range(len(seen)))


def test_what_comes_between_two_turns_waits_behind_what_waits(
    hub: Hub[int], home: FakeHome
) -> None:
    n = DRAINED_PER_TURN + 100
    seen: list[int] = []
    hub.subscribe(
        lambda value: (
            seen.append(value),
            [hub.emit_in_turn(i) for i in range(n) if value == -1],
        )
    )
    hub.emit_in_turn(-1)
    hub.emit_in_turn(n)  # by somebody else, before the next turn
    assert len(seen) == DRAINED_PER_TURN + 1
    home.turn()
    assert seen == [-1, *range(n + 1)]


def test_an_observer_that_floods_its_stream_meets_a_bound(
    hub: Hub[int], home: FakeHome
) -> None:
    def flood(_: int) -> None:
        for n in range(MAX_WAITING + 1):
            hub.emit_in_turn(n)

    hub.subscribe(flood)
    hub.emit_in_turn(0)
    assert isinstance(home.failures[0][1], ReentrancyLimitError)
    assert hub.full or home.deferred


def test_what_waits_is_delivered_before_the_end(hub: Hub[int], home: FakeHome) -> None:
    seen: list[int] = []
    hub.subscribe(
        lambda n: (
            seen.append(n),
            [hub.emit_in_turn(i) for i in range(2000) if n == -1],
        )
    )
    hub.emit_in_turn(-1)
    hub.complete()
    home.turn()
    assert seen == [-1, *range(2000)]


def test_completion_comes_once_and_at_once_to_the_late(hub: Hub[int]) -> None:
    ends: list[str] = []
    hub.subscribe(on_completed=lambda: ends.append("early"))
    hub.complete()
    hub.complete()
    hub.subscribe(on_completed=lambda: ends.append("late"))
    hub.emit(1)
    assert ends == ["early", "late"]


def test_one_that_raises_at_the_end_keeps_nobody_from_it(
    hub: Hub[int], home: FakeHome
) -> None:
    ends: list[str] = []
    hub.subscribe(on_completed=lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    hub.subscribe(on_completed=lambda: ends.append("served"))
    hub.complete()
    assert ends == ["served"]
    assert isinstance(home.failures[0][1], ZeroDivisionError)


def test_unsubscribing_leaves_nothing_behind(hub: Hub[int]) -> None:
    for _ in range(100):
        hub.subscribe(print).dispose()
    assert not hub.observed
    assert (hub._targets, hub._subscriptions) == ((), ())


def test_a_subscription_by_name_is_a_look_up(home: FakeHome) -> None:
    hub = MessageHub("pool.messages", home)
    seen: list[str] = []
    subscription = hub.by_name("x").subscribe(lambda m: seen.append(m.text))
    for id in ("x", "y", "x"):
        hub.emit(Message.of(id, id + "!"))
    assert seen == ["x!", "x!"]
    assert not hub.observed  # nobody stands in the way of the others
    assert list(hub.named) == ["x"]
    subscription.dispose()
    assert hub.named == {}


def test_many_subscribe_by_one_name_and_the_last_leaves_no_trace(
    home: FakeHome,
) -> None:
    hub = MessageHub("pool.messages", home)
    seen: list[int] = []
    stream = hub.by_name("x")
    subscriptions = [stream.subscribe(lambda _, n=n: seen.append(n)) for n in range(3)]
    hub.emit(Message.of("x", ""))
    subscriptions.pop(1).dispose()
    hub.emit(Message.of("x", ""))
    assert seen == [0, 1, 2, 0, 2]
    for subscription in subscriptions:
        subscription.dispose()
    assert hub.named == {}
    stream.subscribe(lambda _: seen.append(9))
    hub.emit(Message.of("x", ""))
    assert seen[-1] == 9


def test_a_subscription_by_name_ends_with_the_stream(home: FakeHome) -> None:
    hub = MessageHub("pool.messages", home)
    ends: list[str] = []
    hub.by_name("x").subscribe(on_completed=lambda: ends.append("early"))
    hub.complete()
    hub.by_name("y").subscribe(on_completed=lambda: ends.append("late"))
    assert ends == ["early", "late"]
    assert hub.named == {}
