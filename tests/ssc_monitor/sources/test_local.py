"""A pool inside the viewer: dialled, dialled again, watched like any other."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from ssc_monitor.sources.local import LocalSource
from ssc_monitor.sources.source import Attached, GivenUp, Item, Lost
from ssc_rx.errors import InvalidOptionError, InvalidUrlError
from ssc_rx.monitor import wire
from tests.assertions import assert_nothing_left
from tests.peers import silent, websocket_server

ALL = wire.Watch(wire.Selection())


@asynccontextmanager
async def watched(source: LocalSource) -> AsyncIterator[AsyncIterator[Item]]:
    async with aclosing(source.frames()) as frames:
        yield frames
    await source.close()
    await assert_nothing_left()


async def until(frames: AsyncIterator[Item], holds: Callable[[Item], bool]) -> Item:
    """The next frame of which something is true."""
    async for item in frames:
        if holds(item):
            return item
    raise AssertionError("the frames have ended")


async def events(frames: AsyncIterator[Item], last: str, n: int) -> list[str]:
    """The names of all events up to the nth that is called `last`."""
    names: list[str] = []
    while names.count(last) < n:
        item = await until(frames, lambda item: isinstance(item, wire.Events))
        assert isinstance(item, wire.Events)
        names += [event.name for event in item.events]
    return names


async def greet(connection: ServerConnection) -> None:
    await connection.send("welcome")
    await connection.wait_closed()


async def test_it_shows_what_a_feed_sends_from_its_first_message(
    monitors: Path,
) -> None:
    async with websocket_server(greet) as url:
        source = LocalSource([url])
        assert source.name == url
        source.request(ALL)
        async with watched(source) as frames:
            attached = await anext(frames)
            assert isinstance(attached, Attached)
            assert attached.path.parent == monitors
            assert (attached.hello.pool, attached.hello.level) == ("connect", "control")
            batch = await until(
                frames,
                lambda item: isinstance(item, wire.Messages) and bool(item.samples),
            )
            assert isinstance(batch, wire.Messages)
            assert [sample.preview for sample in batch.samples] == [b"welcome"]
        assert os.listdir(monitors) == []


async def test_a_feed_that_drops_is_dialled_again(monitors: Path) -> None:
    calls = 0

    async def drop_the_first(connection: ServerConnection) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            await connection.wait_closed()

    async with (
        websocket_server(drop_the_first) as url,
        watched(LocalSource([url])) as frames,
    ):
        told = await events(frames, "SocketOpened", 2)
    assert told[-2:] == ["ReconnectScheduled", "SocketOpened"]
    assert "SocketClosed" not in told
    assert calls == 2


async def test_a_feed_that_is_not_there_yet_is_dialled_until_it_is(
    monitors: Path, unused_tcp_port: int
) -> None:
    gone = f"ws://127.0.0.1:{unused_tcp_port}"
    async with websocket_server(silent) as url:
        source = LocalSource([gone, url])
        assert source.name == f"{gone} and 1 more"
        async with watched(source) as frames:
            told = await events(frames, "DialFailed", 2)
    assert "SocketOpened" in told


async def test_headers_are_sent_to_every_feed(monitors: Path) -> None:
    seen: list[str | None] = []

    async def look(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request.headers.get("Authorization"))
        await connection.wait_closed()

    async with websocket_server(look) as one, websocket_server(look) as two:
        source = LocalSource([one, two], {"Authorization": "Bearer x"})
        async with watched(source) as frames:
            await events(frames, "SocketOpened", 2)
    assert seen == ["Bearer x", "Bearer x"]


def refuse(connection: ServerConnection, request: Request) -> Response:
    return connection.respond(HTTPStatus.UNAUTHORIZED, "who are you?")


async def test_a_feed_that_refuses_for_good_is_given_up_with_why(
    monitors: Path,
) -> None:
    async with (
        websocket_server(silent) as good,
        websocket_server(silent, process_request=refuse) as bad,
    ):
        secret = bad.replace("://", "://user:secret@") + "/feed?key=secret"
        async with watched(LocalSource([good, secret])) as frames:
            lost = await until(frames, lambda item: isinstance(item, GivenUp))
            assert isinstance(lost, GivenUp)
            assert lost.id == f"{bad}/feed"
            assert "HTTP 401" in lost.reason
            assert "--header" in lost.reason
            await until(frames, lambda item: isinstance(item, wire.State))


async def test_without_a_feed_that_is_left_it_ends(monitors: Path) -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close(1008, "not you")

    async with (
        websocket_server(leave) as one,
        websocket_server(silent, process_request=refuse) as two,
        watched(LocalSource([one, two])) as frames,
    ):
        items = [item async for item in frames]
    given_up = [item for item in items if isinstance(item, GivenUp)]
    assert {lost.id for lost in given_up} == {one, two}
    assert any("“not you”" in lost.text for lost in given_up)
    assert items[-1] == Lost("no feed is left to dial", retry=False)


async def test_feeds_that_differ_in_their_secrets_are_told_apart(
    monitors: Path,
) -> None:
    async with websocket_server(silent) as url:
        source = LocalSource([f"{url}/?key={n}" for n in range(3)])
        async with watched(source) as frames:
            state = await until(
                frames, lambda item: isinstance(item, wire.State) and len(item.born) > 2
            )
    assert isinstance(state, wire.State)
    ids = {head.id for head in state.born}
    assert ids == {f"{url}/", f"{url}/ (2)", f"{url}/ (3)"}


def test_urls_are_checked_before_anything_is_dialled() -> None:
    for url in ("", "http://a", "ws://", "wss://[", "a\x1b"):
        with pytest.raises(InvalidUrlError):
            LocalSource(["ws://good", url])
    with pytest.raises(InvalidOptionError, match="ws://a/ is given twice"):
        LocalSource(["ws://user:secret@a/", "ws://user:secret@a/"])


def test_its_name_holds_no_credentials() -> None:
    assert LocalSource(["wss://user:secret@a/feed?key=1"]).name == "wss://a/feed?…"


async def test_without_a_private_directory_it_says_so_and_ends(monitors: Path) -> None:
    os.chmod(monitors, 0o755)
    async with watched(LocalSource(["ws://127.0.0.1:1"])) as frames:
        items = [item async for item in frames]
    (lost,) = items
    assert isinstance(lost, Lost)
    assert not lost.retry
    assert "is open to others" in lost.reason


async def test_closing_ends_it(monitors: Path) -> None:
    async with websocket_server(silent) as url:
        source = LocalSource([url])
        source.request(wire.Get(1))
        frames = source.frames()
        await events(frames, "SocketOpened", 1)
        waiting = asyncio.create_task(until(frames, lambda _: False))
        await source.close()
        with pytest.raises(AssertionError, match="have ended"):
            await waiting
        await source.close()
        assert [item async for item in LocalSource.frames(source)] == []
    await assert_nothing_left()


async def test_a_reader_that_is_cancelled_leaves_nothing(monitors: Path) -> None:
    opened = asyncio.Event()

    async def tell(connection: ServerConnection) -> None:
        opened.set()
        await connection.wait_closed()

    async with websocket_server(tell) as url:
        source = LocalSource([url])
        reader = asyncio.create_task(until(source.frames(), lambda _: False))
        await opened.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
    await assert_nothing_left()
    assert os.listdir(monitors) == []
