"""Sockets that are not read for a while, as a consumer may lose nothing and is slow."""

import math
from collections.abc import Callable, Iterable

from ssc_rx.driver import Driver
from ssc_rx.events import ConsumerTooSlow, Event
from ssc_rx.logs import about, logger_of
from ssc_rx.ports import Held
from ssc_rx.streams.bridge import Intake

__all__ = ["Hold", "Holds"]

logger = logger_of(__name__)

PATIENCE = 0.1
"""The part of `block_timeout` for which a consumer may go on to empty half its buffer."""


class Holds:
    """What a pool knows of its streams that hold sockets.

    Attributes:
        driver: The pool's; set when it starts.
        tell: Takes what happened.
        shut: The holds in force, in the order in which they came.
    """

    __slots__ = ("driver", "shut", "tell")

    driver: Driver

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self.tell = tell
        self.shut: dict[Hold, None] = {}

    def apply_to(self, socket: Held) -> None:
        """A socket has a new connection: hold it as well, where it is to be held."""
        for hold in list(self.shut):
            hold.newcomer(socket)


class Hold:
    """What one stream holds while its buffer is full: a `bridge.Gate`.

    Opening it takes a turn of each socket, so it waits until half of the buffer is free.
    Only a consumer so slow that this takes a while is given every bit of room at once: the
    pings of the peers are behind their messages.
    """

    __slots__ = (
        "_deadline",
        "_feeds",
        "_held",
        "_holds",
        "_id",
        "_intake",
        "_sockets",
        "due",
    )

    _intake: Intake

    def __init__(
        self,
        holds: Holds,
        sockets: Callable[[], Iterable[Held]],
        feeds: Callable[[Held], bool],
        id: str = "",
    ) -> None:
        self._holds = holds
        self._sockets = sockets
        self._feeds = feeds
        self._id = id
        self._held: dict[Held, None] = {}
        self._deadline = math.inf
        self.due = math.inf

    # bridge.Gate

    def shut(self, intake: Intake) -> None:
        """Hold all sockets that feed the stream, from this call on."""
        holds = self._holds
        self._intake = intake
        self._held = dict.fromkeys(self._sockets())
        for socket in self._held:
            socket.hold(self)
        holds.shut[self] = None
        limit = intake.buffering.block_timeout
        now = holds.driver.now()
        self._deadline = now + limit
        holds.driver.schedule(self, now + limit * PATIENCE)

    def open(self) -> None:
        """Let them go."""
        self._holds.shut.pop(self, None)
        self._holds.driver.schedule(self, math.inf)
        held, self._held = self._held, {}
        for socket in held:
            socket.release(self)

    def newcomer(self, socket: Held) -> None:
        """Hold a socket that has a new connection, if it feeds the stream."""
        if socket not in self._held and self._feeds(socket):
            self._held[socket] = None
            socket.hold(self)

    # ports.Driven

    def on_due(self, now: float) -> None:
        driver, intake = self._holds.driver, self._intake
        if now < self._deadline:
            driver.schedule(self, self._deadline)
            intake.grow_impatient()
            return
        intake.give_up()
        self._holds.tell(
            ConsumerTooSlow(
                id=self._id,
                stream=intake.name,
                block_timeout=intake.buffering.block_timeout,
                buffered=len(intake.inbox.queue),
                time=driver.wall(),
            )
        )

    def flush(self) -> None:
        """Nothing: it sends nothing."""

    def broke(self, error: Exception) -> None:
        """Its deadline raised, which must not leave sockets held."""
        extra = about(self._holds.driver.pool, self._id)
        logger.error("a hold failed", exc_info=error, extra=extra)
        self.open()
