"""What the pool lives in: far ends, a network that is up or down, the loop's complaints."""

import asyncio
import enum
from collections.abc import Callable
from typing import Any

from ssc_rx import CloseInfo, DialError, MessageType, Pool
from ssc_rx.ports import Outgoing, Transport
from ssc_rx.testing import VirtualTimeLoop
from ssc_rx.transports.memory import memory_pair

__all__ = ["Answer", "Link", "Network", "VirtualPool", "World"]


class Link:
    """One connection, seen from its far end, which remembers what it was told.

    Attributes:
        near: The pool's end.
        far: The peer's end.
        sent: What the peer sent, in order.
        delivered: How much of that the pool has delivered.
        given: What the pool handed over to it, in order.
        heard: What the peer received, in order.
        lost: Whether the peer cut it.
        touched: Whether something may have ended it: then the pool may know that already.
    """

    def __init__(self) -> None:
        self.near, self.far = memory_pair()
        self.sent: list[str] = []
        self.delivered = 0
        self.given: list[str] = []
        self.heard: list[str] = []
        self.touched = False
        self.lost = False
        self.far.attach(self)

    def send(self, text: str) -> None:
        if self.far.writable:
            self.sent.append(text)
            self.far.write([Outgoing(MessageType.TEXT, text.encode())])

    def close(self, code: int) -> None:
        self.touched = True
        self.far.close(code, "")

    def lose(self) -> None:
        self.touched = self.lost = True
        self.far.abort()

    # ports.Receiver

    def on_data(self, now: float) -> None: ...

    def on_message(self, type: MessageType, payload: bytes) -> None:
        self.heard.append(payload.decode())

    def on_pong(self, payload: bytes) -> None: ...

    def on_writable(self) -> None: ...

    def on_closing(self, error: Exception | None) -> None:
        self.touched = True

    def on_closed(self, info: CloseInfo) -> None:
        self.touched = True


class Answer(enum.Enum):
    """What a dial meets."""

    OPEN = enum.auto()
    REFUSED = enum.auto()
    FORBIDDEN = enum.auto()


class Network:
    """What is dialled.

    Attributes:
        answer: What a dial meets when it ends.
        takes_s: Seconds that a dial takes that begins now.
        in_flight: Dials under way; `most`: the most there ever were.
        connected: Takes the link that a dial of this URL gave.
    """

    def __init__(self, connected: Callable[[str, Link], None]) -> None:
        self.answer = Answer.OPEN
        self.takes_s = 0.0
        self.in_flight = self.most = 0
        self.connected = connected

    async def dial(self, url: str) -> Transport:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.in_flight -= 1
        if self.answer is Answer.FORBIDDEN:
            raise DialError(url, "forbidden", status=403)
        if self.answer is Answer.REFUSED:
            raise DialError(url, "refused")
        link = Link()
        self.connected(url, link)
        return link.near


class VirtualPool(Pool):
    """A pool that dials a `Network`."""

    network: Network

    async def _dial(self, url: str, options: Any, **how: Any) -> Transport:
        return await self.network.dial(url)


class World:
    """The event loop, stepped from outside, and what it complains of.

    Attributes:
        loop: The loop.
        complaints: What its exception handler was called with.
    """

    def __init__(self) -> None:
        self.loop = VirtualTimeLoop()
        self.complaints: list[dict[str, Any]] = []
        self.loop.set_exception_handler(
            lambda loop, context: self.complaints.append(context)
        )

    @property
    def now(self) -> float:
        return self.loop.time()

    def call(self, *acts: Callable[[], None]) -> None:
        """Do these in one turn of the loop, and say what they raise."""
        errors: list[BaseException] = []

        def together() -> None:
            for act in acts:
                try:
                    act()
                except BaseException as error:
                    errors.append(error)

        self.loop.call_soon(together)
        self.loop.run_turn()
        if errors:
            raise errors[0]

    def timers(self) -> list[Any]:
        """What waits for time to pass."""
        scheduled: list[Any] = getattr(self.loop, "_scheduled")  # noqa: B009
        return [timer for timer in scheduled if not timer.cancelled()]

    def tasks(self) -> list[Any]:
        """What hasn't ended."""
        return list(asyncio.all_tasks(self.loop))

    def close(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_ready()
        self.loop.close()
