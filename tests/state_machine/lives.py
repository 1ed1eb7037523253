"""The model of sockets: what their events may tell, and in which order."""

import asyncio
from collections.abc import Callable
from typing import Any

from ssc_rx import (
    CloseInfo,
    ConsumerTooSlow,
    DialError,
    DialFailed,
    Event,
    MessagesDropped,
    Outbox,
    PoolStopped,
    ReconnectScheduled,
    Socket,
    SocketClosed,
    SocketOpened,
    SocketOpening,
    WriteRefused,
    WritesLost,
)
from tests.state_machine.line import Line
from tests.state_machine.world import Link

__all__ = ["MAX_DELAY_S", "MIN_DELAY_S", "MIN_UPTIME_S", "Life", "Lives"]

MIN_DELAY_S, MAX_DELAY_S, MIN_UPTIME_S = 0.5, 4.0, 5.0
FATAL = (1002, 1003, 1007, 1008, 1009, 1010)


class Life:
    """One socket, from the call that adds it to its last event.

    Attributes:
        phase: What its events have told: "" · opening · open · down · gone.
        ready: Whether its `on_open`, if it has one, let others write; `was_ready`: ever.
        asked: Whether our side asked for its end.
        excuses: What may have begun to end its present connection.
        links: Its connections; the last one may not be open yet.
        ends: What was returned to those who want to know how it ended.
    """

    def __init__(self, id: str, kind: str, bound: Outbox, on_duplicate: str) -> None:
        self.id = id
        self.kind = kind
        self.on_duplicate = on_duplicate
        self.line = Line(bound)
        self.returns = False
        self.on_open: str | None = None
        self.gate: asyncio.Future[None] | None = None
        self.phase = ""
        self.ready = self.was_ready = False
        self.asked = False
        self.replaced = False
        self.excuses: set[str] = set()
        self.generation = 0
        self.attempt = 0
        self.opened_at = 0.0
        self.last_error: Exception | None = None
        self.links: list[Link] = []
        self.socket: Socket | None = None
        self.info: CloseInfo | None = None
        self.add: asyncio.Task[Any] | None = None
        self.ends: list[asyncio.Future[CloseInfo]] = []

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id} {self.phase} {self.generation}>"

    @property
    def link(self) -> Link | None:
        """Its connection, while it is open."""
        return self.links[-1] if self.phase == "open" else None

    @property
    def takes_writes(self) -> bool:
        """Whether anybody may write; where an end may have begun, its state tells."""
        if self.link is None or self.socket is None or not self.ready or self.asked:
            return False
        doubtful = bool(self.excuses) or self.link.touched
        return not doubtful or self.socket.state == "open"

    @property
    def refuses_senders(self) -> bool:
        """Whether it has refused all who waited, be it that they don't know yet."""
        return self.phase == "gone" or (self.asked and self.phase != "opening")

    def learn(self) -> None:
        """Take from its counters what was handed over, and who needn't wait any more."""
        if self.socket is None:
            return
        stats = self.socket.stats
        given = stats.messages_out - self.line.out
        assert given >= 0, f"{self} took back what it handed over"
        self.line.hand_over(given, ready=self.ready)
        assert self.line.out == stats.messages_out, (
            f"{self} handed over more than it had accepted"
        )
        for _ in range(stats.accepted - self.line.accepted):
            assert self.ready, f"{self} let somebody in before on_open was done"
            self.line.admit_one()


class Lives:
    """All sockets there ever were, and what the pool's events said of them.

    Attributes:
        here: Those whose last event hasn't come, in the order of their first.
        owners: Who has which ID, in the order in which they came to it.
        refusals: How many `WriteRefused` there were.
        too_slow: The names and IDs of streams that were ended.
        stopped: Whether the last event was `PoolStopped`.
    """

    def __init__(
        self,
        now: Callable[[], float],
        everyone: Callable[[], list[Socket]],
    ) -> None:
        self.now = now
        self.everyone = everyone
        self.all: list[Life] = []
        self.here: list[Life] = []
        self.owners: dict[str, Life] = {}
        self.added_by: dict[Any, Life] = {}
        self.stopping = False
        self.stopped = False
        self.refusals = 0
        self.too_slow: list[str] = []

    def of(self, id: str) -> Life | None:
        """Who has this ID."""
        return self.owners.get(id)

    def last_of(self, id: str) -> Life | None:
        """Who has this ID, or had it last."""
        found = [life for life in self.all if life.id == id and life.socket is not None]
        return self.of(id) or (found[-1] if found else None)

    def told(self, event: Event) -> None:
        """Check that this event may come now; it changes the model."""
        assert not self.stopped, f"{event} after PoolStopped"
        match event:
            case SocketOpening():
                self._opening(event)
            case SocketOpened():
                self._opened(event)
            case SocketClosed() | DialFailed():
                self._failed_or_closed(event)
            case ReconnectScheduled():
                self._scheduled(event)
            case WritesLost():
                self._lost(event)
            case MessagesDropped():
                life = self._the(event, lambda life: life.line.dropped > 0)
                assert 0 < event.messages <= life.line.dropped, (event, life)
            case WriteRefused():
                self.refusals += 1
            case ConsumerTooSlow():
                self.too_slow.append(event.id)
            case PoolStopped():
                assert self.stopping, "nobody stopped the pool"
                assert not self.here, f"{self.here} outlived the pool"
                self.stopped = True
            case _:
                pass

    def _the(self, event: Event, fits: Callable[[Life], bool]) -> Life:
        """Of whom an event tells: with a newcomer, two have one ID."""
        found = [life for life in self.here if life.id == event.id and fits(life)]
        assert found, f"{event} of nobody"
        return found[0]

    def _opening(self, event: SocketOpening) -> None:
        life = self.added_by.pop(asyncio.current_task())
        assert (life.id, life.kind, life.phase) == (event.id, event.kind, "")
        life.phase = "opening"
        known = [other.socket for other in self.here]
        (life.socket,) = [
            socket
            for socket in self.everyone()
            if socket not in known and socket.id == life.id
        ]
        self.here.append(life)
        self.owners.setdefault(life.id, life)

    def _opened(self, event: SocketOpened) -> None:
        life = self._the(
            event,
            lambda life: (
                life.socket is not None and life.socket.generation > life.generation
            ),
        )
        assert life.phase in ("opening", "down"), f"{life} opened"
        assert self.of(life.id) is life, f"{life} opened beside another"
        assert not life.line.queue, f"{life} carried its queue over"
        life.generation += 1
        assert event.generation == life.generation, (event, life)
        assert (event.gap is None) == (life.generation == 1)
        life.phase = "open"
        life.ready = life.on_open is None
        life.was_ready = life.was_ready or life.ready
        life.excuses.clear()
        life.line.handed = life.links[-1].given
        life.opened_at = self.now()

    def _scheduled(self, event: ReconnectScheduled) -> None:
        life = self._the(event, lambda life: life.phase in ("open", "down"))
        assert life.returns, f"{life} is not to be dialled again"
        assert not life.asked, f"{life} was asked to end, and is dialled again"
        uptime = 0.0
        life.learn()
        if life.phase == "open":
            assert not life.line.queue, f"{life} fell without losing its queue"
            uptime = self.now() - life.opened_at
        again = life.attempt and uptime >= MIN_UPTIME_S
        life.attempt = 1 if again else life.attempt + 1
        delay = min(MAX_DELAY_S, MIN_DELAY_S * 2.0 ** (life.attempt - 1))
        assert (event.attempt, event.delay) == (life.attempt, delay), (event, life)
        assert event.info is None or event.info.code not in FATAL, event
        life.phase, life.ready = "down", False

    def _failed_or_closed(self, event: SocketClosed | DialFailed) -> None:
        everyone = self.everyone()
        gone = [
            life
            for life in self.here
            if life.id == event.id and life.socket not in everyone
        ]
        if isinstance(event, DialFailed) and not (gone and gone[0].generation == 0):
            life = self._the(event, lambda life: life.kind == "server")
            assert life.phase in ("open", "down"), f"{life}: {event}"
            life.last_error = event.error
            return
        assert gone, f"{event}, but it is still there"
        life = gone[0]
        life.learn()
        assert life.socket is not None
        life.replaced = life.socket.close_info is None
        if isinstance(event, SocketClosed):
            assert event.generation == life.generation, (event, life)
            life.info = event.info
            life.replaced = life.replaced or event.info.code == 4501
            self._check_final(life, event.info)
        assert not life.line.queue, (
            life,
            life.line.queue,
            life.socket and life.socket.stats,
        )
        life.phase, life.ready = "gone", False
        self._leaves(life)

    def _leaves(self, life: Life) -> None:
        """The ID is free, or that of the first newcomer."""
        self.here.remove(life)
        if self.owners[life.id] is life:
            del self.owners[life.id]
            for newcomer in self.here:
                if newcomer.id == life.id:
                    self.owners.setdefault(life.id, newcomer)

    def _check_final(self, life: Life, info: CloseInfo) -> None:
        """A server socket that is to be dialled again closes for a reason only."""
        if life.asked or life.replaced or not life.returns or not life.was_ready:
            return
        error = life.last_error
        forbidden = isinstance(error, DialError) and error.status == 403
        assert info.code in FATAL or forbidden, f"{life} was given up: {info}"

    def _lost(self, event: WritesLost) -> None:
        for life in self.here:
            if life.id == event.id:
                life.learn()
        life = self._the(event, lambda life: bool(life.line.queue))
        queue = life.line.queue
        lost = (len(queue), sum(map(len, queue)))
        assert (event.messages, event.bytes) == lost, (event, life, queue)
        life.line.fail(event.reason)
        life.excuses.add(event.reason)
