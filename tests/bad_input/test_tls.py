"""Peers that don't keep to TLS, where TLS is spoken."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from websockets.asyncio.client import connect

from ssc_rx import DialError, LinkLostError, Pool, SocketClosed, SocketOpened
from ssc_rx.server import Server
from tests.faults.through import within
from tests.peers import silent, tcp_server, websocket_server
from tests.recorder import Recorder
from tests.tls import contexts

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


@pytest.fixture
async def server(pool: Pool) -> AsyncIterator[Server]:
    serving, _ = contexts()
    async with pool.serve(
        "localhost", ssl=serving, open_timeout=0.3, id=lambda _: "peer"
    ) as server:
        yield server


@pytest.mark.parametrize(
    "sent",
    [REQUEST, b"\0" * 1000, HELLO, HELLO + b"\xff" * 600, b"\x16", b""],
    ids=["plain HTTP", "NULs", "half a hello", "a bad hello", "a byte", "nothing"],
)
async def test_who_does_not_speak_tls_is_dropped_within_the_open_timeout(
    heard: Recorder, server: Server, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    _, trusting = contexts()
    reader, writer = await asyncio.open_connection("localhost", server.port)
    try:
        writer.write(sent)
        async with connect(server.url, ssl=trusting):  # an honest one beside it
            assert len(heard.of(SocketOpened)) == 1
        async with within(0.3):
            with contextlib.suppress(ConnectionError):
                while await reader.read(1000):  # an alert, perhaps
                    pass
    finally:
        writer.transport.abort()
    await heard.event(SocketClosed)
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_a_request_that_never_comes_is_cut_off_behind_tls_too(
    heard: Recorder, server: Server
) -> None:
    _, trusting = contexts()
    reader, writer = await asyncio.open_connection(
        "localhost", server.port, ssl=trusting
    )
    try:
        writer.write(REQUEST[:10])
        async with within(0.3):
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
    finally:
        writer.transport.abort()
    assert heard.of(SocketOpened) == []


async def test_an_end_without_the_notice_of_tls_is_a_loss(
    pool: Pool, heard: Recorder, server: Server
) -> None:
    _, trusting = contexts()
    async with connect(server.url, ssl=trusting) as peer:
        peer.transport.abort()
        info = (await heard.event(SocketClosed)).info
    assert (info.code, info.by, info.clean) == (1006, "lost", False)
    assert isinstance(info.error, LinkLostError)


async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await reader.read()


async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        pass


Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (hang_up, "can't open"),
        (plain, "TLS failed"),
        (never, "within open_timeout=0.3 s"),
    ],
)
async def test_a_dial_to_one_that_does_not_speak_tls_is_our_error(
    pool: Pool, behave: Behave, says: str
) -> None:
    async with tcp_server(behave) as url, within(0.3):
        with pytest.raises(DialError, match=says):
            await pool.add_server_socket(
                url.replace("ws:", "wss:"), id="x", open_timeout=0.3
            )


async def test_a_dial_to_another_name_or_authority_is_our_error(pool: Pool) -> None:
    serving, trusting = contexts()
    async with websocket_server(silent, ssl=serving) as url:
        secure = url.replace(
            "ws:", "wss:"
        )  # to 127.0.0.1: the certificate's name differs
        for context in (trusting, ssl.create_default_context()):
            with pytest.raises(DialError, match="TLS failed") as caught:
                await pool.add_server_socket(secure, id="x", ssl=context)
            assert isinstance(caught.value.__cause__, ssl.SSLError)


async def test_a_redirect_from_tls_to_plain_is_refused(pool: Pool) -> None:
    async def moved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 301 Moved\r\nLocation: ws://localhost/\r\n"
            b"Content-Length: 0\r\n\r\n"
        )
        await reader.read()

    serving, trusting = contexts()
    listening = await asyncio.start_server(moved, "localhost", 0, ssl=serving)
    port = listening.sockets[0].getsockname()[1]
    try:
        with pytest.raises(DialError, match="non-secure"):
            await pool.add_server_socket(
                f"wss://localhost:{port}", id="x", ssl=trusting
            )
    finally:
        listening.close()
