"""The reading half of a link: from the first frame to the last, turn by turn.

What lies behind a stop is delivered first in a later turn, ends included.
"""

import asyncio
from abc import abstractmethod
from typing import cast

from websockets.frames import Frame
from websockets.protocol import Event, Protocol, State

from ssc_rx.errors import PeerProtocolError
from ssc_rx.events import CloseInfo
from ssc_rx.transports.delivering import NO_FRAMES, Delivering
from ssc_rx.transports.ending import close_info, lost_error, peer_error

__all__ = ["Reading"]

END_OF_HEAD = b"\r\n\r\n"


class Reading(Delivering):
    """What arrives, from the first frame to the last; `Link` opens and writes."""

    __slots__ = (
        "_begun",
        "_closed",
        "_early",
        "_ending",
        "_eof",
        "_error",
        "_heard",
        "_loop",
        "_loss",
        "_told_closed",
        "_told_ending",
        "_turn",
        "_writable",
        "transport",
    )

    def __init__(self, protocol: Protocol, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(protocol, loop)
        self._loop = loop
        self._begun = self._heard = False
        self._early: list[Event] = []
        self._error: Exception | None = None
        self._writable = False  # until the opening handshake is done
        self.transport: asyncio.Transport
        self._turn: asyncio.Handle | None = None
        # An end that waits behind the stop.
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

    def _begin(self) -> None:
        """Deliver from now on, beginning with what came early."""
        self._begun = True
        if self._protocol.extensions:
            self._lane.close()
        early = cast(list[Frame], self._early)
        self._kept, self._early = early or NO_FRAMES, cast(list[Event], NO_FRAMES)
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
        if protocol.state is not State.OPEN:
            self._writable = False
            ends = protocol.close_rcvd is not None or protocol.parser_exc is not None
            if ends and not self._kept:  # else what came before is told first
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
