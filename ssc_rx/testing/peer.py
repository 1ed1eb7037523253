"""The far end of a socket: what a test, or a script, makes it do."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from ssc_rx.errors import LinkLostError
from ssc_rx.events import CloseInfo
from ssc_rx.message import Data, Message, MessageType, to_message
from ssc_rx.ports import Outgoing
from ssc_rx.transports.memory import ROOM_BYTES, MemoryTransport

__all__ = ["Behaviour", "Peer"]


class Peer:
    """The far end of a socket of a `FakePool`; answers pings and closes by itself.

    A test drives it by hand, or a *behaviour* does: an async function that is called
    with it when it is connected, and cancelled when the connection is gone. One that
    returns leaves the connection open; one that raises cuts it, and leaving the pool's
    `async with` raises the same again.

    Attributes:
        name: The URL that was dialled, or the ID under which it joined.
        received: The TEXT and BINARY messages that it has read, in order.
        close_info: How the connection ended, as seen from here; `None` while it lasts.
        error: What its behaviour raised.
    """

    def __init__(self, name: str, transport: MemoryTransport) -> None:
        self.name = name
        self.received: list[Message] = []
        self.close_info: CloseInfo | None = None
        self.error: Exception | None = None
        self._transport = transport
        self._next = 0
        self._reads: int | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        transport.attach(self)

    def __repr__(self) -> str:
        state = "open" if self.close_info is None else f"closed {self.close_info.code}"
        return f"<Peer of {self.name} {state}, read {len(self.received)}>"

    # What it says

    def send(self, *data: Data | Message) -> None:
        """Send messages to the pool; as `Socket.write`, but without any bound."""
        messages = [to_message(self.name, item) for item in data]
        self._transport.write([Outgoing(m.type, m.payload) for m in messages])

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake (RFC 6455 section 7.1.2)."""
        self._transport.close(code, reason)

    def cut(self) -> None:
        """End the connection without a Close frame: the pool sees 1006."""
        self._transport.abort()

    def break_rules(self, reason: str = "reserved bits are set") -> None:
        """Send what RFC 6455 forbids: the pool fails the connection with 1002."""
        self._transport.break_rules(reason)

    # What it reads

    @property
    def texts(self) -> list[str]:
        """The messages that it has read, as text."""
        return [message.text for message in self.received]

    async def receive(self) -> Message:
        """The next message that this hasn't returned yet; waits for it.

        Raises:
            LinkLostError: If the connection has ended, and everything was returned.
        """
        await self.until(lambda: self._next < len(self.received))
        self._next += 1
        return self.received[self._next - 1]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of what it has read.

        Raises:
            LinkLostError: If the connection has ended, and it doesn't hold.
        """
        while not holds():
            if (info := self.close_info) is not None:
                raise LinkLostError(
                    f"the connection of {self.name} ended ({info.code}) while its peer "
                    f"waited; it had read {len(self.received)} messages"
                )
            self._changed.clear()
            await self._changed.wait()

    async def wait_closed(self) -> CloseInfo:
        """Wait for the end of the connection, and tell how it looks from here."""
        while self.close_info is None:
            self._changed.clear()
            await self._changed.wait()
        return self.close_info

    def mute(self) -> None:
        """Read on, but answer neither pings nor closes."""
        self._transport.answers = False

    def stall(self) -> None:
        """Read nothing more; what the pool writes piles up in its outbox."""
        self._reads = 0
        self._transport.room_bytes = 0
        self._transport.stalled = True

    def read(self, n: int | None = None) -> None:
        """Read on after `stall`: `n` messages more, or without end if it is `None`."""
        if n is None:
            self._reads = None
            self._transport.room_bytes = ROOM_BYTES
        elif self._reads is not None:
            self._reads += n
        self._transport.stalled = False

    # Its behaviour

    def behave(self, behaviour: "Behaviour") -> None:
        """Do as this says from now on, in a task that ends with the connection."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(
            self._behave(behaviour), name=f"ssc-rx peer {self.name}"
        )
        self._task = task

    async def _behave(self, behaviour: "Behaviour") -> None:
        try:
            await behaviour(self)
        except Exception as error:
            self.error = error
            self.cut()

    def dismissed(self) -> Awaitable[object]:
        """End its behaviour; gives what to wait for."""
        tasks = [] if self._task is None else [self._task]
        for task in tasks:
            task.cancel()
        return asyncio.gather(*tasks, return_exceptions=True)

    # ports.Receiver

    def on_data(self, now: float) -> None:
        """Of no interest."""

    def on_message(self, type: MessageType, payload: bytes) -> None:
        """A message of the pool's."""
        self.received.append(Message(self.name, type, payload))
        self._changed.set()
        if self._reads is not None:
            self._reads -= 1
            if self._reads <= 0:
                self._transport.stalled = True

    def on_pong(self, payload: bytes) -> None:
        """Of no interest."""

    def on_writable(self) -> None:
        """Of no interest."""

    def on_closing(self, error: Exception | None) -> None:
        """The pool began to close; `on_closed` follows."""

    def on_closed(self, info: CloseInfo) -> None:
        """The connection is gone."""
        self.close_info = info
        self._changed.set()
        if self._task is not None:
            self._task.cancel()


Behaviour = Callable[[Peer], Coroutine[Any, Any, None]]
"""What a peer does: an async function of it."""
