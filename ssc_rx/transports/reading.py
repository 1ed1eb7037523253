"""The reading half of a link: parse, deliver, stop in the middle, go on in a later turn.

Whole data frames take the fast lane; websockets' Sans-I/O protocol parses the rest, in
pieces where the lane is closed, so that there is a place to stop. What lies behind the
stop is kept, parsed or not, and delivered first later on.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import cast

from websockets.frames import Frame, Opcode
from websockets.protocol import Event, Protocol, Side, State

from ssc_rx.errors import PeerProtocolError
from ssc_rx.events import CloseInfo
from ssc_rx.message import MessageType
from ssc_rx.ports import Receiver
from ssc_rx.transports.clock import clock_of
from ssc_rx.transports.ending import close_info, lost_error, peer_error
from ssc_rx.transports.lane import FastLane, is_utf8

__all__ = ["MESSAGES_PER_TURN", "Reading"]

MESSAGES_PER_TURN = 512
"""Frames that one link delivers before other connections get a turn of the loop."""
TURN_S = 0.002
"""Seconds after which it makes way, however few they were."""
MESSAGES_PER_LOOK = 64
"""Messages that take the fast lane without a look at the clock."""
PIECE_BYTES = 8 * 1024
"""Bytes parsed without a look at the clock; twice that if it is all there is."""
PROBE_BYTES = 256
"""The end of what was read, in which the end of a frame is looked for."""

_TEXT, _BINARY, _CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
_PONG, _CLOSE = Opcode.PONG, Opcode.CLOSE
_TEXT_MESSAGE, _BINARY_MESSAGE = MessageType.TEXT, MessageType.BINARY
END_OF_HEAD = b"\r\n\r\n"
DATA_OPCODES = (_TEXT, _BINARY, _CONT)
_OPEN = State.OPEN
# One of each for all connections: an idle one has none of its own.
_NO_FRAMES: list[Frame] = []
_NO_MORE: Iterator[Frame] = iter(())


class Reading(asyncio.Protocol, ABC):
    """What arrives, from the first frame to the last; `Link` opens and writes."""

    __slots__ = (
        "_aborted",
        "_begun",
        "_closed",
        "_early",
        "_ending",
        "_eof",
        "_error",
        "_fragments",
        "_fragments_opcode",
        "_heard",
        "_held",
        "_kept",
        "_lane",
        "_loop",
        "_loss",
        "_now",
        "_protocol",
        "_receiver",
        "_told_closed",
        "_told_ending",
        "_turn",
        "_undelivered",
        "_unparsed",
        "_writable",
        "stopped",
        "transport",
    )

    def __init__(self, protocol: Protocol, loop: asyncio.AbstractEventLoop) -> None:
        self._protocol = protocol
        self._loop = loop
        self._now = clock_of(loop)
        self._receiver: Receiver | None = None
        self._begun = self._heard = False
        self._early: list[Event] = []
        self._fragments: bytearray | None = None
        self._fragments_opcode = _TEXT
        self._error: Exception | None = None
        self._writable = False  # until the opening handshake is done
        self.transport: asyncio.Transport
        # The stop: who wanted it, what lies behind it.
        self._held = False
        self.stopped = True
        self._aborted = False
        self._turn: asyncio.Handle | None = None
        self._undelivered = _NO_MORE
        self._kept = _NO_FRAMES
        self._unparsed = b""
        self._lane = FastLane(
            masked=protocol.side is Side.SERVER,
            max_size=protocol.max_message_size,
            usable=not protocol.debug,  # whoever debugs wants to see every frame
        )
        self._eof = False
        self._loss: tuple[Exception | None] | None = None
        # The end, and what was told of it.
        self._ending = False
        self._told_ending = False
        self._closed: CloseInfo | None = None
        self._told_closed = False

    @abstractmethod
    def _receive_early(self, events: list[Event]) -> None:
        """Before a receiver is attached: the handshake, then what came with it."""

    @abstractmethod
    def _send_protocol_data(self) -> None:
        """Send what the protocol has to say."""

    def _begin(self) -> None:
        """Deliver from now on, beginning with what came early."""
        self._begun = True
        if self._protocol.extensions:
            self._lane.close()
        early = cast(list[Frame], self._early)
        self._kept, self._early = early or _NO_FRAMES, cast(list[Event], _NO_FRAMES)
        self._go_on()

    # ports.Transport

    def pause_reading(self) -> None:
        """Deliver nothing more, and read nothing, until `resume_reading`."""
        if not self._aborted:
            self._held = True
            self._stop()

    def resume_reading(self) -> None:
        """Go on, in a later turn of the loop, with what was held back."""
        if self._held:
            self._held = False
            if self._begun:
                self._go_on_soon()

    def _stop(self) -> None:
        """Stop where we are: the rest of what is being delivered is kept.

        Taking it from under the loop of `_deliver` ends that; a frame that is delivered
        pays nothing for that it might be the last.
        """
        self.stopped = True
        self._kept = [*self._undelivered, *self._kept]
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def _go_on_soon(self) -> None:
        if self._turn is None:
            self._turn = self._loop.call_soon(self._go_on)

    def _make_way(self) -> None:
        """Go on after one turn in which others are read, and one in which they write."""
        if self._turn is None:
            soon = self._loop.call_soon
            self._turn = soon(lambda: soon(lambda: soon(self._go_on)))

    def _go_on(self) -> None:
        """Deliver what was kept, as far as this turn may; read again after the last."""
        self._turn = None
        if self._held or self._told_closed:
            return
        self.stopped = self._aborted
        if self._kept or self._unparsed:
            data, self._unparsed = self._unparsed, b""
            self._read(data)
            if self.stopped:
                return
        if self._eof:
            self._eof = False
            self._receive_eof()
        if self._ending and not self._aborted:
            self._report_ending()
            if self._held:
                return
        if self._loss is not None:
            self._gone(*self._loss)
        elif self._closed is not None:
            self._report_closed()
        else:
            self._read_on()

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _drop_unread(self) -> None:
        """The connection is cut off: nothing more is delivered, and nothing kept."""
        self._aborted = self.stopped = True
        self._held = self._eof = False
        self._forget_rest()
        if self._begun:
            self._go_on_soon()  # its end may wait behind the stop

    def _forget_rest(self) -> None:
        for _ in self._undelivered:
            pass
        self._kept = _NO_FRAMES
        self._unparsed = b""
        self._lane.tail = b""

    # asyncio.Protocol

    def data_received(self, data: bytes) -> None:
        if not self._begun:
            self._receive_handshake(data)
        elif not self.stopped:
            self._read(data)
        elif not self._aborted:  # TLS hands over what it had decrypted
            self._unparsed += data

    def _receive_handshake(self, data: bytes) -> None:
        protocol = self._protocol
        protocol.receive_data(data)
        events = protocol.events_received()
        self._send_protocol_data()
        if data.find(END_OF_HEAD) == len(data) - len(END_OF_HEAD) and not self._heard:
            self._lane.enter()  # the head is all that came
        else:
            self._lane.open = False
        self._heard = True
        self._receive_early(events)
        self._look_for_end()

    def eof_received(self) -> None:
        if self._begun and self.stopped:
            self._eof = not self._aborted
        else:
            self._receive_eof()

    def _receive_eof(self) -> None:
        self._parse_left_over()
        self._protocol.receive_eof()
        events = self._protocol.events_received()
        self._send_protocol_data()
        if not self._begun:
            self._receive_early(events)
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._writable = False
        if self._begun and (self._held or self._kept or self._unparsed):
            self._loss = (exc,)  # comes after what is kept
        else:
            self._gone(exc)

    def _gone(self, exc: Exception | None) -> None:
        """The connection is lost, and nothing of it is left to deliver."""
        protocol = self._protocol
        self._parse_left_over()
        protocol.receive_eof()
        protocol.data_to_send()
        if exc is not None and self._error is None:
            self._error = lost_error(exc)
        self._closed = close_info(protocol, self._error)
        if self._begun:
            self._report_closed()

    # Delivering

    def _read(self, data: bytes) -> None:
        """Deliver what is kept, then `data`, within one turn's budget."""
        receiver, lane, now = self._receiver, self._lane, self._now
        assert receiver is not None
        begun = now()
        receiver.on_data(begun)
        messages = MESSAGES_PER_TURN
        if lane.tail:
            data = lane.tail + data
            lane.tail = b""
        at, size = 0, len(data)
        while True:
            if self._kept:
                messages -= self._deliver_kept(messages)
            elif lane.open:
                most = MESSAGES_PER_LOOK if messages > MESSAGES_PER_LOOK else messages
                at, delivered = lane.whole_frames(data, at, most, receiver, self)
                if not self.stopped:
                    if at >= size:  # the usual end
                        return
                    if delivered < most:
                        piece, at = lane.rest(data, at)
                        delivered += self._parse(piece, messages - delivered)
                messages -= delivered
            elif at < size:
                at, delivered = self._parse_next(data, at, messages)
                messages -= delivered
            if self.stopped:
                break
            if at >= size and not self._kept:
                return
            if messages <= 0 or now() - begun > TURN_S:
                break
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
                if frame is not None and frame.opcode in DATA_OPCODES:
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
        delivered = self._deliver_kept(most)
        if protocol.state is not _OPEN:
            self._look_for_end()
        return delivered

    def _deliver_kept(self, most: int) -> int:
        frames, self._kept = self._kept, _NO_FRAMES
        if len(frames) > most:
            self._kept = frames[most:]
            del frames[most:]
        self._deliver(frames)
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

    # The end

    def _fail(self, code: int, reason: str) -> None:
        if self._protocol.state is not State.CLOSED:
            self._protocol.fail(code, reason)
            self._send_protocol_data()
        self._error = self._error or PeerProtocolError(f"the peer sent {reason}")
        self._end()

    def _look_for_end(self) -> None:
        """The peer may have sent a Close frame, or broken the protocol."""
        protocol = self._protocol
        if protocol.state is not _OPEN:
            self._writable = False
            if protocol.close_rcvd is not None or protocol.parser_exc is not None:
                self._end()

    def _end(self) -> None:
        """The connection is about to end: tell, once, after what came before."""
        if not self._ending:
            self._ending = True
            self._writable = False
            self._lane.close()
            parser_error = self._protocol.parser_exc
            if parser_error is not None and self._error is None:
                self._error = peer_error(parser_error, self._protocol)
        if self._begun and not self.stopped:
            self._report_ending()

    def _parse_left_over(self) -> None:
        """The frame under way won't be whole: for the protocol to say what that means."""
        if data := self._lane.left_over():
            self._protocol.receive_data(data)

    def _report_ending(self) -> None:
        if self._told_ending:
            return
        self._told_ending = True
        assert self._receiver is not None
        sent_first = (
            self._protocol.close_sent is not None
            and not self._protocol.close_rcvd_then_sent
        )
        if self._error is not None or not sent_first:
            self._receiver.on_closing(self._error)

    def _report_closed(self) -> None:
        if self._told_closed:
            return
        self._told_closed = True
        assert self._receiver is not None
        assert self._closed is not None
        self._receiver.on_closed(self._closed)
