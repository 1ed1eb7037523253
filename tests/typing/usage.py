"""What users write, as both type checkers in strict mode have to accept it."""

from typing import Any

from reactivex import operators as rx_ops

from ssc_rx import (
    BroadcastResult,
    CloseInfo,
    Message,
    MessageStream,
    MessageType,
    Overflow,
    Pool,
    Socket,
    Stream,
)
from ssc_rx import operators as ops


async def reading(pool: Pool, socket: Socket) -> None:
    everything: Stream[Message] = pool.messages
    some = everything.pipe(ops.filter(lambda m: m.id == "x"))
    lengths = everything.pipe(ops.map(lambda m: len(m.payload)))
    lengths.subscribe(lambda n: print(n + 1))
    texts: Stream[str] = some.pipe(ops.text())
    texts.subscribe(lambda text: print(text.upper()))
    everything.pipe(
        ops.where(id="x", type=MessageType.TEXT),
        ops.filter(lambda m: m.time > 0),
        ops.map(lambda m: m.text),
        rx_ops.take(3),
    ).subscribe(print)
    decoded: Stream[Any] = socket.messages.pipe(ops.from_id("x"), ops.json())
    decoded.subscribe(print)
    everything.filter(lambda m: m.id == "x").take(1).subscribe(print)
    first: Message = await everything.pipe(rx_ops.first())
    print(first.json())


async def taking(pool: Pool, socket: Socket) -> None:
    async with pool.stream("x", "y", buffer=10, overflow=Overflow.BLOCK) as stream:
        async for message in stream:
            print(message.text.upper(), stream.lost + stream.buffered)
    bare: MessageStream = socket.stream(overflow=Overflow.LATEST)
    latest: Message = await anext(bare)
    print(latest.json())


async def writing(pool: Pool, socket: Socket) -> None:
    pool.write(Message.of("x", {"a": [1, 2]}))
    await pool.send(Message("x", MessageType.BINARY, b""))
    result: BroadcastResult = pool.write_all("text", to=["a"], exclude={"b"})
    print(result.queued, result.dropped, result.closed)
    pool.messages.subscribe(pool.inbound)
    texts = pool.messages.pipe(ops.text())
    texts.subscribe(socket.writes)
    socket.writes.on_next("text")
    info: CloseInfo = await pool.remove_socket("x", 4000, "bye")
    print(info.code)
