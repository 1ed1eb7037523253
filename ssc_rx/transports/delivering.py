"""Delivering what a link has read: parse, count, stop in the middle.

Whole data frames take the fast lane; websockets' Sans-I/O protocol parses the rest, in
pieces where the lane is closed, so that there is a place to stop. What lies behind the
stop is kept, parsed or not.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import cast

from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State

from ssc_rx.message import MessageType
from ssc_rx.ports import Receiver
from ssc_rx.transports.clock import clock_of
from ssc_rx.transports.lane import FastLane, is_utf8

__all__ = ["MESSAGES_PER_TURN", "NO_FRAMES", "PIECE_BYTES", "TURN_S", "Delivering"]

MESSAGES_PER_TURN = 512
"""Frames that one link delivers before other connections get a turn of the loop."""
TURN_S = 0.002
"""Seconds after which it makes way, however few they were."""
MESSAGES_PER_LOOK = 64
"""Messages that are delivered without a look at the clock: one at first, then twice as
many each time, up to this. So whoever blocks is noticed at once, and others pay nothing."""
PIECE_BYTES = 8 * 1024
"""Bytes parsed without a look at the clock; twice that if it is all there is."""
PROBE_BYTES = 256
"""The end of what was read, in which the end of a frame is looked for."""

_TEXT, _BINARY, _CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
_DATA = (_TEXT, _BINARY, _CONT)
_PONG, _CLOSE = Opcode.PONG, Opcode.CLOSE
_TEXT_MESSAGE, _BINARY_MESSAGE = MessageType.TEXT, MessageType.BINARY
_OPEN = State.OPEN
# One of each for all connections: an idle one has none of its own.
NO_FRAMES: list[Frame] = []
_NO_MORE: Iterator[Frame] = iter(())


class Delivering(asyncio.Protocol, ABC):
    """From bytes to messages, within one turn's budget; `Reading` adds the turns.

    Attributes:
        stopped: Whether nothing more may be delivered now.
    """

    __slots__ = (
        "_aborted",
        "_fragments",
        "_fragments_opcode",
        "_held",
        "_kept",
        "_lane",
        "_now",
        "_protocol",
        "_receiver",
        "_undelivered",
        "_unparsed",
        "stopped",
    )

    def __init__(self, protocol: Protocol, loop: asyncio.AbstractEventLoop) -> None:
        self._protocol = protocol
        self._now = clock_of(loop)
        self._receiver: Receiver | None = None
        self._fragments: bytearray | None = None
        self._fragments_opcode = _TEXT
        self._lane = FastLane(
            masked=protocol.side is Side.SERVER,
            max_size=protocol.max_message_size,
            usable=not protocol.debug,  # whoever debugs wants to see every frame
        )
        # The stop: who wanted it, what lies behind it.
        self._held = False
        self.stopped = True
        self._aborted = False
        self._undelivered = _NO_MORE
        self._kept = NO_FRAMES
        self._unparsed = b""

    @abstractmethod
    def _send_protocol_data(self) -> None:
        """Send what the protocol has to say."""

    @abstractmethod
    def _make_way(self) -> None:
        """Go on after others had their turns."""

    @abstractmethod
    def _fail(self, code: int, reason: str) -> None:
        """The peer broke the rules."""

    @abstractmethod
    def _look_for_end(self) -> None:
        """The peer may have sent a Close frame, or broken the protocol, behind all this."""

    @abstractmethod
    def _end(self) -> None:
        """The connection is about to end: tell, once, after what came before."""

    @abstractmethod
    def _stop(self) -> None:
        """Stop where we are: the rest of what is being delivered is kept."""

    def _read(self, data: bytes) -> None:
        """Deliver what is kept, then `data`, within one turn's budget."""
        receiver, lane, now = self._receiver, self._lane, self._now
        assert receiver is not None
        begun = now()
        receiver.on_data(begun)
        messages, most = MESSAGES_PER_TURN, 1
        at = 0
        if lane.tail:
            if frame := lane.completed(data):
                lane.whole_frames(frame, 0, 1, receiver, self)
                at = lane.missing
                messages -= 1
            else:
                data = lane.tail + data
                lane.tail = b""
            lane.missing = 0
        size = len(data)
        while not self.stopped:
            if self._kept:
                messages -= self._deliver_kept(most)
            elif lane.open:
                at, delivered = lane.whole_frames(data, at, most, receiver, self)
                if not self.stopped:
                    if at >= size:  # the usual end
                        return
                    if delivered < most and lane.open:
                        piece, at = lane.rest(data, at)
                        delivered += self._parse(piece, most)
                messages -= delivered
            elif at < size:
                at, delivered = self._parse_next(data, at, most)
                messages -= delivered
            if self.stopped:
                break
            if at >= size and not self._kept:
                return
            if messages <= 0 or now() - begun > TURN_S:
                break
            most = min(2 * most, MESSAGES_PER_LOOK, messages)
        if not self._aborted:
            self._unparsed = data[at:]
            self._stop()
            if not self._held:
                self._make_way()

    def _parse_next(self, data: bytes, at: int, most: int) -> tuple[int, int]:
        """Let the protocol parse a piece; returns where to go on, and the messages."""
        left = len(data) - at
        if not self._lane.usable:
            end = at + (left if left <= 2 * PIECE_BYTES else PIECE_BYTES)
        elif left > PROBE_BYTES:
            end = at + left - PROBE_BYTES
        else:
            return self._probe(data, at, most)
        return end, self._parse(data[at:end], most)

    def _probe(self, data: bytes, at: int, most: int) -> tuple[int, int]:
        """Parse byte by byte until a data frame ends: there the next one begins.

        What came together with the opening handshake, or before a connection was taken
        over, may have left the protocol in the middle of a frame.
        """
        for end in range(at + 1, len(data) + 1):
            self._protocol.receive_data(data[end - 1 : end])
            frames = cast(list[Frame], self._protocol.events_received())
            if frames or self._protocol.state is not _OPEN:
                frame = frames[-1] if frames else None
                if frame is not None and frame.opcode in _DATA:
                    self._lane.enter(fragmented=not frame.fin)
                return end, self._parsed(frames, most)
        return len(data), 0

    def _parse(self, piece: bytes, most: int) -> int:
        """Let the protocol parse, and deliver up to `most` frames; how many they were."""
        if not piece:
            return 0
        self._protocol.receive_data(piece)
        return self._parsed(cast(list[Frame], self._protocol.events_received()), most)

    def _parsed(self, frames: list[Frame], most: int) -> int:
        protocol = self._protocol
        if protocol.writes:
            self._send_protocol_data()
        self._kept = [*self._kept, *frames]
        return self._deliver_kept(most)

    def _deliver_kept(self, most: int) -> int:
        frames, self._kept = self._kept, NO_FRAMES
        if len(frames) > most:
            self._kept = frames[most:]
            del frames[most:]
        self._deliver(frames)
        if self._protocol.state is not _OPEN:
            self._look_for_end()
        return len(frames)

    def _deliver(self, frames: list[Frame]) -> None:
        receiver = self._receiver
        assert receiver is not None
        self._undelivered = undelivered = iter(frames)
        for frame in undelivered:
            opcode = frame.opcode
            if opcode is _TEXT or opcode is _BINARY:
                if not frame.fin:
                    self._fragments = bytearray(frame.data)
                    self._fragments_opcode = opcode
                    continue
                payload = bytes(frame.data)
            elif opcode is _CONT:
                assert self._fragments is not None
                self._fragments += frame.data
                if not frame.fin:
                    continue
                payload, self._fragments = bytes(self._fragments), None
                opcode = self._fragments_opcode
            else:
                if opcode is _PONG:
                    receiver.on_pong(bytes(frame.data))
                elif opcode is _CLOSE:
                    self._end()
                continue
            if opcode is _BINARY:
                receiver.on_message(_BINARY_MESSAGE, payload)
            elif payload.isascii() or is_utf8(payload):
                receiver.on_message(_TEXT_MESSAGE, payload)
            else:
                self.refuse_text()

    def refuse_text(self) -> None:
        """End the connection: a TEXT message isn't UTF-8 (RFC 6455 section 8.1)."""
        self._forget_rest()
        self._fail(1007, "a TEXT message that isn't UTF-8")

    def _forget_rest(self) -> None:
        for _ in self._undelivered:
            pass
        self._kept = NO_FRAMES
        self._unparsed = b""
        self._lane.tail = b""
