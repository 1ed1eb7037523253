"""Opening requests that should not be: each is answered or dropped, and makes no socket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

from ssc_rx import Pool, SocketOpened
from ssc_rx.server import Server
from tests.faults.through import within
from tests.peers import open_client
from tests.recorder import Recorder

LINE = b"GET / HTTP/1.1\r\n"
HOST = b"Host: good.example\r\n"
UPGRADE = b"Upgrade: websocket\r\n"
CONNECTION = b"Connection: Upgrade\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"
GOOD = LINE + HOST + UPGRADE + CONNECTION + KEY + VERSION
"""All but the empty line at the end."""
LIST = b"a," * 4000 + b"a"
DROPPED = b""


def without(line: bytes, instead: bytes = b"") -> bytes:
    assert line in GOOD
    return GOOD.replace(line, instead) + b"\r\n"


def asking(*lines: bytes) -> bytes:
    return GOOD + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


REQUESTS: dict[str, tuple[bytes, bytes]] = {
    "line of 9,000 bytes": (without(b"/", b"/" + b"x" * 9000), b"414"),
    "header of 9,000 bytes": (asking(b"X: " + b"y" * 9000), b"431"),
    "header without end": (GOOD + b"X: " + b"y" * 200_000, b"431"),
    "200 headers": (asking(*[b"X: y"] * 200), b"431"),
    "POST": (without(b"GET", b"POST"), b"405"),
    "method in small letters": (without(b"GET", b"get"), b"405"),
    "CONNECT": (without(b"GET", b"CONNECT"), b"405"),
    "HTTP/1.0": (without(b"HTTP/1.1", b"HTTP/1.0"), b"505"),
    "HTTP/2.0": (without(b"HTTP/1.1", b"HTTP/2.0"), DROPPED),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", DROPPED),
    "no key": (without(KEY), b"400"),
    "short key": (without(KEY, b"Sec-WebSocket-Key: AAAA\r\n"), b"400"),
    "long key": (without(KEY, b"Sec-WebSocket-Key: " + b"A" * 400 + b"\r\n"), b"400"),
    "key that is none": (without(KEY, b"Sec-WebSocket-Key: !\r\n"), b"400"),
    "two keys": (GOOD + KEY + b"\r\n", b"400"),
    "no version": (without(VERSION), b"400"),
    "version 8": (without(b": 13", b": 8"), b"400"),
    "two versions": (GOOD + VERSION + b"\r\n", b"400"),
    "no upgrade": (without(UPGRADE), b"426"),
    "upgrade to something else": (without(b"websocket", b"h2c"), b"426"),
    "connection to be closed": (without(CONNECTION, b"Connection: close\r\n"), b"426"),
    "NUL in a header": (asking(b"X: a\0b"), DROPPED),
    "header without a colon": (asking(b"X"), DROPPED),
    "space before the colon": (asking(b"X : a"), DROPPED),
    "folded header": (asking(b"X: a", b" b"), DROPPED),
    "bare LF": (GOOD.replace(b"\r\n", b"\n") + b"\n", DROPPED),
    "path that isn't ASCII": (without(b"/", b"/\xfc"), DROPPED),
    "hello of TLS": (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300) + b"\r\n",
        DROPPED,
    ),
    "body": (asking(b"Content-Length: 5") + b"12345", DROPPED),
    "smuggled request": (
        asking(b"Content-Length: %d" % len(GOOD + b"\r\n")) + GOOD + b"\r\n",
        DROPPED,
    ),
    "two lengths": (asking(b"Content-Length: 0", b"Content-Length: 5"), DROPPED),
    "chunked body": (asking(b"Transfer-Encoding: chunked") + b"0\r\n\r\n", DROPPED),
    "second request behind the first": (asking() + asking(), DROPPED),
    "garbage behind a bad request": (without(KEY) + b"garbage", DROPPED),
    "foreign Origin": (asking(b"Origin: http://evil.example"), b"403"),
    "Origin null": (asking(b"Origin: null"), b"403"),
    "Origin that begins alike": (
        asking(b"Origin: http://good.example.evil.example"),
        b"403",
    ),
    "Origin that ends alike": (asking(b"Origin: http://evil-good.example"), b"403"),
    "Origin on another port": (asking(b"Origin: http://good.example:81"), b"403"),
    "Origin with a user": (asking(b"Origin: http://good.example@evil.example"), b"403"),
    "Origin that can't be read": (asking(b"Origin: http://["), b"403"),
    "two Origins": (
        asking(b"Origin: http://good.example", b"Origin: http://evil.example"),
        b"400",
    ),
    "Origin and two Hosts": (
        asking(b"Origin: http://good.example", b"Host: evil.example"),
        b"403",
    ),
    "Origin and no Host": (
        without(HOST, b"Origin: http://good.example\r\n"),
        b"403",
    ),
    "subprotocols that are none": (asking(b"Sec-WebSocket-Protocol: ,,;;"), b"400"),
    "extensions that are none": (asking(b"Sec-WebSocket-Extensions: ;;="), b"400"),
    "quote without end": (
        asking(b'Sec-WebSocket-Extensions: a; b="' + b'\\"' * 4000),
        b"400",
    ),
    **{
        f"lines and lines of {name.decode()}": (
            asking(*[name + b": " + LIST] * 100),
            b"4",
        )
        for name in (
            b"Connection",
            b"Upgrade",
            b"Sec-WebSocket-Protocol",
            b"Sec-WebSocket-Extensions",
        )
    },
}


@pytest.fixture
async def server(pool: Pool) -> AsyncIterator[Server]:
    async with pool.serve(compression="deflate", open_timeout=5.0) as server:
        yield server


async def answer_to(request: bytes, port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read(300)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(("request_", "status"), REQUESTS.values(), ids=REQUESTS)
async def test_a_bad_request_is_answered_or_dropped_and_makes_no_socket(
    pool: Pool,
    heard: Recorder,
    server: Server,
    request_: bytes,
    status: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = await answer_to(request_, server.port)
    assert answer.startswith(b"HTTP/1.1 " + status if status else b"")
    assert bool(answer) == bool(status)
    assert heard.of(SocketOpened) == []
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_a_list_of_a_hundred_lines_does_not_hold_up_the_loop(
    server: Server,
) -> None:
    clock = asyncio.get_running_loop()
    request = asking(*[b"Sec-WebSocket-Extensions: " + LIST] * 100)
    answer = asyncio.ensure_future(answer_to(request, server.port))
    longest, last = 0.0, clock.time()
    while not answer.done():
        await asyncio.sleep(0)
        longest, last = max(longest, clock.time() - last), clock.time()
    assert (await answer).startswith(b"HTTP/1.1 431 ")
    assert longest < 0.5, "without a bound it takes 3 s"


async def test_a_list_that_fills_a_line_is_no_reason_to_refuse(server: Server) -> None:
    offer = "Sec-WebSocket-Extensions: " + "a, " * 2000 + "permessage-deflate"
    _, writer, answer = await open_client(server.url, "/", offer)
    assert " 101 " in answer
    assert "permessage-deflate" in answer
    writer.transport.abort()


async def hears_within(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Whether anything comes, be it the end."""
    try:
        await asyncio.wait_for(reader.read(1), seconds)
    except TimeoutError:
        return False
    return True


async def test_many_that_dribble_are_cut_off_and_delay_no_honest_one(
    pool: Pool, heard: Recorder
) -> None:
    async def dribble(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for byte in GOOD:
                writer.write(bytes([byte]))
                if await hears_within(reader, 0.1):  # their pace
                    break
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()

    async with pool.serve(open_timeout=0.5) as server:
        many = [asyncio.ensure_future(dribble(server.port)) for _ in range(100)]
        async with within(0.5 + 0.2):
            async with connect(server.url) as honest:
                pong = await honest.ping()
                await pong
            assert set(await asyncio.gather(*many)) == {b""}
    await heard.events.until(lambda: len(heard.of(SocketOpened)) == 1)
    await heard.events.until(lambda: pool.list() == ["healthy"])


async def test_one_that_does_not_read_the_answer_is_cut_off(pool: Pool) -> None:
    def big(request: Any) -> tuple[int, str]:
        return 200, "x" * 20_000_000

    def under_way() -> bool:
        return any("opening handshake" in t.get_name() for t in asyncio.all_tasks())

    async with pool.serve(process_request=big, open_timeout=0.3) as server:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.port, limit=1024
        )
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.read(10)  # and from now on not even that
        async with within(0.3):
            while under_way():  # noqa: ASYNC110 - nothing tells of its end
                await asyncio.sleep(0)
        writer.transport.abort()
