"""How a link reads: on bytes that are handed to it, in the order that hurts."""

import asyncio

import pytest
from websockets.protocol import State
from websockets.server import ServerProtocol

from ssc_rx import LinkLostError, MessageType, PeerProtocolError
from ssc_rx.testing import VirtualTimeLoop
from ssc_rx.testing.transport_contract import RecordingReceiver
from ssc_rx.transports.delivering import MESSAGES_PER_TURN, PIECE_BYTES, TURN_S
from ssc_rx.transports.link import Link
from tests.peers import masked, text_frame

CLOSE_4001 = masked(b"\x88\x02\x0f\xa1")
PING = masked(b"\x89\x01?")


class FakeTransport:
    """asyncio's side of a connection: remembers what was asked of it."""

    def __init__(self) -> None:
        self.reading = True
        self.closing = False
        self.written = b""

    def set_write_buffer_limits(self, high: int) -> None: ...

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closing

    def write(self, data: bytes) -> None:
        self.written += data

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None: ...

    def abort(self) -> None:
        self.closing = True


class Opened:
    """A link of the accepting side whose handshake is done."""

    def __init__(self) -> None:
        protocol = ServerProtocol(max_size=2**20)
        protocol.state = State.OPEN
        protocol.parser = super(ServerProtocol, protocol).parse()
        next(protocol.parser)
        self.link = Link(protocol, asyncio.get_running_loop())
        self.below = FakeTransport()
        self.link.connection_made(self.below)  # type: ignore[arg-type]
        self.heard = RecordingReceiver()
        self.link.attach(self.heard)

    def pause_at(self, *counts: int) -> None:
        def react() -> None:
            if len(self.heard.calls) in counts:
                self.link.pause_reading()

        self.heard.react = react


@pytest.fixture
async def opened() -> Opened:
    opened = Opened()
    await asyncio.sleep(0)
    return opened


def frames(n: int) -> bytes:
    return b"".join(masked(text_frame(str(i))) for i in range(n))


def numbers(n: int) -> list[str]:
    return [str(i) for i in range(n)]


async def turns(n: int = 30) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


@pytest.mark.parametrize("at", [1, 5, 512, 513, 600, 1024, 1999, 2000])
async def test_the_bound_is_exact_in_one_read(opened: Opened, at: int) -> None:
    opened.pause_at(at)
    opened.link.data_received(frames(2000))
    await turns()
    assert opened.heard.texts == numbers(at)
    assert not opened.below.reading
    opened.link.resume_reading()
    await turns()
    assert opened.heard.texts == numbers(2000)
    assert opened.below.reading


async def test_one_turn_has_its_budget_and_the_rest_comes_later(opened: Opened) -> None:
    opened.link.data_received(frames(2000))
    assert 0 < len(opened.heard.texts) <= MESSAGES_PER_TURN
    assert not opened.below.reading
    await turns()
    assert opened.heard.texts == numbers(2000)
    assert opened.below.reading


async def test_others_are_read_and_write_before_it_goes_on(opened: Opened) -> None:
    opened.link.data_received(frames(2000))
    heard = len(opened.heard.texts)
    for _ in range(3):  # the turns of the other one's read and of its flush
        assert len(opened.heard.texts) == heard
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(opened.heard.texts) > heard


async def test_what_comes_while_it_is_stopped_is_kept_in_order(opened: Opened) -> None:
    opened.pause_at(3)
    data = frames(2000)
    opened.link.data_received(data[:9000])
    opened.link.data_received(data[9000:])  # as TLS does
    await turns()
    assert opened.heard.texts == numbers(3)
    opened.link.resume_reading()
    await turns()
    assert opened.heard.texts == numbers(2000)


async def test_pings_and_closes_far_behind_the_stop_are_not_answered(
    opened: Opened,
) -> None:
    opened.pause_at(3)
    n = 2 * PIECE_BYTES // 7
    opened.link.data_received(frames(n) + PING + CLOSE_4001)
    await turns()
    assert opened.below.written == b""
    assert opened.link.writable
    opened.link.resume_reading()
    await turns(200)
    assert opened.heard.texts == numbers(n)
    assert opened.heard.of("closing") == [None]
    assert opened.below.written == b"\x8a\x01?" + b"\x88\x02\x0f\xa1"


async def test_a_close_right_behind_the_stop_is_told_in_its_turn(
    opened: Opened,
) -> None:
    opened.pause_at(1)
    opened.link.data_received(frames(2) + CLOSE_4001)
    await turns()
    assert opened.heard.calls == [("message", MessageType.TEXT, b"0")]
    opened.below.closing = True
    opened.link.connection_lost(None)
    await turns()
    assert len(opened.heard.calls) == 1
    opened.link.resume_reading()
    info = await opened.heard.closed()
    assert (info.code, info.by, info.clean) == (4001, "peer", True)
    assert [call[0] for call in opened.heard.calls] == [
        "message",
        "message",
        "closing",
        "closed",
    ]


async def test_a_broken_frame_behind_the_stop_is_told_in_its_turn(
    opened: Opened,
) -> None:
    opened.pause_at(1)
    opened.link.data_received(frames(2) + b"\xff\xff")
    await turns()
    assert len(opened.heard.calls) == 1
    opened.link.resume_reading()
    await opened.heard.until(lambda: bool(opened.heard.of("closing")))
    assert opened.heard.texts == ["0", "1"]
    assert isinstance(opened.heard.of("closing")[0], PeerProtocolError)


async def test_a_text_that_is_none_ends_it_whatever_is_kept(opened: Opened) -> None:
    bad = masked(b"\x81\x01\xff")
    opened.link.data_received(frames(3) + bad + frames(2000))
    await turns()
    assert opened.heard.texts == numbers(3)
    assert isinstance(opened.heard.of("closing")[0], PeerProtocolError)


@pytest.mark.parametrize("ended", ["eof", "lost", "eof and lost"])
async def test_an_end_of_the_connection_waits_for_what_is_kept(
    opened: Opened, ended: str
) -> None:
    opened.pause_at(700)
    opened.link.data_received(frames(2000))
    await turns()
    if "eof" in ended:
        opened.link.eof_received()
    if "lost" in ended:
        opened.below.closing = True
        opened.link.connection_lost(ConnectionResetError("gone"))
    await turns()
    assert opened.heard.texts == numbers(700)
    assert opened.heard.of("closing") == opened.heard.of("closed") == []
    opened.link.resume_reading()
    await turns()
    assert opened.heard.texts == numbers(2000)
    if "eof" in ended:
        assert isinstance(opened.heard.of("closing")[0], LinkLostError)
    if "lost" in ended:
        assert (await opened.heard.closed()).by == "lost"


async def test_a_lost_connection_does_not_wait_for_nothing(opened: Opened) -> None:
    opened.link.data_received(frames(1))
    opened.link.connection_lost(None)
    assert (await opened.heard.closed()).code == 1006


async def test_a_loss_that_waits_is_told_at_an_abort(opened: Opened) -> None:
    opened.pause_at(1)
    opened.link.data_received(frames(10))
    opened.below.closing = True
    opened.link.connection_lost(None)
    await turns()
    assert len(opened.heard.calls) == 1
    opened.link.abort()
    assert len(opened.heard.calls) == 1
    assert (await opened.heard.closed()).code == 1006
    assert opened.heard.texts == ["0"]


async def test_fragments_survive_a_stop_between_them(opened: Opened) -> None:
    opened.pause_at(1)
    first, last = masked(b"\x01\x01a"), masked(b"\x80\x01b")
    data = frames(1) + first
    opened.link.data_received(data)
    opened.link.data_received(last + PING)
    await turns()
    assert opened.heard.texts == ["0"]
    opened.link.resume_reading()
    await turns()
    assert opened.heard.texts == ["0", "ab"]


@pytest.mark.virtual_time
@pytest.mark.parametrize("early", [False, True])
async def test_a_receiver_that_blocks_holds_up_the_loop_for_one_message(
    early: bool,
) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    opened = Opened()
    opened.heard.react = lambda: loop.pass_time(0.01)
    if early:  # it came together with the handshake
        opened.link.data_received(frames(1000))
    await asyncio.sleep(0)
    if not early:
        opened.link.data_received(frames(1000))
    assert len(opened.heard.texts) == 1
    await turns()
    assert 2 <= len(opened.heard.texts) <= 1 + 30 // 3  # others had turns in between


@pytest.mark.virtual_time
async def test_one_that_takes_its_time_is_stopped_before_twice_its_turn(
    opened: Opened,
) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    begun = loop.time()
    opened.heard.react = lambda: loop.pass_time(TURN_S / 20)
    opened.link.data_received(frames(1000))
    assert TURN_S <= loop.time() - begun <= 2 * TURN_S


@pytest.mark.parametrize("lane", ["open", "closed"])
async def test_a_close_behind_more_than_a_turn_takes_comes_last(
    opened: Opened, lane: str
) -> None:
    if lane == "open":
        opened.link._lane.enter()
    else:
        opened.link._lane.close()
    n = MESSAGES_PER_TURN + 100
    opened.link.data_received(frames(n) + CLOSE_4001)
    await turns()
    kinds = [call[0] for call in opened.heard.calls]
    assert kinds == ["message"] * n + ["closing"]
