"""`on_duplicate="replace"`: a newcomer is opened first, then has the ID."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from ssc_rx import (
    CloseInfo,
    DialError,
    DialFailed,
    DuplicateIdError,
    Event,
    InvalidOptionError,
    Message,
    Overflow,
    Pool,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
    SocketOpening,
    WritesLost,
)
from tests.assertions import assert_accounted, assert_delivered
from tests.far_end import AddPeer
from tests.peers import echo, mute, shake_hands, tcp_server, websocket_server
from tests.recorder import Recorder

REPLACED = CloseInfo(4501, "replaced", "us", clean=True)


async def test_a_newcomer_has_the_id_and_the_old_one_closes_with_4501(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    first = await add_peer("x")
    old = pool["x"]
    second = await add_peer("x", on_duplicate="replace")
    assert pool["x"] is not old
    assert (old.state, pool["x"].state, pool.list()) == ("closing", "open", ["x"])
    second.send("from the newcomer")
    pool.write(Message.of("x", "to the newcomer"))
    assert await second.heard_texts(1) == ["to the newcomer"]
    assert await old.wait_closed() == REPLACED
    assert first.heard.texts == []
    await heard.messages.reach(1)
    assert_delivered(heard.messages, "x", "from the newcomer")
    assert [type(event) for event in heard.events] == [
        SocketOpening,
        SocketOpened,
        SocketOpening,
        SocketClosed,
        SocketOpened,
    ]
    (closed,) = heard.of(SocketClosed)
    assert [e.time for e in heard.events] == sorted(e.time for e in heard.events)
    assert (closed.generation, closed.info.code, closed.info.by) == (1, 4501, "us")
    stats = pool.stats()
    assert (stats.sockets_opened, stats.sockets_closed, len(pool)) == (2, 1, 1)


async def test_without_it_a_newcomer_is_refused(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer("x")
    with pytest.raises(DuplicateIdError, match='on_duplicate="replace"'):
        await add_peer("x")
    with pytest.raises(InvalidOptionError, match='"reject" or "replace"'):
        await add_peer("x", on_duplicate="ask")


async def test_the_old_one_delivers_and_sends_nothing_more(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    first = await add_peer("x")
    old = pool["x"]
    own: list[str] = []
    old.messages.subscribe(lambda m: own.append(m.text))
    first.transport.stalled = True  # it reads neither messages nor the Close
    for _ in range(3):
        old.write("queued")

    def send_into_the_swap(event: Event) -> None:
        if isinstance(event, WritesLost):
            first.send("too late")

    pool.events.subscribe(send_into_the_swap)
    await add_peer("x", on_duplicate="replace")
    (lost,) = heard.of(WritesLost)
    assert (lost.id, lost.reason, lost.messages) == ("x", "replaced", 3)
    assert old.stats.failed == {"replaced": 3}
    with pytest.raises(SocketClosedError):
        old.write("too late")
    first.send("too late")
    first.transport.stalled = False
    assert await old.wait_closed() == REPLACED
    assert (own, list(heard.messages), first.heard.texts) == ([], [], [])
    assert_accounted(pool)


async def test_the_books_balance_and_never_run_backwards_meanwhile(
    pool: Pool, add_peer: AddPeer
) -> None:
    first = await add_peer("x")
    first.transport.stalled = True
    pool.write(Message.of("x", "1"))
    seen: list[int] = []

    def look(_: Event) -> None:
        assert_accounted(pool)
        seen.append(pool.stats().accepted)

    pool.events.subscribe(look)
    await add_peer("x", on_duplicate="replace")
    assert seen == [1, 1, 1, 1]  # opening, lost, closed, opened


async def test_who_is_let_in_by_a_server_may_replace(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(on_duplicate="replace")
    await pool.start()
    heard = Recorder(pool)
    async with (
        pool.serve(id=lambda request: request.path) as server,
        connect(f"{server.url}/ann") as first,
    ):
        old = pool["/ann"]
        async with connect(f"{server.url}/ann") as second:
            with pytest.raises(ConnectionClosed, match="4501"):
                await first.recv()
            await second.send("here again")
            await heard.messages.reach(1)
            assert await old.wait_closed() == REPLACED
    assert_delivered(heard.messages, "/ann", "here again")


async def test_a_handler_whose_socket_is_replaced_learns_how_it_closed(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(on_duplicate="replace")
    await pool.start()
    heard = Recorder(pool)
    ends: asyncio.Queue[CloseInfo] = asyncio.Queue()

    async def handle(connection: ServerConnection) -> None:
        ends.put_nowait(await pool.add_client_socket("ann", connection))

    async with websocket_server(handle) as url, connect(url) as first:
        await first.send("1")
        await heard.messages.reach(1)
        async with connect(url):
            assert await ends.get() == REPLACED
            assert first.close_code == 4501


async def test_a_newcomer_that_can_not_be_opened_harms_nobody(
    pool: Pool, heard: Recorder
) -> None:
    async with websocket_server(echo) as url:
        old = await pool.add_server_socket(url, id="x")
        with pytest.raises(DialError):
            await pool.add_server_socket(
                "ws://127.0.0.1:1", id="x", on_duplicate="replace"
            )
        assert pool["x"] is old
        old.write("still here")
        await heard.messages.reach(1)
        (failed,) = heard.of(DialFailed)
        assert failed.id == "x"


class _Doors:
    """A server that shakes hands when it is let."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def __call__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        door = asyncio.Event()
        self.waiting.put_nowait(door)
        await door.wait()
        await shake_hands(reader, writer)
        await reader.read()


def _add(pool: Pool, url: str) -> asyncio.Task[Any]:
    adding = pool.add_server_socket(url, id="x", on_duplicate="replace")
    return asyncio.create_task(adding)


async def test_until_the_newcomer_is_open_the_old_one_goes_on(
    pool: Pool, heard: Recorder
) -> None:
    doors = _Doors()
    async with websocket_server(echo) as url, tcp_server(doors) as slow:
        old = await pool.add_server_socket(url, id="x")
        adding = _add(pool, slow)
        door = await doors.waiting.get()
        assert (pool["x"], len(pool), pool.tagged("t").list()) == (old, 1, [])
        old.write("meanwhile")
        await heard.messages.reach(1)
        door.set()
        new = await adding
        assert pool["x"] is new
        new.close()
        assert await old.wait_closed() == REPLACED


async def test_of_two_newcomers_the_later_one_wins(pool: Pool) -> None:
    doors = _Doors()
    async with websocket_server(echo) as url, tcp_server(doors) as slow:
        await pool.add_server_socket(url, id="x")
        earlier = _add(pool, slow)
        await doors.waiting.get()
        later = _add(pool, slow)
        (await doors.waiting.get()).set()
        newest = await later
        assert pool["x"] is newest
        with pytest.raises(SocketClosedError):
            await earlier
        assert pool["x"] is newest
        newest.close()


async def test_of_two_newcomers_the_earlier_one_has_it_until_the_later_is_open(
    pool: Pool,
) -> None:
    doors = _Doors()
    async with websocket_server(echo) as url, tcp_server(doors) as slow:
        oldest = await pool.add_server_socket(url, id="x")
        earlier, door = _add(pool, slow), await doors.waiting.get()
        later, last_door = _add(pool, slow), await doors.waiting.get()
        door.set()
        middle = await earlier
        assert pool["x"] is middle
        assert (oldest.state, middle.state) == ("closing", "open")
        last_door.set()
        newest = await later
        assert pool["x"] is newest
        assert middle.state == "closing"
        await asyncio.gather(oldest.wait_closed(), pool["x"].close())


async def test_when_the_old_one_leaves_the_id_is_the_newcomers(pool: Pool) -> None:
    doors = _Doors()
    async with websocket_server(echo) as url, tcp_server(doors) as slow:
        await pool.add_server_socket(url, id="x")
        adding, door = _add(pool, slow), await doors.waiting.get()
        await pool.remove_socket("x")
        assert pool["x"].state == "opening"
        with pytest.raises(DuplicateIdError):
            await pool.add_server_socket(url, id="x")
        door.set()
        new = await adding
        assert pool["x"] is new
        new.close()


async def test_removing_takes_out_who_has_the_id_not_who_waits(pool: Pool) -> None:
    doors = _Doors()
    async with websocket_server(echo) as url, tcp_server(doors) as slow:
        await pool.add_server_socket(url, id="x")
        adding, _ = _add(pool, slow), await doors.waiting.get()
        await pool.remove_socket("x")
        await pool.remove_socket("x")
        with pytest.raises(SocketClosedError):
            await adding
        assert pool.list() == []


async def test_a_socket_that_is_dialled_again_can_be_replaced(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(ping_interval=None)
    await pool.start()
    heard = Recorder(pool)

    async def leave(connection: ServerConnection) -> None:
        await connection.close(1012)

    async with websocket_server(leave) as away, websocket_server(echo) as url:
        old = await pool.add_server_socket(away, id="x")
        await heard.events.until(lambda: old.state == "reconnecting")
        sending = asyncio.create_task(pool.send(Message.of("x", "for the old one")))
        await asyncio.sleep(0)
        new = await pool.add_server_socket(url, id="x", on_duplicate="replace")
        with pytest.raises(SocketClosedError):
            await sending
        info = await old.wait_closed()
        assert (info.code, info.by, old.generation) == (4501, "us", 1)
        new.write("hello")
        await heard.messages.reach(1)
        assert pool.list() == ["x"]


async def test_a_full_pool_takes_a_newcomer_in_the_place_of_the_old_one(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(max_sockets=1, on_duplicate="replace")
    await pool.start()
    async with websocket_server(echo) as url:
        await pool.add_server_socket(url)
        new = await pool.add_server_socket(url)
        assert pool[url] is new
        assert len(pool) == 1


async def test_stopping_waits_for_those_who_were_replaced_and_cuts_them_off(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(close_timeout=60.0, ping_interval=None)
    await pool.start()
    async with tcp_server(mute) as mute_url, websocket_server(echo) as url:
        old = await pool.add_server_socket(mute_url, id="x")
        await pool.add_server_socket(url, id="x", on_duplicate="replace")
        assert old.state == "closing"
        await pool.stop(deadline=0.1)
        assert (old.state, old.close_info and old.close_info.clean) == ("closed", False)


async def test_a_mute_peer_that_is_replaced_is_cut_off(pool: Pool) -> None:
    async with tcp_server(mute) as mute_url, websocket_server(echo) as url:
        old = await pool.add_server_socket(mute_url, id="x", close_timeout=0.05)
        new = await pool.add_server_socket(url, id="x", on_duplicate="replace")
        info = await old.wait_closed()
        assert (info.code, info.clean) == (4501, False)
        assert pool["x"] is new


async def test_what_a_blocked_stream_held_back_of_the_old_one_is_not_delivered(
    pool: Pool, add_peer: AddPeer
) -> None:
    first = await add_peer("x")
    old = pool["x"]
    async with pool.stream("x", buffer=1, overflow=Overflow.BLOCK) as stream:
        for n in range(5):
            first.send(f"old {n}")
        assert (await anext(stream)).text == "old 0"
        second = await add_peer("x", on_duplicate="replace")
        second.send("new")
        texts = [(await anext(stream)).text]
        while texts[-1] != "new":
            texts.append((await anext(stream)).text)
        assert texts in (["old 1", "new"], ["new"])
    assert await old.wait_closed() == REPLACED


async def test_the_newcomer_bears_its_own_tags(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer("x", tags=["old", "both"])
    await add_peer("x", tags=["new", "both"], on_duplicate="replace")
    groups = {tag: pool.tagged(tag).list() for tag in ("old", "both", "new")}
    assert groups == {"old": [], "both": ["x"], "new": ["x"]}


async def test_a_socket_that_is_being_removed_keeps_its_close_code(
    pool: Pool, add_peer: AddPeer
) -> None:
    first = await add_peer("x")
    old = pool["x"]
    first.transport.stalled = True
    old.write("queued")
    removed = pool.remove_socket("x", 4000, "bye")
    await add_peer("x", on_duplicate="replace")
    first.transport.stalled = False
    info = await removed
    assert (info.code, info.reason) == (4000, "bye")
    assert old.stats.failed == {"replaced": 1}


async def test_an_observer_of_the_end_may_end_the_newcomer_too(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    await add_peer("x")

    def remove(event: Event) -> None:
        if isinstance(event, SocketClosed) and "x" in pool:
            pool.remove_socket("x", 4002)

    pool.events.subscribe(remove)
    await add_peer("x", on_duplicate="replace")
    await heard.event(SocketClosed, info=CloseInfo(4002, "", "us"))
    assert pool.list() == []
