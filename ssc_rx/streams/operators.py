"""Operators typed for streams of `Message`; those of reactivex work as well.

    from ssc_rx import operators as ops

    pool.messages.pipe(ops.where(id="feed"), ops.json()).subscribe(print)

Lambdas given to these pass mypy and pyright in strict mode, where reactivex's own
`filter` and `map` leave the argument untyped.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable, abc
from reactivex import operators as rx_ops

from ssc_rx.core.registry import check_id
from ssc_rx.errors import PayloadError
from ssc_rx.message import Message, MessageType
from ssc_rx.streams.hub import MessageHub
from ssc_rx.streams.stream import Stream, adopt

__all__ = ["filter", "from_id", "json", "map", "text", "where"]

R = TypeVar("R")
Operator = Callable[[Observable[Message]], Stream[R]]


def filter(predicate: Callable[[Message], bool]) -> Operator[Message]:
    """Let through the messages for which `predicate` holds.

    messages   --a--b--a--b--|
    filter(a)  --a-----a-----|
    """
    return _stream(rx_ops.filter(predicate))


def map(mapper: Callable[[Message], R]) -> Operator[R]:
    """Turn each message into something else.

    messages   --a--b--|
    map(f)     --fa-fb-|
    """
    return _stream(rx_ops.map(mapper))


def where(
    *, id: str | None = None, type: MessageType | None = None
) -> Operator[Message]:
    """Let through the messages of this ID and this type; `None` means any.

    messages               --x1--y1--x2--|
    where(id="x")          --x1------x2--|
    """
    if type is None:
        if id is None:
            return filter(lambda _: True)
        return from_id(id)
    if id is None:
        return filter(lambda message: message.type == type)
    by_id = from_id(id)
    by_type = filter(lambda message: message.type == type)
    return lambda source: by_type(by_id(source))


def from_id(id: str) -> Operator[Message]:
    """Let through the messages of one ID: any socket that has it, now or later.

    First in a pipe on `pool.messages` it is a look-up: its cost doesn't depend on how
    many sockets or subscribers there are.

        messages       --x1--y1--x2--|
        from_id("x")   --x1------x2--|
    """

    check_id(id)

    def apply(source: Observable[Message]) -> Stream[Message]:
        if isinstance(source, MessageHub):
            return source.by_name(id)
        return filter(lambda message: message.id == id)(source)

    return apply


def text() -> Operator[str]:
    """Decode each payload to `str`; what isn't UTF-8 is skipped and counted.

    messages   --"a"--0xff--"b"--|
    text()     --a-----------b---|
    """
    return _decoded(lambda message: message.text)


def json() -> Operator[Any]:
    """Decode each payload from JSON; what isn't JSON is skipped and counted.

        messages   --"1"--"{"--"2"--|
        json()     --1---------2----|

    Skipped payloads are counted in `pool.stats().payloads_invalid` and reported as
    `PayloadInvalid` events.
    """
    return _decoded(Message.json)


def _stream(operator: Callable[[Observable[Any]], Observable[R]]) -> Operator[R]:
    def apply(source: Observable[Message]) -> Stream[R]:
        result: Stream[R] = operator(source)  # type: ignore[assignment]
        return adopt(result, source.home) if isinstance(source, Stream) else result

    return apply


def _decoded(decode: Callable[[Message], R]) -> Operator[R]:
    def apply(source: Observable[Message]) -> Stream[R]:
        home = source.home if isinstance(source, Stream) else None

        def subscribe(
            observer: abc.ObserverBase[R], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            def on_next(message: Message) -> None:
                try:
                    value = decode(message)
                except PayloadError as error:
                    if home is not None:
                        home.listener.payload_invalid(message.id, error)
                    return
                observer.on_next(value)

            return source.subscribe(
                on_next, observer.on_error, observer.on_completed, scheduler=scheduler
            )

        result: Stream[R] = Observable(subscribe)  # type: ignore[assignment]
        return result if home is None else adopt(result, home)

    return apply
