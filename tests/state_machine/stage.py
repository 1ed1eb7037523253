"""The pool of a play, its world and its model: what all that can be done has in common."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ssc_rx import Message, Reconnect, Socket, SscError
from tests.state_machine.listening import Delivery, Listener, Tank, WriteWatcher
from tests.state_machine.lives import (
    MAX_DELAY_S,
    MIN_DELAY_S,
    MIN_UPTIME_S,
    Life,
    Lives,
)
from tests.state_machine.world import Link, Network, VirtualPool, World

__all__ = [
    "CLOSE_TIMEOUT_S",
    "MAX_DIALS",
    "MAX_SOCKETS",
    "RECONNECT",
    "Mishap",
    "Stage",
]

CLOSE_TIMEOUT_S = 1.0
PING_INTERVAL_S, PING_TIMEOUT_S = 20.0, 10.0
MAX_SOCKETS = 3
MAX_DIALS = 2
RECONNECT = Reconnect(
    min_delay=MIN_DELAY_S,
    max_delay=MAX_DELAY_S,
    min_uptime=MIN_UPTIME_S,
    max_dials=MAX_DIALS,
    jitter=lambda: 1.0,
)


class Mishap(Exception):
    """What a subscriber or an `on_open` of the play raises."""


class Stage:
    """A pool, its world and its model.

    Attributes:
        world, network, pool: What is played with.
        lives, listeners, watchers, tanks: The model.
        log: What the pool's first subscriber was given.
        origins: Who sent which message to the pool.
        tasks: Whatever waits, or waited, for the pool.
        stops: What `stop()` returned; `stop_by`: its deadline.
        faults: What was found wrong inside callbacks, which the pool guards.
        failures: How often subscribers raised.
        refused: Writes that the pool itself refused; `refusals`: those told as events.
        busy: Whether a write is under way that has several effects: the model has all of
            them at once, so subscribers don't react meanwhile.
        stopping_now: Whether this is inside of `stop()`.
    """

    def __init__(self) -> None:
        self.world = World()
        self.network = Network(self.connected)
        self.pool = VirtualPool(
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            max_sockets=MAX_SOCKETS,
            reconnect=RECONNECT,
            name="played",
        )
        self.pool.network = self.network
        self.lives = Lives(lambda: self.world.now, self._everyone)
        self.log: list[Delivery] = []
        self.listeners: list[Listener] = []
        self.watchers: list[WriteWatcher] = []
        self.tanks: list[Tank] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.stops: list[asyncio.Future[None]] = []
        self.stop_by = float("inf")
        self.faults: list[BaseException] = []
        self.failures = 0
        self.refused = 0
        self.refusals = 0
        self.origins: dict[str, tuple[Life, Link]] = {}
        self.busy = False
        self.stopping_now = False
        self._number = 0
        self.pool.events.subscribe(self._guarded(self.lives.told))
        self.pool.messages.subscribe(self._guarded(self.delivered))
        self.world.call(lambda: self.spawn(self.pool.start()))
        self.world.loop.run_ready()

    def _everyone(self) -> list[Socket]:
        return self.pool._registry.everyone()

    def _guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """Remember what it raises: the pool would take it for a subscriber's mishap."""

        def guarded(value: Any) -> None:
            try:
                act(value)
            except BaseException as error:
                self.faults.append(error)

        return guarded

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.append(task)
        return task

    def text(self, size: int) -> str:
        self._number += 1
        return str(self._number).ljust(size, ".")

    def pending(self) -> list[asyncio.Task[Any]]:
        return [task for task in self.tasks if not task.done()]

    def delivered(self, message: Message) -> None:
        life, link = self.origins[message.text]
        assert message.id == life.id
        assert life.phase == "open", f"{life} delivers"
        assert life.link is link, f"{life} delivers what came to its predecessor"
        assert link.sent[link.delivered] == message.text, (
            f"{life} delivers out of order"
        )
        link.delivered += 1
        assert life.socket is not None
        delivery = Delivery(message.text, life, frozenset(life.socket.tags))
        self.log.append(delivery)
        for tank in self.tanks:
            if tank.stream is not None and not tank.closed and tank.wanted(delivery):
                tank.put(message.text, self.world.now)

    def connected(self, url: str, link: Link) -> None:
        number = int(url.removeprefix("ws://").removesuffix(".example"))
        self.lives.all[number - 1].links.append(link)

    def lags(self) -> bool:
        """Whether events that tell who has which ID are yet to come."""
        owners = self.lives.owners.items()
        told = [(id, life.socket) for id, life in owners]
        return told != [(id, self.pool[id]) for id in self.pool]

    def halfway(self) -> bool:
        """Whether this is inside an event, and the model lags behind.

        In `stop()` some sockets are closing and others not yet; a newcomer that takes an
        ID is open before its `SocketOpened`; and what a subscriber of events brings about
        is told when all have seen the event that it reacts to.
        """
        if self.stopping_now or self.lags():
            return True
        for life in self.lives.here:
            assert life.socket is not None
            state = life.socket.state
            opened = life.socket.generation != life.generation
            if opened or (life.ready and state not in ("open", "closing")):
                return True
        return False

    def error_of(self, call: Callable[[], object]) -> type[SscError] | None:
        """What a call to the pool raises."""
        try:
            call()
        except SscError as error:
            return type(error)
        return None

    async def error_when(self, awaited: Coroutine[Any, Any, Any]) -> SscError | None:
        """What a coroutine of the pool raises."""
        try:
            await awaited
        except SscError as error:
            return error
        return None
