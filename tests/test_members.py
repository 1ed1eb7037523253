"""Sockets come and go: dialling, adding, removing."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    DialError,
    DialFailed,
    DuplicateIdError,
    EmptyIdError,
    InvalidIdError,
    InvalidOptionError,
    InvalidUrlError,
    Message,
    Pool,
    SocketClosedError,
    TooManySocketsError,
    UnknownSocketError,
)
from ssc_rx.transports.memory import memory_pair
from tests.assertions import assert_nothing_left
from tests.peers import (
    echo,
    shake_hands,
    silent,
    tcp_server,
    text_frame,
    websocket_server,
)
from tests.recorder import Recorder, Seen


@pytest.mark.parametrize(
    "url", ["", "http://x", "wss:", "ws://[", "not a url", None, 3, b"ws://x"]
)
async def test_a_url_that_is_none_is_refused(pool: Pool, url: Any) -> None:
    with pytest.raises(InvalidUrlError, match="no WebSocket URL"):
        await pool.add_server_socket(url)
    assert pool.list() == []


@pytest.mark.parametrize(
    ("id", "error"), [("", EmptyIdError), (3, InvalidIdError), (b"x", InvalidIdError)]
)
async def test_an_id_that_is_none_is_refused(
    pool: Pool, id: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await pool.add_server_socket("ws://127.0.0.1:1", id=id)
    with pytest.raises(error):
        await pool.add_client_socket(id, memory_pair()[0])
    with pytest.raises((error, UnknownSocketError)):
        pool.remove_socket(id)


async def test_an_option_that_is_none_is_refused(pool: Pool) -> None:
    with pytest.raises(InvalidOptionError, match="a socket takes"):
        await pool.add_server_socket("ws://x", no_such_option=1)  # type: ignore[call-arg]
    with pytest.raises(InvalidOptionError, match="can't dial ws://x"):
        await pool.add_server_socket("ws://x", ssl=ssl.create_default_context())
    assert pool.list() == []


async def test_a_dial_fails_with_our_error_and_frees_the_id(
    pool: Pool, heard: Recorder
) -> None:
    with pytest.raises(DialError, match="does the server run at that host and port"):
        await pool.add_server_socket("ws://127.0.0.1:1", id="x")
    (failed,) = heard.of(DialFailed)
    assert (failed.id, len(pool)) == ("x", 0)
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")


async def _garbage(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\xff\x00 this is no HTTP\r\n\r\n" * 10)
    await writer.drain()


async def _hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None: ...


async def _never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.get_running_loop().create_future()


async def _wrong_key(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n"
    )
    await reader.read()


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (_garbage, "did not answer in HTTP"),
        (_hang_up, "closed the connection without an answer|no connection"),
        (_never, "no opening handshake within open_timeout=0.2 s"),
        (_wrong_key, "Sec-WebSocket-Accept"),
    ],
)
async def test_what_is_no_websocket_server_is_told_apart(
    pool: Pool, behave: Any, says: str
) -> None:
    async with tcp_server(behave) as url:
        with pytest.raises(DialError, match=says) as caught:
            await pool.add_server_socket(url, open_timeout=0.2)
        assert caught.value.url == url
    await assert_nothing_left()


async def test_tls_towards_a_plain_server_fails_with_our_error(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        with pytest.raises(DialError, match="is it ws://"):
            await pool.add_server_socket(url.replace("ws:", "wss:"), open_timeout=5)


async def test_an_unlistened_redirect_carries_no_header_to_another_host(
    pool: Pool,
) -> None:
    async def elsewhere(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await reader.read()

    async def redirect(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: "
            + other.encode()
            + b"\r\n\r\n"
        )
        await reader.read()

    requests: list[bytes] = []
    async with tcp_server(elsewhere) as other, tcp_server(redirect) as url:
        with pytest.raises(DialError, match="403"):
            await pool.add_server_socket(url, headers={"X-Api-Key": "secret"})
    assert [b"secret" in request for request in requests] == [True, False]


async def test_headers_and_subprotocols_are_sent(pool: Pool) -> None:
    async with (
        pool.serve(id=lambda _: "c", subprotocols=["v2", "v1"]) as server,
    ):
        socket = await pool.add_server_socket(
            server.url + "/feed?a=1",
            headers={"X-Api-Key": "key"},
            subprotocols=["v1"],
            tags=["vip"],
        )
        request = pool["c"].request
        assert (request.path, request.headers["X-Api-Key"]) == ("/feed?a=1", "key")
        assert socket.subprotocol == pool["c"].subprotocol == "v1"
        assert socket.tags == {"vip"}
        assert socket.remote_address[1] == server.port


async def test_compression_is_negotiated_only_when_asked_for(pool: Pool) -> None:
    heard = Seen(pool.messages)
    async with pool.serve(id=lambda r: r.path, compression="deflate") as server:
        await pool.add_server_socket(server.url + "/on", id="on", compression="deflate")
        await pool.add_server_socket(server.url + "/off", id="off")
        extensions = {
            id: "permessage-deflate"
            in pool[id].request.headers.get("Sec-WebSocket-Extensions", "")
            for id in ("/on", "/off")
        }
        assert extensions == {"/on": True, "/off": False}
        pool.write_all("squeeze me " * 100)
        await heard.reach(4)
        assert {m.text for m in heard} == {"squeeze me " * 100}


async def test_what_comes_with_the_handshake_reaches_who_subscribes_at_once(
    pool: Pool, heard: Recorder
) -> None:
    async def eager(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer, more=text_frame("a") + text_frame("b"))
        await reader.read()

    async with tcp_server(eager) as url:
        socket = await pool.add_server_socket(url)
        seen = Seen(socket.messages)
        await seen.reach(2)
        assert [m.text for m in seen] == ["a", "b"]
        assert [type(e).__name__ for e in heard.events] == [
            "SocketOpening",
            "SocketOpened",
        ]


async def test_a_dial_may_be_removed_or_cancelled(pool: Pool, heard: Recorder) -> None:
    async with tcp_server(_never) as url:
        removed = asyncio.ensure_future(pool.add_server_socket(url, id="removed"))
        cancelled = asyncio.ensure_future(pool.add_server_socket(url, id="cancelled"))
        await asyncio.sleep(0)
        assert pool["removed"].state == "opening"
        with pytest.raises(SocketClosedError, match="opening"):
            pool.write(Message.of("removed", "too early"))
        pool.remove_socket("removed")
        cancelled.cancel()
        with pytest.raises(SocketClosedError):
            await removed
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert pool.list() == []
        await assert_nothing_left()


async def test_a_pool_may_be_bounded(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(max_sockets=1)
    async with pool, websocket_server(silent) as url:
        await pool.add_server_socket(url, id="a")
        with pytest.raises(TooManySocketsError, match="max_sockets=1"):
            await pool.add_server_socket(url, id="b")
        await pool.remove_socket("a")
        await pool.add_server_socket(url, id="b")


async def test_an_id_is_reserved_while_it_is_dialled(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        dial = asyncio.ensure_future(pool.add_server_socket(url, id="x"))
        await asyncio.sleep(0)
        with pytest.raises(DuplicateIdError):
            await pool.add_server_socket(url, id="x")
        assert (await dial).state == "open"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (999, ""),
        (1005, ""),
        (1006, ""),
        (1015, ""),
        (2999, ""),
        (5000, ""),
        ("1000", ""),
        (1000, "x" * 124),
        (1000, "ü" * 62),
        (1000, None),
        (1000, "\ud800"),
    ],
)
async def test_a_close_that_can_not_be_sent_is_refused(
    pool: Pool, code: Any, reason: Any
) -> None:
    async with websocket_server(silent) as url:
        socket = await pool.add_server_socket(url, id="x")
        with pytest.raises(InvalidOptionError):
            pool.remove_socket("x", code, reason)
        with pytest.raises(InvalidOptionError):
            socket.close(code, reason)
        assert socket.state == "open"


async def test_a_socket_may_be_removed_inside_on_next(
    pool: Pool, heard: Recorder
) -> None:
    async with websocket_server(echo) as url:
        socket = await pool.add_server_socket(url, id="x")
        own = Seen(socket.messages)
        pool.messages.subscribe(lambda m: pool.remove_socket(m.id, 4000, m.text))
        pool.write(Message.of("x", "enough"))
        info = await socket.wait_closed()
        assert (info.code, info.reason) == (4000, "enough")
        assert own.completed
        assert Seen(socket.messages).completed
        assert socket.close_info is info
        assert (await socket.close()) is info


async def test_cancelling_a_wait_for_the_end_has_no_effect(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        socket = await pool.add_server_socket(url)
        socket.wait_closed().cancel()
        assert socket.state == "open"
        assert (await socket.close()).clean
