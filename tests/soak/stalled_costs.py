"""What stalled peers cost: themselves an outbox, and the others next to nothing."""

from dataclasses import dataclass

from ssc_rx import Overflow
from ssc_rx.transports.link import HIGH_WATER_BYTES
from tests.soak.running import Loop
from tests.soak.verdict import Verdict
from tests.soak.words import Stalled, StalledSocket, Written

__all__ = ["NONE", "POLICIES", "Costs", "Crowd"]

NONE = "none"
POLICIES = (Overflow.DROP_OLDEST, Overflow.CLOSE)
ENOUGH = 0.8
"""The share of the speed without stalled peers that the healthy ones must keep."""
MOST_BUFFERED_BYTES = HIGH_WATER_BYTES + 2 * 64 * 1024
"""What a transport may hold: up to its mark, and one flush over it."""
SLACK_BYTES = 16 * 1024 * 1024
"""What two runs that do the same may differ in."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who is broadcast to, and what.

    Attributes:
        loop: The event loop of the pool.
        sockets: How many.
        stalled: How many of them don't read.
        broadcasts: How many messages each is to get; a multiple of 8.
        rounds: How often it is measured; 0 to look at correctness alone.
        message_bytes: Payload bytes of each message.
        outbox_messages: The bound of each outbox.
        window: How many broadcasts may be under way to the healthy.
    """

    loop: Loop
    sockets: int
    stalled: int
    broadcasts: int
    rounds: int
    message_bytes: int = 256
    outbox_messages: int = 256
    window: int = 64

    def order(self, overflow: Overflow, core: int | None) -> Stalled:
        """What the pool's process has to do."""
        return Stalled(
            sockets=self.sockets,
            broadcasts=self.broadcasts,
            window=self.window,
            message_bytes=self.message_bytes,
            outbox_messages=self.outbox_messages,
            overflow=overflow.value,
            core=core,
        )


class Costs:
    """The runs of a crowd, with some stalled and with none, compared.

    The machine may be busy with other things, which makes some runs slower and none
    faster: the best of each kind is compared.
    """

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._rates: dict[str, list[float]] = {}
        self._cpu_us: dict[str, list[float]] = {}
        self._memory: dict[str, int] = {}

    def add(self, kind: str, written: Written) -> None:
        """Take a run into account."""
        crowd = self._crowd
        self._rates.setdefault(kind, []).append(crowd.broadcasts / written.seconds)
        deliveries = crowd.broadcasts * (crowd.sockets - len(written.sockets))
        self._cpu_us.setdefault(kind, []).append(1e6 * written.cpu_s / deliveries)
        self._memory[kind] = max(self._memory.get(kind, 0), written.most_bytes)

    def faults_of(self, written: Written, overflow: Overflow) -> list[str]:
        """What stalled sockets cost beyond their outbox."""
        found = [] if len(written.sockets) == self._crowd.stalled else ["none stalled"]
        for socket in written.sockets:
            holds = self._bounds(socket) | self._fate(socket, overflow)
            found += [
                f"a stalled socket ({overflow.value}): {what}: no, {socket!r}"
                for what, does in holds.items()
                if not does
            ]
        return found

    def _bounds(self, socket: StalledSocket) -> dict[str, bool]:
        most, buffered = self._crowd.outbox_messages, socket.most_buffered_bytes
        return {
            "its outbox is bounded": socket.most_queued <= most,
            "its transport's buffer is": buffered <= MOST_BUFFERED_BYTES,
            "its writes are accounted for": socket.books.off_by == 0,
        }

    def _fate(self, socket: StalledSocket, overflow: Overflow) -> dict[str, bool]:
        books, most = socket.books, self._crowd.outbox_messages
        if overflow is Overflow.CLOSE:
            return {
                # 1013 was queued behind what it doesn't read: it was cut off.
                "it was closed for it": socket.close_code in (1006, 1013),
                "its queue failed": 0 < books.failed.get("overflow", 0) <= most,
                "it holds nothing": books.queued == socket.queued_bytes == 0,
            }
        return {
            "it stays open": socket.state == "open",
            "it was written everything": books.accepted == self._crowd.broadcasts,
            "its outbox is full": books.queued == most,
            "older messages gave way": books.dropped.get("oldest", 0) > 0,
            "nothing of it failed": not any(books.failed.values()),
        }

    def compare(self, verdict: Verdict) -> None:
        """Say what was measured, and whether it will do."""
        crowd, base = self._crowd, max(self._rates[NONE])
        verdict.figures.append(
            f"{crowd.sockets:,} sockets, {crowd.broadcasts:,} broadcasts; none stalled: "
            f"{base * crowd.sockets:,.0f} deliveries/s, {self._measured(NONE)}"
        )
        for policy in POLICIES:
            kind = policy.value
            share = max(self._rates[kind]) / base
            more = self._memory[kind] - self._memory[NONE]
            verdict.figures.append(
                f"{crowd.stalled} stalled, {kind}: the healthy ones get {share:.2f} of "
                f"that, {self._measured(kind)}; {more / 2**20:+.1f} MiB"
            )
            if crowd.rounds and share < ENOUGH:
                verdict.faults.append(f"{kind}: {share:.2f} of the speed, not {ENOUGH}")
            if more > self._most_bytes():
                verdict.faults.append(f"{kind}: {more:,} bytes more with stalled ones")

    def _measured(self, kind: str) -> str:
        rates = ", ".join(f"{each:,.0f}" for each in self._rates[kind])
        cpu_us = min(self._cpu_us[kind])
        return f"{rates} messages/s to each, {cpu_us:.2f} µs of CPU a delivery"

    def _most_bytes(self) -> int:
        crowd = self._crowd
        outbox = crowd.outbox_messages * crowd.message_bytes * 2  # with their objects
        return crowd.stalled * (outbox + MOST_BUFFERED_BYTES) + SLACK_BYTES
