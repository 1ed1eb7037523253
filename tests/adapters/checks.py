"""What is looked at on every web server: what is promised, and how it is seen.

To add a check: write a coroutine that tells in few words what it saw, and its row in
`CHECKS` with what is promised.
"""

import contextlib
import hashlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.adapters.process import HostProcess

MIB = 1024 * 1024
CONTROL = "\x00\r\n\x1b[31m\u202e\U0001f600 '\"<>&%2f"


async def connected(url: str, **options: Any) -> ClientConnection:
    """A client without compression, pings, limits and proxies."""
    defaults: dict[str, Any] = {
        "compression": None,
        "ping_interval": None,
        "max_size": None,
        "proxy": None,
        "close_timeout": 5,
    }
    return await connect(url, **{**defaults, **options})


@contextlib.asynccontextmanager
async def dial(url: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """The same, closed at the end."""
    peer = await connected(url, **options)
    try:
        yield peer
    finally:
        # What asyncio raises if a transport is aborted that was lost at that moment.
        with contextlib.suppress(AttributeError):
            await peer.close()


async def close_seen(peer: ClientConnection) -> str:
    """Read to the end; the code and reason that the peer saw."""
    try:
        while True:
            await peer.recv()
    except ConnectionClosed as closed:
        received = closed.rcvd
        if received is None:
            return "1006"
        return f"{int(received.code)} {received.reason}".strip()


def outcome(said: Mapping[str, Any]) -> str:
    """What became of a handler."""
    if "raised" in said:
        return str(said["raised"])
    info = said["info"]
    told = f"{info['code']} {info['reason']}".strip()
    if info["by"] == "lost":
        return f"{told}, lost"
    clean = "" if info["clean"] else ", not clean"
    error = f", {info['error']}" if info["error"] else ""
    return f"{told}, by {info['by']}{clean}{error}"


async def refused(url: str, **options: Any) -> str:
    """The HTTP status that a handshake is answered with."""
    try:
        async with dial(url, **options) as peer:
            return f"accepted, then {await close_seen(peer)}"
    except InvalidStatus as error:
        return f"HTTP {error.response.status_code}"


# The checks


async def echo(host: HostProcess) -> str:
    dice = random.Random(1)
    sent: list[str | bytes] = ["text", b"\x00\xff", "grüß 😀", dice.randbytes(70_000)]
    async with dial(host.url("add", host.new_id("echo"))) as peer:
        for message in sent:
            await peer.send(message)
        got = [await peer.recv() for _ in sent]
    return "both types, in order" if got == sent else f"{got!r}"


async def empty_messages(host: HostProcess) -> str:
    async with dial(host.url("add", host.new_id("echo"))) as peer:
        for message in ("", b"", "end"):
            await peer.send(message)
        got: list[str | bytes] = []
        try:
            while not got or got[-1] != "end":
                got.append(await peer.recv())
        except ConnectionClosed as closed:
            return f"{closed.rcvd and int(closed.rcvd.code)}"
    if got == ["end"]:
        return "lost"
    return "kept" if got == ["", b"", "end"] else f"{got}"


async def peer_closes(host: HostProcess) -> str:
    id = host.new_id("peer")
    async with dial(host.url("add", id)) as peer:
        await host.said("SocketOpened", id)
        await peer.close(4001, "bye")
    return outcome(await host.said("SocketClosed", id))


async def pool_closes(host: HostProcess) -> str:
    id = host.new_id("close")
    async with dial(host.url("add", id)) as peer:
        await peer.send("close")
        seen = await close_seen(peer)
    return f"{seen}; {outcome(await host.said('SocketClosed', id))}"


async def peer_restarts(host: HostProcess) -> str:
    """With the code that uvicorn itself ends with."""
    id = host.new_id("peer")
    async with dial(host.url("add", id)) as peer:
        await host.said("SocketOpened", id)
        await peer.close(1012, "restart")
    return outcome(await host.said("SocketClosed", id))


async def peer_breaks_protocol(host: HostProcess) -> str:
    id = host.new_id("rude")
    async with dial(host.url("add", id)) as peer:
        await host.said("SocketOpened", id)
        peer.transport.write(b"\x83\x80\x00\x00\x00\x00")  # opcode 3 is reserved
        seen = (await close_seen(peer)).split()[0]
    info = (await host.said("SocketClosed", id))["info"]
    return f"{seen}; {info['code']} by {info['by']}, {info['error']}"


async def peer_does_not_answer(host: HostProcess) -> str:
    id = host.new_id("mute")
    async with dial(host.url("add", id)) as peer:
        await peer.send("close")
        peer.transport.pause_reading()
        said = await host.said("SocketClosed", id)
        peer.transport.abort()
    await host.said("handler", id)
    return outcome(said)


async def peer_is_cut_off(host: HostProcess) -> str:
    id = host.new_id("cut")
    async with dial(host.url("add", id)) as peer:
        await host.said("SocketOpened", id)
        peer.transport.abort()
        return outcome(await host.said("SocketClosed", id))


async def handler_returns(host: HostProcess) -> str:
    async with dial(host.url("return", host.new_id("return"))) as peer:
        return (await close_seen(peer)).split()[0]


async def handler_raises(host: HostProcess) -> str:
    async with dial(host.url("raise", host.new_id("raise"))) as peer:
        return (await close_seen(peer)).split()[0]


async def handler_is_cancelled(host: HostProcess) -> str:
    id = host.new_id("cancel")
    async with dial(host.url("add", id)) as peer:
        await peer.send("cancel")
        seen = (await close_seen(peer)).split()[0]
    await host.said("SocketClosed", id)
    return seen


async def slow_reader(host: HostProcess) -> str:
    id = host.new_id("flood")
    async with dial(host.url("flood", id), max_queue=1) as peer:
        peer.transport.pause_reading()
        said = await host.said("flooded", id)
        peer.transport.abort()
        await host.said("SocketClosed", id)
    if not said["stuck"]:
        return f"takes in {said['taken'] // MIB} MiB"
    bounded = said["taken"] < 32 * MIB and said["queued"] <= 4 * MIB
    return "held back" if bounded else f"{said}"


async def big_message(host: HostProcess) -> str:
    payload = random.Random(2).randbytes(5 * MIB)
    url = host.url("add", host.new_id("digest"), limit=16 * MIB)
    async with dial(url) as peer:
        try:
            await peer.send(payload)
            got = await peer.recv()
        except ConnectionClosed as closed:
            return f"{closed.rcvd and int(closed.rcvd.code)}"
    digest = hashlib.sha256(payload).hexdigest()
    return "received" if got == f"{len(payload)} {digest}" else f"{got!r}"


async def too_big(host: HostProcess) -> str:
    id = host.new_id("digest")
    async with dial(host.url("add", id)) as peer:
        with contextlib.suppress(ConnectionClosed):
            await peer.send(random.Random(3).randbytes(5 * MIB))
        seen = await close_seen(peer)
    info = (await host.said("SocketClosed", id))["info"]
    return f"{seen.split()[0]}; {info['code']} by {info['by']}, {info['error']}"


async def taken_id(host: HostProcess) -> str:
    id = host.new_id("taken")
    async with dial(host.url("add", id)):
        await host.said("SocketOpened", id)
        seen = await refused(host.url("add", id))
    await host.said("SocketClosed", id)
    return seen


async def empty_id(host: HostProcess) -> str:
    return await refused(host.url("add", ""))


async def hostile_ids(host: HostProcess) -> str:
    number = host.new_id("echo")
    seen = []
    for id in (f"{number}{CONTROL}", f"{number}{'x' * 3000}"):
        async with dial(host.url("add", id)) as peer:
            await peer.send("hello")
            seen.append(await peer.recv())
        await host.said("SocketClosed", id)
    return "taken as they are" if seen == ["hello", "hello"] else f"{seen}"


async def foreign_origin(host: HostProcess) -> str:
    url = host.url("add", host.new_id("origin"))
    return await refused(url, origin="https://elsewhere.example")


async def full_pool(host: HostProcess) -> str:
    id = host.new_id("full")
    async with dial(host.url("narrow", id)):
        seen = await refused(host.url("narrow", host.new_id("full")))
    await host.said("handler", id)
    return seen


async def accepted_before(host: HostProcess) -> str:
    id = host.new_id("echo")
    async with dial(host.url("accepted", id)) as peer:
        await peer.send("hello")
        try:
            if await peer.recv() == "hello":
                return "taken over"
        except ConnectionClosed:
            pass
    return outcome(await host.said("handler", id))


async def ended_before(host: HostProcess) -> str:
    id = host.new_id("ended")
    async with dial(host.url("ended", id)):
        pass
    return outcome(await host.said("handler", id))


async def leaves_in_handshake(host: HostProcess) -> str:
    id = host.new_id("late")
    with socket.create_connection(("127.0.0.1", host.port)) as peer:
        peer.sendall(
            f"GET /late?id={id} HTTP/1.1\r\nHost: 127.0.0.1:{host.port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        await host.said("waiting", id)
        reset = struct.pack("ii", 1, 0)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    async with dial(host.url("add", host.new_id("control"))) as control:
        await control.send(f"go {id}")
        said = await host.said("handler", id)
    return outcome(said)


class Check(NamedTuple):
    """A line of the table.

    Attributes:
        title: Its name there.
        promised: What is seen, in words.
        see: Looks at it.
    """

    title: str
    promised: str
    see: Callable[[HostProcess], Awaitable[str]]


CHECKS: dict[str, Check] = {
    "echo": Check("text and binary come and go", "both types, in order", echo),
    "empty": Check("empty messages", "kept", empty_messages),
    "peer closes": Check(
        'the peer closes with 4001 "bye"', "4001 bye, by peer", peer_closes
    ),
    "restarts": Check(
        'the peer closes with 1012 "restart"', "1012 restart, by peer", peer_restarts
    ),
    "pool closes": Check(
        'the pool closes with 4002 "ours": the peer sees; the pool',
        "4002 ours; 4002 ours, by us",
        pool_closes,
    ),
    "mute": Check(
        "a peer that does not answer that",
        "4002 ours, by us, not clean, CloseTimeoutError",
        peer_does_not_answer,
    ),
    "breaks": Check(
        "the peer breaks RFC 6455: it sees; the pool",
        "1002; 1002 by us, PeerProtocolError",
        peer_breaks_protocol,
    ),
    "cut off": Check("the peer's TCP connection is cut", "1006, lost", peer_is_cut_off),
    "returns": Check("the body of `async with` ends", "1000", handler_returns),
    "raises": Check("it raises", "1011", handler_raises),
    "cancelled": Check("it is cancelled", "1001", handler_is_cancelled),
    "slow": Check("a peer that does not read", "held back", slow_reader),
    "big": Check("5 MiB come in, 16 MiB allowed", "received", big_message),
    "too big": Check(
        "5 MiB come in, 1 MiB allowed: the peer sees; the pool",
        "1009; 1009 by us, PeerProtocolError",
        too_big,
    ),
    "taken ID": Check("the ID is taken", "HTTP 409", taken_id),
    "empty ID": Check("the ID is empty", "HTTP 400", empty_id),
    "hostile IDs": Check(
        "control characters in an ID, a very long ID", "taken as they are", hostile_ids
    ),
    "origin": Check("a foreign Origin", "HTTP 403", foreign_origin),
    "full": Check("`max_sockets` is reached", "HTTP 503", full_pool),
    "accepted": Check("it was accepted before", "taken over", accepted_before),
    "ended": Check("it had ended before", "LinkLostError", ended_before),
    "leaves": Check(
        "the peer leaves during its handshake", "LinkLostError", leaves_in_handshake
    ),
}
