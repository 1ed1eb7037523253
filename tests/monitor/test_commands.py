"""What viewers may do to a pool: commands over a real Unix socket, and by themselves."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ssc_rx import (
    Event,
    Message,
    MonitorActed,
    Outbox,
    Overflow,
    Pool,
    SocketClosed,
    WriteRefused,
)
from ssc_rx.monitor import wire
from ssc_rx.monitor.commands import (
    LEFT,
    MAX_PINGS,
    NOT_ALLOWED,
    PONG_TIMEOUT_S,
    Commands,
    Person,
)
from ssc_rx.monitor.roll import Roll
from ssc_rx.transports.memory import memory_pair
from tests.assertions import assert_accounted
from tests.far_end import AddPeer, Peer
from tests.monitor.viewing import Viewing, attached
from tests.peers import websocket_server
from tests.recorder import Recorder

ME = Person(1000, 4711)


@pytest.fixture
async def pool(runtime: Path, make_pool: Callable[..., Pool]) -> Pool:
    """A running pool that may be acted on."""
    pool = make_pool(
        ping_interval=None,
        close_timeout=1.0,
        reconnect=None,
        max_message_size=1000,
        monitor="control",
        name="w",
    )
    await pool.start()
    return pool


async def done(viewing: Viewing, command: wire.Command) -> wire.Answer:
    """Have something done, and wait for the answer to it."""
    await viewing.ask(command)
    while (answer := await viewing.hear(wire.Answer)).request != command.request:
        pass
    return answer


async def numbers(viewing: Viewing) -> dict[str, int]:
    """The numbers of the sockets there are, by their IDs."""
    await viewing.reading()
    return {id: row.number for id, row in viewing.rows.items()}


# Sending


async def test_a_message_is_written_to_one_socket(
    pool: Pool, add_peer: AddPeer
) -> None:
    a, b = await add_peer("a"), await add_peer("b")
    async with attached(pool.monitor_path) as viewing:
        number = (await numbers(viewing))["a"]
        answer = await done(viewing, wire.Send(7, b"hello", numbers=(number,)))
        assert answer == wire.Answer(7, queued=1)
        answer = await done(viewing, wire.Send(8, b"\x00\xff", 2, numbers=(number,)))
        assert answer == wire.Answer(8, queued=1)
    await a.heard.until(lambda: len(a.heard.of("message")) == 2)
    assert a.heard.of("message") == [(1, b"hello"), (2, b"\x00\xff")]
    assert not b.heard.of("message")
    assert pool.stats().accepted == pool.stats().messages_out == 2


async def test_a_group_and_all_are_written_to(pool: Pool, add_peer: AddPeer) -> None:
    peers = {
        id: await add_peer(id, tags=["room"] if id != "c" else []) for id in ("abc")
    }
    async with attached(pool.monitor_path) as viewing:
        answer = await done(viewing, wire.Send(1, b"group", tag="room"))
        assert answer == wire.Answer(1, queued=2)
        assert await done(viewing, wire.Send(2, b"all")) == wire.Answer(2, queued=3)
        answer = await done(viewing, wire.Send(3, b"x", tag="nobody"))
        assert answer.refusal == "no socket bears the tag 'nobody'"
    assert await peers["a"].heard_texts(2) == ["group", "all"]
    assert await peers["c"].heard_texts(1) == ["all"]
    assert_accounted(pool)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (wire.Send(1, b"\xff"), "TEXT must be UTF-8"),
        (wire.Send(1, b"x" * 1001), "max_message_size"),
        (wire.Send(1, b"x", 8), "only TEXT and BINARY"),
        (wire.Send(1, b"x", 99), "only TEXT and BINARY"),
        (wire.Send(1, b"x", numbers=(99,)), LEFT),
        (wire.Kick(1, 99), LEFT),
        (wire.Kick(1, 1, 1005), "1005 is no close code that may be sent"),
        (wire.Kick(1, 1, 7), "7 is no close code"),
        (wire.Kick(1, 1, 1000, "é" * 62), "at most 123 bytes of UTF-8, this one 124"),
        (wire.Ping(1, 99), LEFT),
    ],
)
async def test_what_can_not_be_is_refused_in_the_library_s_words(
    command: wire.Command, refusal: str, pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    async with attached(pool.monitor_path) as viewing:
        await numbers(viewing)
        assert refusal in (await done(viewing, command)).refusal
        assert await done(viewing, wire.Send(2, b"fine")) == wire.Answer(2, queued=1)
    assert await peer.heard_texts(1) == ["fine"]
    assert_accounted(pool)


async def test_a_payload_far_beyond_the_limit_gets_its_answer_too(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    async with attached(pool.monitor_path) as viewing:
        answer = await done(viewing, wire.Send(1, bytes(wire.MAX_SENT_BYTES), 2))
        assert "max_message_size" in answer.refusal


async def test_a_full_outbox_obeys_its_policy(pool: Pool, add_peer: AddPeer) -> None:
    newest = Outbox(messages=1, overflow=Overflow.DROP_NEWEST)
    closes = Outbox(messages=1, overflow=Overflow.CLOSE)
    for id, outbox in (("drops", newest), ("closes", closes)):
        peer = await add_peer(id, outbox=outbox)
        peer.transport.stalled = True
        while pool[id].stats.queued == 0:
            pool.write(Message.of(id, b"x" * 1000))
    async with attached(pool.monitor_path) as viewing:
        number = (await numbers(viewing))["closes"]
        answer = await done(viewing, wire.Send(1, b"more"))
        assert answer == wire.Answer(1, queued=0, dropped=1, closed=1)
        answer = await done(viewing, wire.Send(2, b"more", numbers=(number,)))
        told = "the socket 'closes' is closing, not open; nothing was queued"
        assert answer.refusal == told
    assert_accounted(pool)


# Kicking


async def test_a_socket_is_kicked_with_code_and_reason(
    pool: Pool, add_peer: AddPeer, heard: Recorder
) -> None:
    peer = await add_peer("a")
    async with attached(pool.monitor_path) as viewing:
        number = (await numbers(viewing))["a"]
        await done(viewing, wire.Send(1, b"last words", numbers=(number,)))
        answer = await done(viewing, wire.Kick(2, number, 4001, "enough"))
        assert answer == wire.Answer(2)
        closed = await heard.event(SocketClosed)
        assert (closed.info.code, closed.info.reason) == (4001, "enough")
        assert closed.info.by == "us"
        assert (await done(viewing, wire.Kick(3, number))).refusal == LEFT
        assert (await done(viewing, wire.Ping(4, number))).refusal == LEFT
    assert peer.heard.texts == ["last words"]


async def test_one_that_is_closing_is_not_kicked_again(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    peer.transport.stalled = True
    async with attached(pool.monitor_path) as viewing:
        number = (await numbers(viewing))["a"]
        assert await done(viewing, wire.Kick(1, number)) == wire.Answer(1)
        answer = await done(viewing, wire.Kick(2, number))
        assert answer.refusal == "that socket is being closed already"


async def test_the_one_that_has_its_id_now_is_not_meant(
    runtime: Path, make_pool: Callable[..., Pool]
) -> None:
    pool = make_pool(monitor="control", on_duplicate="replace", reconnect=None)
    async with pool, websocket_server() as url:
        old = await pool.add_server_socket(url, id="a")
        async with attached(pool.monitor_path) as viewing:
            number = (await numbers(viewing))["a"]
            new = await pool.add_server_socket(url, id="a")
            for command in (
                wire.Send(1, b"x", numbers=(number,)),
                wire.Kick(2, number),
                wire.Ping(3, number),
            ):
                assert (await done(viewing, command)).refusal == LEFT
        assert new.state == "open"
        assert new.stats.accepted == old.stats.accepted == 0


# Pinging


async def test_a_ping_tells_the_round_trip(pool: Pool) -> None:
    async with websocket_server() as url, attached(pool.monitor_path) as viewing:
        await pool.add_server_socket(url, id="a")
        await viewing.until(lambda: "a" in viewing.rows)
        answer = await done(viewing, wire.Ping(1, viewing.rows["a"].number))
        assert answer.refusal == ""
        assert answer.round_trip is not None
        assert 0 < answer.round_trip < 20
    assert pool.stats().accepted == 0


async def ping_in_vain(viewing: Viewing) -> None:
    """Ping the socket "a", whose peer is stalled; others are served meanwhile."""
    number = (await numbers(viewing))["a"]
    await viewing.ask(wire.Ping(1, number))
    await viewing.ask(wire.Inspect(number))
    await viewing.hear(wire.Details)


async def test_a_ping_whose_connection_ends_is_answered(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    peer.transport.stalled = True
    async with attached(pool.monitor_path) as viewing:
        await ping_in_vain(viewing)
        peer.transport.abort()
        answer = await viewing.hear(wire.Answer)
    assert "is closed, not open" in answer.refusal


async def test_a_viewer_that_leaves_leaves_no_ping_behind(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    peer.transport.stalled = True
    async with attached(pool.monitor_path) as viewing:
        await ping_in_vain(viewing)
    async with attached(pool.monitor_path) as viewing:
        peer.transport.stalled = False
        assert await done(viewing, wire.Send(1, b"x")) == wire.Answer(1, queued=1)


class Desk:
    """Commands of one viewer, without its link."""

    def __init__(self, pool: Pool) -> None:
        self.roll = Roll()
        self.told: list[Event] = []
        self.commands = Commands(
            pool,
            self.roll,
            "control",
            pool="w",
            tell=self.told.append,
            clock=lambda: 1.0,
        )


@pytest.mark.virtual_time
async def test_a_pong_is_not_waited_for_without_end(
    make_pool: Callable[..., Pool], runtime: Path
) -> None:
    pool = make_pool(ping_interval=None)
    await pool.start()
    near, far = memory_pair()
    async with pool.add_client_socket("a", near) as socket:
        Peer(far)
        far.stalled = True
        desk = Desk(pool)
        number = desk.roll.head(socket).number
        loop = asyncio.get_running_loop()
        begun = loop.time()
        pings = [
            asyncio.ensure_future(desk.commands.carry_out(wire.Ping(n, number), ME))
            for n in range(MAX_PINGS + 1)
        ]
        answers = await asyncio.gather(*pings)
        assert loop.time() - begun == pytest.approx(PONG_TIMEOUT_S)
        refusals = [answer.refusal for answer in answers]
        assert refusals == [
            *["no pong within 10 s"] * MAX_PINGS,
            "8 pings wait for their pongs already",
        ]
        far.stalled = False
        answer = await desk.commands.carry_out(wire.Ping(99, number), ME)
        assert answer.round_trip is not None


# Who may, and who did


@pytest.mark.parametrize("level", ["stats", "traffic"])
async def test_at_other_levels_it_is_told_how_to_allow_it(
    level: str, runtime: Path, make_pool: Callable[..., Pool]
) -> None:
    async with make_pool(monitor=level) as pool, websocket_server() as url:
        socket = await pool.add_server_socket(url, id="a")
        events = Recorder(pool)
        async with attached(pool.monitor_path) as viewing:
            assert viewing.of(wire.Hello)[0].capabilities == ()
            number = (await numbers(viewing))["a"]
            for command in (
                wire.Send(1, b"x"),
                wire.Kick(2, number),
                wire.Ping(3, number),
            ):
                answer = await done(viewing, command)
                assert answer.refusal == NOT_ALLOWED
                assert 'monitor="control"' in answer.refusal
            await viewing.ask(wire.Inspect(number))  # the link goes on
            await viewing.hear(wire.Details)
        assert socket.state == "open"
        assert pool.stats().accepted == pool.stats().refused == 0
        assert not events.of(MonitorActed)


async def test_viewers_are_told_what_they_may(pool: Pool) -> None:
    async with attached(pool.monitor_path) as viewing:
        (hello,) = viewing.of(wire.Hello)
    assert (hello.level, hello.capabilities) == ("control", ("send", "kick", "ping"))


async def test_each_use_is_logged_and_an_event_without_payload(
    pool: Pool, add_peer: AddPeer, heard: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ssc_rx.monitor.commands")
    secret = "wss://a.example/feed?token=s3cret"
    await add_peer(secret)
    async with attached(pool.monitor_path) as viewing:
        (number,) = (await numbers(viewing)).values()
        await done(viewing, wire.Send(1, b"p4yload", numbers=(number,)))
        await done(viewing, wire.Send(2, b"p4yload"))
        await done(viewing, wire.Kick(3, number, 99))
        await done(viewing, wire.Kick(4, number, 1008, "spam"))
        await viewing.until(
            lambda: [e.name for e in viewing.events].count("MonitorActed") == 4
        )
        shown = [e for e in viewing.events if e.name == "MonitorActed"]
    me = f"a monitor (user {os.getuid()}, process {os.getpid()}): "
    id = "'wss://a.example/feed?…'"
    records = [r for r in caplog.records if r.name == "ssc_rx.monitor.commands"]
    logged = [record.getMessage().removeprefix(me) for record in records]
    refused = "refused, 99 is no close code that may be sent"
    assert logged[2].startswith(f"a close with 99 for {id}: {refused}")
    assert [*logged[:2], logged[3]] == [
        f"a TEXT of 7 bytes for {id}: queued by 1",
        "a TEXT of 7 bytes for all sockets: queued by 1",
        f"a close with 1008 'spam' for {id}: done",
    ]
    assert [record.socket_id for record in records] == [  # type: ignore[attr-defined]
        "wss://a.example/feed?…",
        "",
        *["wss://a.example/feed?…"] * 2,
    ]
    told = heard.of(MonitorActed)
    assert [(e.id, e.action, e.to, e.sockets, bool(e.refusal)) for e in told] == [
        (secret, "send", "socket", 1, False),
        ("", "send", "all", 1, False),
        (secret, "kick", "socket", 0, True),
        (secret, "kick", "socket", 1, False),
    ]
    assert {(e.uid, e.pid) for e in told} == {(os.getuid(), os.getpid())}
    assert all("s3cret" not in event.id for event in shown)
    assert shown[0].facts["action"] == "send"
    assert not heard.of(WriteRefused)


async def test_two_viewers_get_their_own_answers(pool: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("a")
    async with attached(pool.monitor_path) as one, attached(pool.monitor_path) as two:
        for n in range(5):
            await one.ask(wire.Send(n, b"one"))
            await two.ask(wire.Send(100 + n, b"two"))
        await one.until(lambda: len(one.of(wire.Answer)) == 5)
        await two.until(lambda: len(two.of(wire.Answer)) == 5)
    assert [a.request for a in one.of(wire.Answer)] == [*range(5)]
    assert [a.request for a in two.of(wire.Answer)] == [*range(100, 105)]
    assert sorted(await peer.heard_texts(10)) == [*["one"] * 5, *["two"] * 5]
    assert_accounted(pool)


async def test_a_flood_of_commands_is_slowed_down(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    async with attached(pool.monitor_path) as viewing:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for n in range(6):
            await viewing.ask(wire.Send(n, b"x"))
        await viewing.until(lambda: len(viewing.of(wire.Answer)) == 6)
        assert loop.time() - begun >= 5 * 0.1
    assert len(await peer.heard_texts(6)) == 6
