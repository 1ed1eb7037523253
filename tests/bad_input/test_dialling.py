"""Answers to our opening request that should not be: each is a `DialError` of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from ssc_rx import DialError, DialFailed, Pool, SocketClosed
from tests.faults.through import within
from tests.peers import shake_hands, silent, tcp_server, websocket_server
from tests.recorder import Recorder

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\n"
END = b"Content-Length: 0\r\n\r\n"


@asynccontextmanager
async def answering(answer: Answer, requests: list[bytes]) -> AsyncIterator[str]:
    """A server that answers every request so, and keeps TCP open."""

    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        if isinstance(answer, bytes):
            writer.write(answer)
        else:
            await answer(writer)
        await reader.read()

    async with tcp_server(behave) as url:
        yield url


async def endless(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    while True:
        writer.write(chunk)
        await writer.drain()


async def endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    await endless(writer, b"x" * 4096)


async def endless_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n")
    await endless(writer, b"1000\r\n" + b"x" * 4096 + b"\r\n")


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(SWITCH)
    await endless(writer, b"X: y\r\n" * 1000)


async def endless_line(writer: asyncio.StreamWriter) -> None:
    await endless(writer, b"HTTP/1.1 200 " + b"x" * 4096)


async def slow_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n")
    await dribble(writer)


async def slow_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    await dribble(writer)


async def dribble(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)  # its pace


HEAD: dict[str, tuple[Answer, str]] = {
    "200": (b"HTTP/1.1 200 OK\r\n" + END, "HTTP 200, not 101"),
    "204 without a body": (b"HTTP/1.1 204 No Content\r\n\r\n", "HTTP 204"),
    "401": (b"HTTP/1.1 401 Unauthorized\r\n" + END, "HTTP 401.*credentials"),
    "500": (b"HTTP/1.1 500 Oops\r\n" + END, "HTTP 500.*the server has a fault"),
    "599": (b"HTTP/1.1 599 \r\n" + END, "HTTP 599"),
    "status 1000": (b"HTTP/1.1 1000 Much\r\n" + END, "did not answer in HTTP"),
    "status 99": (b"HTTP/1.1 99 Little\r\n" + END, "did not answer in HTTP"),
    "100 Continue": (b"HTTP/1.1 100 Continue\r\n\r\n", "HTTP 100"),
    "HTTP/1.0": (b"HTTP/1.0 101 Switching Protocols\r\n\r\n", "did not answer in HTTP"),
    "HTTP/2": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\r\n", "did not answer in HTTP"),
    "an alert of TLS": (b"\x15\x03\x01\x00\x02\x02\x50\r\n", "did not answer in HTTP"),
    "101 and no more": (SWITCH + b"\r\n", "opening handshake failed"),
    "101 without Accept": (
        SWITCH + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "Sec-WebSocket-Accept",
    ),
    "101 with a wrong Accept": (
        SWITCH + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: AAAA\r\n\r\n",
        "Sec-WebSocket-Accept",
    ),
    "101 with two Accepts": (
        SWITCH + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: A\r\nSec-WebSocket-Accept: B\r\n\r\n",
        "Sec-WebSocket-Accept",
    ),
    "101 to something else": (
        SWITCH + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "Upgrade",
    ),
    "header with NUL": (SWITCH + b"X: \0\r\n\r\n", "did not answer in HTTP"),
    "header of 9,000 bytes": (
        SWITCH + b"X: " + b"y" * 9000 + b"\r\n\r\n",
        "did not answer in HTTP",
    ),
    "200 headers": (SWITCH + b"X: y\r\n" * 200 + b"\r\n", "did not answer in HTTP"),
    "length that is none": (
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: -1\r\n\r\n",
        "did not answer in HTTP",
    ),
    "length of 1 GiB": (
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1073741824\r\n\r\n",
        "did not answer in HTTP",
    ),
    "two lengths": (
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
        "did not answer in HTTP",
    ),
    "two times to wait": (
        b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nRetry-After: 2\r\n" + END,
        "HTTP 503",
    ),
    "redirect to nowhere": (b"HTTP/1.1 301 Moved\r\n" + END, "HTTP 301"),
    "two redirects": (
        b"HTTP/1.1 301 Moved\r\nLocation: ws://a\r\nLocation: ws://b\r\n" + END,
        "HTTP 301",
    ),
    "redirect to HTTP": (
        b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n" + END,
        "redirects to 'http://127.0.0.1/', where no WebSocket can be.*endpoint itself",
    ),
    "redirect to no URL": (
        b"HTTP/1.1 301 Moved\r\nLocation: ws://[\r\n" + END,
        "can't open",
    ),
    "redirect to a port that is none": (
        b"HTTP/1.1 301 Moved\r\nLocation: ws://127.0.0.1:99999/\r\n" + END,
        "can't open",
    ),
    "redirect to a host that is none": (
        b"HTTP/1.1 301 Moved\r\nLocation: ws://" + b"x" * 300 + b"/\r\n" + END,
        "can't open",
    ),
    "redirect to itself": (
        b"HTTP/1.1 301 Moved\r\nLocation: /\r\n" + END,
        "more than 10 redirects",
    ),
    "endless body": (endless_body, "did not answer in HTTP"),
    "endless chunks": (endless_chunks, "did not answer in HTTP"),
    "endless headers": (endless_headers, "did not answer in HTTP"),
    "endless line": (endless_line, "expected no more than 8192 bytes"),
    "slow body": (slow_body, "within open_timeout=1.5 s"),
    "slow head": (slow_head, "within open_timeout=1.5 s"),
}


@pytest.mark.parametrize(("answer", "says"), HEAD.values(), ids=HEAD)
async def test_a_bad_answer_is_our_error_and_frees_the_id(
    pool: Pool, heard: Recorder, answer: Answer, says: str
) -> None:
    async with answering(answer, []) as url:
        async with within(1.5):  # a busy machine may need a while to answer
            with pytest.raises(DialError, match=says) as caught:
                await pool.add_server_socket(url, id="x", open_timeout=1.5)
        assert caught.value.url == url
        assert "x" not in pool
        assert [event.error for event in heard.of(DialFailed)] == [caught.value]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Sec-WebSocket-Protocol: chat", "no subprotocols supported"),
        ("Sec-WebSocket-Extensions: permessage-deflate", "no extensions supported"),
        ("Sec-WebSocket-Extensions: ;", "extensions"),
    ],
)
async def test_what_we_did_not_offer_is_refused(
    pool: Pool, header: str, says: str
) -> None:
    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await shake_hands(reader, writer, headers=[header])
        await reader.read()

    async with tcp_server(behave) as url:
        with pytest.raises(DialError, match=says):
            await pool.add_server_socket(url, id="x")


@pytest.mark.parametrize(
    ("more", "code", "by"),
    [
        (b"\xff\xff", 1002, "us"),
        (b"\x81\x01\xff", 1007, "us"),
        (b"\x81\xff", 1002, "us"),
        (b"\x88\x02\x0f\xa1", 4001, "peer"),
    ],
)
async def test_garbage_behind_the_answer_is_the_end_of_an_open_socket(
    pool: Pool, heard: Recorder, more: bytes, code: int, by: str
) -> None:
    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await shake_hands(reader, writer, more)
        await reader.read()

    async with tcp_server(behave) as url:
        await pool.add_server_socket(url, id="x")
        info = (await heard.event(SocketClosed, id="x")).info
        assert (info.code, info.by) == (code, by)


SECRETS = {
    "Authorization": "Bearer secret",
    "Cookie": "session=secret",
    "Proxy-Authorization": "secret",
    "X-Api-Key": "secret",
}


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
async def test_headers_follow_a_redirect_to_the_same_host_only(
    pool: Pool, status: int
) -> None:
    def moved(location: str) -> bytes:
        return (
            b"HTTP/1.1 %d Moved\r\nLocation: %s\r\n" % (status, location.encode()) + END
        )

    there: list[bytes] = []
    here: list[bytes] = []
    async with answering(b"HTTP/1.1 403 Forbidden\r\n" + END, there) as other:

        async def redirect(writer: asyncio.StreamWriter) -> None:
            writer.write(moved("/second" if len(here) == 1 else other))

        async with answering(redirect, here) as url:
            with pytest.raises(DialError, match="HTTP 403"):
                await pool.add_server_socket(url, id="x", headers=SECRETS)
    first, second = (request.decode() for request in here)
    assert "GET /second " in second
    for name, value in SECRETS.items():
        assert f"{name}: {value}\r\n" in first
        assert f"{name}: {value}\r\n" in second
        assert value not in there[0].decode()
        assert name not in there[0].decode()


@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "all_proxy"])
async def test_the_proxy_of_the_environment_is_used_only_when_asked_for(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    asked: list[bytes] = []
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with (
        answering(b"HTTP/1.1 502 Bad Gateway\r\n" + END, asked) as proxy,
        websocket_server(silent) as url,
    ):
        for name in (variable, variable.upper()):
            monkeypatch.setenv(name, proxy.replace("ws:", "http:"))
        await pool.add_server_socket(url, id="x")
        await pool.remove_socket("x")
        assert asked == []
        if variable != "http_proxy":  # ws:// goes by it, or by that for all
            return
        with pytest.raises(DialError, match="the proxy failed"):
            await pool.add_server_socket(url, id="x", proxy=True)
        assert asked[0].startswith(b"CONNECT 127.0.0.1:")
