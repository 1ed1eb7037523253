"""The fast lane is as good as websockets' parser: whatever comes, however it is cut."""

import asyncio
import os
import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import Protocol, State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from ssc_rx.testing.transport_contract import RecordingReceiver
from ssc_rx.transports.lane import MAX_TAIL_BYTES
from ssc_rx.transports.link import Link

SEQUENCES = int(os.environ.get("SSC_TEST_SEQUENCES", "2000"))
MAX_SIZE = 20_000
SIDES = ["server", "client"]
HEAD = b"x\r\n\r\n"


class Below:
    """asyncio's side of a connection: remembers what was written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def set_write_buffer_limits(self, high: int) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.written.append(b"EOF")

    def abort(self) -> None: ...


def open_protocol(side: str, *, deflate: bool = False) -> Protocol:
    protocol: Any
    if side == "server":
        protocol = ServerProtocol(max_size=MAX_SIZE)
        parse = super(ServerProtocol, protocol).parse
    else:
        protocol = ClientProtocol(parse_uri("ws://x"), max_size=MAX_SIZE)
        parse = super(ClientProtocol, protocol).parse
    if deflate:
        protocol.extensions = [PerMessageDeflate(True, True, 15, 15)]
    protocol.state = State.OPEN
    protocol.parser = parse()
    next(protocol.parser)
    return protocol  # type: ignore[no-any-return]


class End:
    """A link that reads, on the fast lane or not."""

    def __init__(self, side: str, lane: str, *, deflate: bool = False) -> None:
        loop = asyncio.get_running_loop()
        self.link = Link(open_protocol(side, deflate=deflate), loop)  # type: ignore[arg-type]
        self.below = Below()
        self.link.connection_made(self.below)  # type: ignore[arg-type]
        if lane == "open":
            self.link._lane.enter()
        elif lane == "closed":
            self.link._lane.close()
        self.heard = RecordingReceiver()
        self.link.attach(self.heard)

    def told(self) -> tuple[list[Any], list[bytes], State]:
        calls = [
            (name, *(_plain(value) for value in values))
            for name, *values in self.heard.calls
        ]
        return calls, _unmasked(self.below.written), self.link._protocol.state


def _unmasked(written: list[bytes]) -> list[bytes]:
    """The control frames that were written, without masks, which are random."""
    return [
        frame[:2] + bytes(b ^ frame[2 + i % 4] for i, b in enumerate(frame[6:]))
        if frame != b"EOF" and frame[1] & 0x80
        else frame
        for frame in written
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Exception):
        return type(value), str(value)
    fields = getattr(value, "__struct_fields__", None)
    if fields is None:
        return value
    return {name: _plain(getattr(value, name)) for name in fields}


def frame(
    chance: random.Random, side: str, opcode: int, payload: bytes, fin: bool = True
) -> bytes:
    """A frame for that side to read; the mask is that of the seed, not of the system."""
    masked = side == "server"
    first = (0x80 if fin else 0) | opcode
    size = len(payload)
    bit = 0x80 if masked else 0
    style = chance.random()
    if size < 126 and style < 0.98:
        head = struct.pack("!BB", first, bit | size)
    elif size < 1 << 16 and style < 0.99:  # longer than need be, at times
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    if not masked:
        return head + payload
    mask = chance.randbytes(4)
    data = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    return head + mask + data


def payload(chance: random.Random, text: bool) -> bytes:
    size = chance.choice([0, 1, 5, 50, 124, 125, 126, 127, 300, 2000])
    if chance.random() < 0.03:
        size = chance.choice(
            [MAX_TAIL_BYTES - 8, MAX_TAIL_BYTES + 1, MAX_SIZE - 1, MAX_SIZE]
        )
    if not text:
        return chance.randbytes(size)
    if chance.random() < 0.3:
        return ("grüße " * (size // 6)).encode()
    return b"a" * size


def fragmented(chance: random.Random, side: str) -> Iterator[bytes]:
    text = chance.random() < 0.5
    whole = payload(chance, text)
    cuts = sorted(chance.randrange(len(whole) + 1) for _ in range(chance.randint(1, 3)))
    parts = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    for n, part in enumerate(parts):
        opcode = Opcode.CONT if n else Opcode.TEXT if text else Opcode.BINARY
        yield frame(chance, side, opcode, part, n == len(parts) - 1)
        if chance.random() < 0.3:
            yield frame(chance, side, Opcode.PING, b"between")


def wrong(chance: random.Random, side: str) -> bytes:
    """Something that breaks RFC 6455, or is too big."""
    other = "client" if side == "server" else "server"
    invalid = b"\xff\xfe" + b"a" * chance.randrange(200)
    wrongs: list[Callable[[], bytes]] = [
        lambda: frame(chance, side, Opcode.TEXT, invalid),
        lambda: frame(chance, other, Opcode.TEXT, b"wrong masking"),
        lambda: frame(chance, other, Opcode.BINARY, bytes(200)),
        lambda: frame(chance, side, chance.choice([3, 7, 11]), b"opcode"),
        lambda: frame(chance, side, 0x40 | Opcode.TEXT, b"reserved bit"),
        lambda: frame(chance, side, Opcode.CONT, b"stray continuation"),
        lambda: frame(chance, side, Opcode.PING, b"long" * 40),
        lambda: frame(chance, side, Opcode.PING, b"", fin=False),
        lambda: frame(chance, side, Opcode.BINARY, bytes(MAX_SIZE + 1)),
        lambda: (
            frame(chance, side, Opcode.TEXT, b"open", fin=False)
            + frame(chance, side, Opcode.TEXT, b"no continuation")
        ),
        lambda: (
            frame(chance, side, Opcode.TEXT, bytes(9_999), fin=False)
            + frame(chance, side, Opcode.CONT, bytes(10_002))
        ),
        lambda: frame(chance, side, Opcode.CLOSE, b"\x03"),
        lambda: frame(chance, side, Opcode.CLOSE, b"\x03\xec"),
        lambda: frame(chance, side, Opcode.CLOSE, b"\x03\xe8\xff"),
        lambda: b"\x81\xff" + b"\xff" * 8 + bytes(4),
        lambda: chance.randbytes(chance.randrange(1, 40)),
    ]
    return chance.choice(wrongs)()


def _bytewise(data: bytes) -> list[bytes]:
    return [data[n : n + 1] for n in range(len(data))]


def sequence(chance: random.Random, side: str) -> list[bytes]:
    """Frames, of which the last may be cut short: there the connection is lost."""
    parts: list[bytes] = []
    for _ in range(chance.randrange(1, 25)):
        match chance.choices(
            ["text", "binary", "fragments", "ping", "pong"], [6, 4, 2, 1, 1]
        )[0]:
            case "text":
                parts.append(frame(chance, side, Opcode.TEXT, payload(chance, True)))
            case "binary":
                parts.append(frame(chance, side, Opcode.BINARY, payload(chance, False)))
            case "fragments":
                parts += fragmented(chance, side)
            case "ping":
                parts.append(frame(chance, side, Opcode.PING, b"ping"))
            case _:
                parts.append(frame(chance, side, Opcode.PONG, b"pong"))
    match chance.randrange(4):
        case 0:
            at = chance.randrange(len(parts) + 1)
            what = wrong(chance, side)
            # Short ones may be several frames, or the beginning of one that ends in the
            # middle of the next: byte by byte the parser is strict too.
            behind = _bytewise(b"".join(parts[at:])[:1_000])
            parts[at:] = [what] if len(what) > 100 else _bytewise(what)
            parts += behind
        case 1:
            close = Close(chance.choice([1000, 1001, 4001]), "bye").serialize()
            parts.insert(
                chance.randrange(len(parts) + 1),
                frame(chance, side, Opcode.CLOSE, close),
            )
        case _:
            pass
    if chance.random() < 0.2:
        del parts[chance.randrange(1, len(parts) + 1) :]
        parts[-1] = parts[-1][: chance.randrange(len(parts[-1]) + 1)]
    return [part for part in parts if part]


def cut(chance: random.Random, data: bytes) -> list[bytes]:
    most = chance.choice([1, 7, 100, 5_000, 100_000])
    if len(data) > 3_000:
        most = max(most, 7)
    pieces, at = [], 0
    while at < len(data):
        end = at + chance.randint(1, most)
        pieces.append(data[at:end])
        at = end
    return pieces


def messages(told: Any) -> list[Any]:
    return [call for call in told[0] if call[0] == "message"]


async def run(end: End, pieces: list[bytes], then: list[bytes], *, lost: bool) -> Any:
    """Read some pieces, begin to close, and read the others; or only some."""
    await asyncio.sleep(0)
    await read(end, pieces)
    if then:
        end.link.close(4999, "ours")
        await read(end, then)
    if lost:
        end.link.eof_received()
    end.link.connection_lost(None)
    await asyncio.sleep(0)
    return end.told()


async def read(end: End, pieces: list[bytes]) -> None:
    for piece in pieces:
        end.link.data_received(piece)
        for _ in range(100):
            if not end.link.stopped:
                break
            await asyncio.sleep(0)  # it makes way for others


@pytest.mark.slow
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("lane", ["open", "unknown"])
@pytest.mark.timeout(20 + SEQUENCES // 50)
async def test_it_tells_the_same_and_writes_the_same_as_the_parser(
    side: str, lane: str
) -> None:
    """SSC_TEST_SEQUENCES=100000 makes a long run of it."""
    master = random.Random(random.getrandbits(64))
    for _ in range(SEQUENCES // (len(SIDES) * 2)):
        seed = master.getrandbits(64)
        chance = random.Random(seed)
        frames = sequence(chance, side)
        at = chance.randrange(3 * len(frames) + 1)  # of our own Close, at times
        lost = chance.random() < 0.5
        slow = await run(End(side, "closed"), frames[:at], frames[at:], lost=lost)
        pieces, then = (
            cut(chance, b"".join(some)) for some in (frames[:at], frames[at:])
        )
        fast = await run(End(side, lane), pieces, then, lost=lost)
        if lane == "unknown" and "isn't UTF-8" in str(slow[0][-1]):
            # The protocol parses what may be several frames, and so may answer, or
            # object to, what comes behind the text before that is seen to be invalid.
            assert messages(fast) == messages(slow), f"seed {seed}"
        else:
            assert fast == slow, f"seed {seed}"


@pytest.mark.parametrize("side", SIDES)
async def test_compressed_frames_do_not_take_it(side: str) -> None:
    deflate = PerMessageDeflate(True, True, 15, 15)
    compressed = deflate.encode(Frame(Opcode.TEXT, b"hello " * 20))
    data = frame(random.Random(1), side, 0x40 | Opcode.TEXT, bytes(compressed.data))
    end = End(side, "open", deflate=True)
    await asyncio.sleep(0)
    await read(end, [data * 2])
    assert end.heard.texts == ["hello " * 20] * 2
    assert not end.link._lane.open


@pytest.mark.parametrize("side", SIDES)
async def test_an_unknown_beginning_is_found_at_the_end_of_a_data_frame(
    side: str,
) -> None:
    chance = random.Random(1)
    hello = frame(chance, side, Opcode.TEXT, b"hello")
    ping = frame(chance, side, Opcode.PING, b"")
    end = End(side, "unknown")
    await asyncio.sleep(0)
    end.link._protocol.receive_data(hello[:1])  # as it came with the handshake
    await read(end, [hello[1:-1], hello[-1:] + ping])
    assert end.link._lane.open
    await read(end, [hello] * 3)
    assert end.heard.texts == ["hello"] * 4


async def test_a_long_frame_that_comes_in_pieces_is_not_collected_here() -> None:
    data = frame(random.Random(1), "client", Opcode.BINARY, bytes(MAX_SIZE))
    end = End("client", "open")
    await asyncio.sleep(0)
    for byte in _bytewise(data):
        end.link.data_received(byte)
        assert len(end.link._lane.tail) < 5
    assert len(end.heard.of("message")) == 1
