"""What users write, as both type checkers in strict mode have to accept it."""

import math
from collections.abc import Mapping
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
    Recording,
    Socket,
    Stream,
    collect,
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


async def analysing(pool: Pool) -> None:
    recording: Recording = await collect(pool.messages, n=1000, timeout=30)
    print(recording.to_polars(json=True).columns, recording[0].text, recording[1:].ids)
    recording.replay(speed=math.inf).pipe(ops.from_id("x")).subscribe(print)
    bars: Stream[ops.Bar] = pool.messages.pipe(
        ops.from_id("x"), ops.bars(lambda m: m.json()["p"], every=60, volume="v")
    )
    bars.subscribe(lambda bar: print(bar.close - bar.open))
    pool.messages.pipe(ops.gaps()).subscribe(lambda gap: print(gap.seconds + 1))
    pool.messages.pipe(ops.rates(5)).subscribe(lambda rate: print(rate.messages_per_s))
    tables: Stream[Mapping[str, Message]] = pool.messages.pipe(ops.latest(every=1))
    tables.subscribe(lambda table: print(table["x"].text))
    pool.messages.pipe(
        ops.distinct("seq"), ops.statistics("p", n=20), rx_ops.take(5)
    ).subscribe(lambda window: print(window.mean, window.std))
    missing = ops.sequence_gaps("seq")
    pool.messages.pipe(missing).subscribe(lambda gap: print(gap.missed))
    print(missing.skipped + missing.evicted)
    quotes = pool.messages.pipe(ops.from_id("quotes"))
    pool.messages.pipe(ops.asof(quotes, by="symbol", tolerance=5)).subscribe(
        lambda joined: print(joined.left.text, joined.right and joined.right.text)
    )
