"""What subscribers are called: the user's own function, however deep in a pipe."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import operators as rx_ops

from ssc_rx import Message
from ssc_rx import operators as ops
from ssc_rx.streams.hub import MessageHub
from ssc_rx.streams.naming import MAX_NAME, subscriber_name
from tests.streams.conftest import FakeHome


def keep(message: object) -> None:
    """A subscriber with a name."""


class Book:
    def take(self, message: object) -> None:
        """A method that subscribes."""


def name_of(subscribe: Callable[[MessageHub], object]) -> str:
    hub = MessageHub("pool.messages", FakeHome())
    subscribe(hub)
    (subscription,) = hub.subscriptions
    return subscriber_name(subscription.observer.on_next)


@pytest.mark.parametrize(
    "subscribe",
    [
        lambda hub: hub.subscribe(keep),
        lambda hub: hub.subscribe(functools.partial(keep)),
        lambda hub: hub.pipe(ops.json()).subscribe(keep),
        lambda hub: hub.pipe(ops.filter(bool), ops.map(str)).subscribe(keep),
        lambda hub: hub.pipe(rx_ops.map(str), rx_ops.filter(bool)).subscribe(keep),
        lambda hub: hub.pipe(rx_ops.distinct_until_changed()).subscribe(keep),
        lambda hub: hub.pipe(ops.map(str), rx_ops.scan(max)).subscribe(keep),
        lambda hub: hub.map(str).filter(bool).subscribe(keep),
    ],
    ids=[
        "bare",
        "partial",
        "json",
        "fused",
        "reactivex",
        "distinct",
        "mixed",
        "fluent",
    ],
)
def test_it_is_the_function_at_the_end_of_the_pipe(
    subscribe: Callable[[MessageHub], object],
) -> None:
    assert name_of(subscribe) == "keep"


def test_methods_and_built_in_functions_have_their_qualified_names() -> None:
    found: list[Message] = []
    assert name_of(lambda hub: hub.subscribe(Book().take)) == "Book.take"
    assert name_of(lambda hub: hub.subscribe(found.append)) == "list.append"


def test_a_lambda_has_the_place_where_it_is_written() -> None:
    line = name_of.__code__.co_firstlineno
    name = name_of(lambda hub: hub.subscribe(lambda _: None))
    file, _, at = name.rpartition("(")[2].rstrip(")").partition(":")
    assert (file, int(at) > line) == ("test_naming.py", True)


def test_what_has_no_name_has_its_types_and_no_name_is_endless() -> None:
    class Sink:
        def __call__(self, message: object) -> None: ...

    assert subscriber_name(Sink()).endswith("Sink")
    function: Any = lambda _: None  # noqa: E731 - its name is what is tested
    function.__qualname__ = "x" * 1000
    assert len(subscriber_name(function)) == MAX_NAME


def test_what_passes_values_to_itself_has_a_name_all_the_same() -> None:
    """A search that ends, whatever closures hold."""
    function: Any = functools.partial(keep)
    for _ in range(1000):
        function = functools.partial(lambda f, m: f(m), function)
    assert subscriber_name(function)
