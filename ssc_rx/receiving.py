"""The reading side of a socket: counts, streams, pongs, who holds it back."""

import asyncio
from abc import ABC
from collections.abc import Callable

from ssc_rx.core.echoes import Echoes
from ssc_rx.core.heartbeat import Heartbeat
from ssc_rx.message import Message, MessageType
from ssc_rx.options import Options
from ssc_rx.ports import Receiver
from ssc_rx.sending import Sending
from ssc_rx.shared import Shared
from ssc_rx.streams.closing import SocketHub

__all__ = ["Deaf", "Receiving"]


class Receiving(Sending, ABC):
    """What is received is counted and told; `Endpoint` adds a life."""

    __slots__ = (
        "_echoes",
        "_emit",
        "_heartbeat",
        "_holders",
        "_hub",
        "_last_seen",
        "_time",
        "bytes_in",
        "messages_in",
    )

    def __init__(self, shared: Shared, id: str, options: Options) -> None:
        super().__init__(shared, id, options)
        self._emit: Callable[[Message], None] = shared.emit
        self._echoes: Echoes[asyncio.Future[float]] | None = None
        self._heartbeat: Heartbeat | None = None
        self._last_seen = self._time = 0.0
        self._hub: SocketHub | None = None
        self._holders: set[object] | None = None
        self.messages_in = 0
        self.bytes_in = 0

    @property
    def hub(self) -> SocketHub | None:
        """Its own stream; `None` as long as nobody asked for it."""
        return self._hub

    @property
    def subscribers(self) -> int:
        """How many subscribe to its messages in particular, by name or by identity."""
        hub, names = self._hub, self._shared.named
        subscribers = 0 if hub is None else len(hub.subscriptions)
        if names and (named := names.get(self.id)) is not None:
            subscribers += len(named.subscriptions)
        return subscribers

    # ports.Receiver: told by the transport

    def on_data(self, now: float) -> None:
        self._last_seen = now
        self._time = now + self._shared.driver.wall_offset

    def on_message(self, type: MessageType, payload: bytes) -> None:
        self.messages_in += 1
        self.bytes_in += len(payload)
        message = Message(self.id, type, payload, self._time)
        self._emit(message)
        hub = self._hub
        if hub is not None:
            hub.emit(message)

    def on_pong(self, payload: bytes) -> None:
        if self._heartbeat is not None:
            latency = self._heartbeat.pong(self._last_seen, payload)
            if latency is not None:
                self._shared.round_trip(latency)
        if self._echoes is not None:
            for waiter, seconds in self._echoes.answered(payload, self._last_seen):
                if not waiter.done():
                    waiter.set_result(seconds)

    def tap(
        self, receive: Callable[[Message], None] | None
    ) -> Callable[[Message], None]:
        """Give received messages to `receive`, which passes them to what this returns.

        `None` takes the tap out.
        """
        emit = self._shared.emit
        self._emit = emit if receive is None else receive
        return emit

    # ports.Held: told by streams that may lose nothing

    def hold(self, by: object) -> None:
        """Receive nothing, from this call on, until every holder has released it."""
        self._holders = self._holders or set()
        self._holders.add(by)
        if self._transport is not None:
            self._transport.pause_reading()

    def release(self, by: object) -> None:
        """This holder lets go of it."""
        if not self._holders:
            return
        self._holders.discard(by)
        if self._holders:
            return
        if self._heartbeat is not None:
            self._heartbeat.excuse()
        if self._transport is not None:
            self._transport.resume_reading()


class Deaf:
    """Between a socket that was replaced and its transport: keeps messages back."""

    def __init__(self, receiver: Receiver) -> None:
        self.on_data = receiver.on_data
        self.on_writable = receiver.on_writable
        self.on_closing = receiver.on_closing
        self.on_closed = receiver.on_closed

    def on_message(self, type: MessageType, payload: bytes) -> None:
        """Not delivered: another socket has the ID."""

    def on_pong(self, payload: bytes) -> None:
        """Nobody waits for it."""
