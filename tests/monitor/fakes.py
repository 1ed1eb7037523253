"""A pool as `ports.Watched` has it, of plain numbers."""

from collections.abc import Callable, Iterator
from typing import Any

from reactivex.subject import Subject

from ssc_rx import Event, Message, Options, PoolStats, SocketState, SocketStats
from ssc_rx.core.stats import add_up
from ssc_rx.streams.hub import Hub, MessageHub
from ssc_rx.streams.stream import Home


class FakeSocket:
    """Counts what it is told to have received."""

    def __init__(
        self, id: str, emit: Callable[[Message], None] = lambda m: None
    ) -> None:
        self.id = id
        self.kind: Any = "client"
        self.url: str | None = None
        self.tags: frozenset[str] = frozenset()
        self.messages_in = 0
        self.messages_out = 0
        self.dropped: dict[str, int] = {}
        self.state = SocketState.OPEN
        self.remote_address: Any = None
        self.subprotocol: str | None = None
        self.request: Any = None
        self.options = Options()
        self.pinged_at: float | None = None
        self._emit = emit
        self._tap: Callable[[Message], None] = emit

    @property
    def tapped(self) -> bool:
        return self._tap is not self._emit

    @property
    def stats(self) -> SocketStats:
        return SocketStats(
            id=self.id,
            kind=self.kind,
            state=self.state,
            generation=1,
            latency=None,
            opened_at=1.0,
            last_received=None,
            pinged_at=self.pinged_at,
            messages_in=self.messages_in,
            messages_out=self.messages_out,
            accepted=self.messages_out + sum(self.dropped.values()),
            dropped=dict(self.dropped),
        )

    def tap(
        self, receive: Callable[[Message], None] | None
    ) -> Callable[[Message], None]:
        self._tap = receive or self._emit
        return self._emit

    def receive(self, text: str = "x") -> None:
        self.messages_in += 1
        self._tap(Message.of(self.id, text))


class FakePool:
    """Sockets that come and go."""

    name = "fake"

    def __init__(self) -> None:
        self.events: Any = Subject[Event]()
        self.writes: Any = Subject[Message]()
        self.members: dict[str, FakeSocket] = {}
        self.left: list[SocketStats] = []
        self.delivered: list[Message] = []
        home: Any = Home(scheduler=None, defer=None, check_thread=lambda: None)  # type: ignore[arg-type]
        self.messages = MessageHub("pool.messages", home)

    def add(self, id: str) -> FakeSocket:
        self.members[id] = FakeSocket(id, self.delivered.append)
        return self.members[id]

    def remove(self, id: str) -> None:
        self.left.append(self.members.pop(id).stats)

    def sockets(self) -> list[FakeSocket]:
        return list(self.members.values())

    def socket(self, id: str) -> FakeSocket | None:
        return self.members.get(id)

    def message_hubs(self) -> Iterator[tuple[str, Hub[Message]]]:
        yield "", self.messages
        yield from self.messages.named.items()

    def without_sockets(self) -> PoolStats:
        sums = add_up(self.left)
        return PoolStats(
            name=self.name,
            state="running",
            time=1.0,
            sockets=(),
            sockets_opened=0,
            sockets_closed=len(self.left),
            dials_failed=0,
            subscriber_failures=0,
            payloads_invalid=0,
            loop_lags=0,
            messages_in=sums.messages_in,
            messages_out=sums.messages_out,
            accepted=sums.accepted,
            dropped=sums.dropped,
        )
