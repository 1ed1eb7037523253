"""Operators typed for streams of `Message`; those of reactivex work as well.

    from ssc_rx import operators as ops

    pool.messages.pipe(ops.where(id="feed"), ops.json()).subscribe(print)

Lambdas given to these pass mypy and pyright in strict mode, where reactivex's own
`filter` and `map` leave the argument untyped.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable

from ssc_rx.core.registry import check_id
from ssc_rx.errors import InvalidOptionError
from ssc_rx.message import Message, MessageType
from ssc_rx.streams.closing import FailOnClose, SocketHub
from ssc_rx.streams.fused import Decode, Filter, Map
from ssc_rx.streams.hub import MessageHub
from ssc_rx.streams.stages import operator_of
from ssc_rx.streams.stream import Stream

__all__ = ["fail_on_close", "filter", "from_id", "json", "map", "text", "where"]

R = TypeVar("R")
Operator = Callable[[Observable[Message]], Stream[R]]


def filter(predicate: Callable[[Message], bool]) -> Operator[Message]:
    """Let through the messages for which `predicate` holds.

    messages   --a--b--a--b--|
    filter(a)  --a-----a-----|
    """
    return operator_of(lambda _: Filter(predicate))


def map(mapper: Callable[[Message], R]) -> Operator[R]:
    """Turn each message into something else.

    messages   --a--b--|
    map(f)     --fa-fb-|
    """
    return operator_of(lambda _: Map(mapper))


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
    return operator_of(lambda home: Decode(lambda message: message.text, home))


def json() -> Operator[Any]:
    """Decode each payload from JSON; what isn't JSON is skipped and counted.

        messages   --"1"--"{"--"2"--|
        json()     --1---------2----|

    Skipped payloads are counted in `pool.stats().payloads_invalid` and reported as
    `PayloadInvalid` events.
    """
    return operator_of(lambda home: Decode(Message.json, home))


def fail_on_close() -> Operator[Message]:
    """First in a pipe on `socket.messages`: fail where the socket ended unexpectedly.

    Without it the stream completes, however the socket ended. With it, it fails with
    `SocketEndedError`, but if our side closed it at our own wish, or the peer with 1000
    or 1001 (RFC 6455 section 7.4.1).

    messages          --a--b--|       (1011)
    fail_on_close()   --a--b--X

    Raises:
        InvalidOptionError: If it is put anywhere else.
    """

    def apply(source: Observable[Message]) -> Stream[Message]:
        if not isinstance(source, SocketHub):
            raise InvalidOptionError(
                "fail_on_close() goes first in a pipe on socket.messages; other streams "
                "don't end with a socket"
            )
        return FailOnClose(source)

    return apply
