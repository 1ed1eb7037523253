"""The embedded server: who gets in, under which ID, and who doesn't."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import InvalidStatus

from ssc_rx import (
    InvalidOptionError,
    Message,
    Pool,
    ServeError,
    SocketClosed,
    SocketOpened,
)
from tests.assertions import assert_delivered, assert_nothing_left
from tests.peers import open_client
from tests.recorder import Recorder
from tests.tls import contexts


async def refused(url: str, **options: Any) -> tuple[int, str]:
    """Status and text with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as caught:
        await connect(url, **options)
    response = caught.value.response
    return response.status_code, bytes(response.body or b"").decode()


async def test_every_peer_joins_the_pool_under_its_path_and_a_number(
    pool: Pool, heard: Recorder
) -> None:
    async with pool.serve() as server:
        assert server.url == f"ws://127.0.0.1:{server.port}"
        async with connect(server.url + "/chat?token=secret") as one:
            async with connect(server.url + "/chat") as two:
                assert pool.list() == ["/chat#1", "/chat#2"]
                await one.send("from one")
                await two.send("from two")
                await heard.messages.reach(2)
                pool.write(Message.of("/chat#2", "to two"))
                assert await two.recv() == "to two"
            await heard.event(SocketClosed)
            assert pool.list() == ["/chat#1"]
    assert_delivered(heard.messages, "/chat#1", "from one")


async def test_leaving_stops_listening_and_keeps_the_sockets(
    pool: Pool, heard: Recorder
) -> None:
    async with pool.serve(id=lambda r: r.path) as server:
        peer = await connect(server.url + "/x")
    with pytest.raises(OSError, match=r"111|refused"):
        await connect(server.url)
    await peer.send("still here")
    await heard.messages.reach(1)
    await peer.close()


async def test_the_id_may_be_found_asynchronously(pool: Pool) -> None:
    async def user(request: Any) -> str:
        await asyncio.sleep(0)
        return f"user:{request.headers['X-User']}"

    async with (
        pool.serve(id=user) as server,
        connect(server.url, additional_headers={"X-User": "ann"}),
    ):
        assert pool.list() == ["user:ann"]


def _forbid(request: Any) -> str:
    raise PermissionError("no such room")


def _fail(request: Any) -> str:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("id", "status", "text"),
    [
        (lambda _: "taken", 409, "A socket of that ID is connected"),
        (_forbid, 403, "no such room"),
        (_fail, 500, "The server failed"),
        (lambda _: "", 400, "That is no ID"),
        (lambda _: 7, 500, "The server failed"),
    ],
)
async def test_a_peer_without_a_good_id_is_refused_before_the_upgrade(
    pool: Pool, heard: Recorder, id: Any, status: int, text: str
) -> None:
    async with (
        pool.serve(id=lambda _: "taken") as first,
        connect(first.url),
        pool.serve(id=id) as server,
    ):
        code, body = await refused(server.url)
        assert code == status
        assert text in body
        assert pool.list() == ["taken"]
        assert len(heard.of(SocketOpened)) == 1


@pytest.mark.parametrize(
    ("origin", "origins", "let_in"),
    [
        ("http://evil.example", None, False),
        ("null", None, False),
        ("http://127.0.0.1.evil.example", None, False),
        ("http://evil.example", ["http://evil.example"], True),
        ("http://evil.example", "*", True),
        (None, None, True),
    ],
)
async def test_a_browser_has_to_come_from_an_allowed_origin(
    pool: Pool, origin: Any, origins: Any, let_in: bool
) -> None:
    async with pool.serve(origins=origins) as server:
        if let_in:
            async with connect(server.url, origin=origin):
                assert len(pool) == 1
        else:
            code, body = await refused(server.url, origin=origin)
            assert code == 403
            assert "may not connect" in body


async def test_the_own_origin_is_let_in(pool: Pool) -> None:
    async with (
        pool.serve() as server,
        connect(server.url, origin=server.url.replace("ws:", "http:")),  # type: ignore[arg-type]
    ):
        assert len(pool) == 1


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_request_may_be_answered_in_plain_http(
    pool: Pool, asynchronous: bool
) -> None:
    def health(request: Any) -> tuple[int, str] | None:
        return (200, "fine\n") if request.path == "/health" else None

    async def later(request: Any) -> tuple[int, str] | None:
        await asyncio.sleep(0)
        return health(request)

    hook = later if asynchronous else health
    async with pool.serve(process_request=hook) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith(b"fine\n")
        async with connect(server.url):
            assert len(pool) == 1
    await assert_nothing_left()


@pytest.mark.parametrize("answer", [(99, "x"), (101, "x"), "nonsense"])
async def test_a_plain_answer_that_can_not_be_is_the_servers_fault(
    pool: Pool, answer: Any
) -> None:
    async with pool.serve(process_request=lambda _: answer) as server:
        code, _ = await refused(server.url)
        assert code == 500


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"426"),
        (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b""),
        (b"\x00\xff\r\n\r\n", b""),
    ],
)
async def test_garbage_is_answered_or_dropped_and_hurts_nobody(
    pool: Pool, heard: Recorder, request_: bytes, status: bytes
) -> None:
    async with pool.serve() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request_)
        answer = await reader.read()
        assert status in answer[:13]
        writer.close()
        async with connect(server.url):
            assert len(pool) == 1
        assert len(heard.of(SocketOpened)) == 1
    await assert_nothing_left()


async def test_a_handshake_that_never_ends_is_cut_off(pool: Pool) -> None:
    async with pool.serve(open_timeout=0.1) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
    await assert_nothing_left()


async def test_a_peer_that_leaves_during_its_handshake_leaves_nothing(
    pool: Pool, heard: Recorder
) -> None:
    async def slow(_: Any) -> str:
        asked.set()
        await go.wait()
        return "x"

    asked, go = asyncio.Event(), asyncio.Event()
    async with pool.serve(id=slow) as server:
        dial = asyncio.ensure_future(connect(server.url).__aenter__())
        await asked.wait()
        dial.cancel()
        await asyncio.gather(dial, return_exceptions=True)
        go.set()
        await heard.event(SocketClosed)
        assert pool.list() == []
    await assert_nothing_left()


async def test_a_stopping_pool_lets_nobody_in(pool: Pool) -> None:
    async def slow(_: Any) -> str:
        asked.set()
        await go.wait()
        return "x"

    asked, go = asyncio.Event(), asyncio.Event()
    server = await pool.serve(id=slow).__aenter__()
    dial = asyncio.ensure_future(connect(server.url).__aenter__())
    await asked.wait()
    stop = pool.stop()
    go.set()
    await stop
    with pytest.raises(Exception, match=r"503|did not receive|connection"):
        await dial


async def test_a_full_pool_answers_503(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(max_sockets=1)
    async with pool, pool.serve() as server, connect(server.url):
        assert (await refused(server.url))[0] == 503


async def test_subprotocols_are_negotiated_and_none_is_fine(pool: Pool) -> None:
    async with pool.serve(subprotocols=["v2", "v1"]) as server:
        async with connect(server.url, subprotocols=["v1", "v2"]) as peer:  # type: ignore[list-item]
            assert peer.subprotocol == "v2"
        async with connect(server.url) as peer:
            assert peer.subprotocol is None
        code, body = await refused(server.url, subprotocols=["v3"])
        assert code == 400
        assert "expected one of v2, v1" in body


async def test_a_taken_port_is_told(pool: Pool) -> None:
    async with pool.serve() as server:
        with pytest.raises(ServeError, match="choose another port"):
            async with pool.serve(port=server.port):
                raise AssertionError


async def test_a_host_that_is_none_is_told(pool: Pool) -> None:
    with pytest.raises(ServeError, match=r"can't listen on no\.such\.host"):
        async with pool.serve("no.such.host.invalid"):
            raise AssertionError


@pytest.mark.parametrize("port", [70_000, -1, "80", None, True])
async def test_a_port_that_is_none_is_told(pool: Pool, port: Any) -> None:
    with pytest.raises(InvalidOptionError, match="port must be from 0 to 65535"):
        pool.serve(port=port)


async def test_a_wrong_option_is_told(pool: Pool) -> None:
    with pytest.raises(InvalidOptionError, match="origins"):
        pool.serve(origins="http://one.example")


async def test_it_listens_on_a_unix_socket(pool: Pool, tmp_path: Path) -> None:
    path = str(tmp_path / "pool.sock")
    async with pool.serve(unix=path) as server:
        assert (server.url, server.port) == (f"ws+unix:{path}", 0)
        async with unix_connect(path) as peer:
            pool.write_all("over unix")
            assert await peer.recv() == "over unix"
        with pytest.raises(ServeError, match="another server does"):
            async with pool.serve(unix=path):
                raise AssertionError
    assert os.listdir(tmp_path) == []


async def test_it_speaks_tls_and_so_does_the_dial(pool: Pool, heard: Recorder) -> None:
    serving, trusting = contexts()
    async with pool.serve("localhost", ssl=serving, id=lambda _: "c") as server:
        assert server.url.startswith("wss://localhost:")
        await pool.add_server_socket(server.url, id="s", ssl=trusting)
        pool.write(Message.of("s", "x" * 100_000))
        pool.write(Message.of("c", "private"))
        await heard.messages.reach(2)
        with pytest.raises(ConnectionError, match=r"TLS failed.*cafile=\.\.\."):
            await pool.add_server_socket(server.url, id="distrustful")
        elsewhere = server.url.replace("localhost", "127.0.0.1")
        with pytest.raises(ConnectionError, match="give the host name that its cert"):
            await pool.add_server_socket(elsewhere, id="misled", ssl=trusting)
        info = await pool.remove_socket("s", 4000)
        assert (info.code, info.clean) == (4000, True)
    assert sorted((m.id, len(m.payload)) for m in heard.messages) == [
        ("c", 100_000),
        ("s", 7),
    ]


async def test_raw_frames_with_the_request_are_delivered(
    pool: Pool, heard: Recorder
) -> None:
    async with pool.serve(id=lambda _: "x") as server:
        reader, writer, answer = await open_client(server.url)
        assert " 101 " in answer
        writer.write(b"\x81\x82\0\0\0\0hi")
        await heard.messages.reach(1)
        writer.close()
        del reader
