"""What is to be written and can not be."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    InvalidMessageError,
    Message,
    MessageTooBigError,
    MessageType,
    Pool,
    SocketClosed,
    WriteRefused,
)
from tests.far_end import AddPeer
from tests.recorder import Recorder


def released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


def endless() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


class Bytes(bytes):
    """Not what a payload may be: it could override anything."""


BAD_DATA: dict[str, Any] = {
    "None": None,
    "an int": 3,
    "a float": 1.5,
    "a set": {1},
    "a tuple": (1,),
    "an object": object(),
    "a released memoryview": released(),
    "a lone surrogate": "\ud800",
    "JSON of a lone surrogate": {"a": "\ud800"},
    "JSON of an object": [object()],
    "JSON that holds itself": endless(),
    "JSON with a key that is none": {(1, 2): 3},
}


@pytest.mark.parametrize("data", BAD_DATA.values(), ids=BAD_DATA)
async def test_data_that_makes_no_message_is_refused_at_every_door(
    pool: Pool, heard: Recorder, add_peer: AddPeer, data: Any
) -> None:
    await add_peer("peer")
    socket = pool["peer"]
    doors: list[Callable[[], Any]] = [
        lambda: Message.of("peer", data),
        lambda: socket.write(data),
        lambda: pool.write_all(data),
        lambda: pool.write(data),
        lambda: pool.tagged("t").write_all(data),
    ]
    for door in doors:
        with pytest.raises(InvalidMessageError):
            door()
    for wait in (socket.send, pool.send):
        with pytest.raises(InvalidMessageError):
            await wait(data)
    for push in (socket.writes, pool.writes, pool.inbound):
        push.on_next(data)
    refused = [event.error for event in heard.of(WriteRefused)]
    assert [type(error) for error in refused] == [InvalidMessageError] * 3
    assert (pool.stats().accepted, pool.stats().refused) == (0, 9)
    pool.remove_socket("peer")
    await heard.event(SocketClosed, id="peer")


@pytest.mark.parametrize("kind", [MessageType.TEXT, MessageType.BINARY])
@pytest.mark.parametrize(
    "payload",
    [None, 3, "text", bytearray(b"x"), memoryview(b"x"), Bytes(b"x"), [b"x"]],
)
async def test_a_payload_that_is_not_bytes_is_refused(
    pool: Pool, kind: MessageType, payload: Any
) -> None:
    for write in (pool.write, pool["healthy"].write, pool.write_all):
        with pytest.raises(InvalidMessageError, match="payload must be bytes"):
            write(Message("healthy", kind, payload))


@pytest.mark.parametrize(
    "kind", [0, 1, 3, 11, -1, 256, None, "TEXT", MessageType.CLOSE]
)
async def test_a_type_that_is_none_is_refused(pool: Pool, kind: Any) -> None:
    with pytest.raises(InvalidMessageError):
        pool.write(Message("healthy", kind, b"x"))


async def test_a_gibibyte_is_refused_without_a_copy(pool: Pool) -> None:
    huge = bytes(1024**3)  # the system maps it, and gives no page until it is touched
    clock = asyncio.get_running_loop()
    for kind in (MessageType.BINARY, MessageType.TEXT):
        begun = clock.time()
        with pytest.raises(MessageTooBigError, match="1073741824 bytes"):
            pool.write(Message("healthy", kind, huge))
        assert clock.time() - begun < 1.0
    assert pool.stats().queued_bytes == 0
