"""The tap: what viewers see of messages is taken at the sockets, before the merge.

A socket's tap takes itself out when no viewer may have another sample of it, and is put
back when one may. So a burst costs what its samples cost, and a pool that nobody watches
nothing: no test, no counter, no call.
"""

from collections.abc import Callable

from reactivex import abc

from ssc_rx.message import Message
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.sampler import SampledFlow, Sampler
from ssc_rx.ports import Watched, WatchedSocket

__all__ = ["Tap"]


class _SocketTap:
    """The tap of one socket, for all viewers that want its messages."""

    __slots__ = ("_counted", "_emit", "_sleep", "readers", "socket", "writers")

    def __init__(
        self, socket: WatchedSocket, sleep: Callable[["_SocketTap", int], None]
    ) -> None:
        self.socket = socket
        self.readers: list[tuple[Sampler, SampledFlow]] = []
        self.writers: list[tuple[Sampler, SampledFlow]] = []
        self._sleep = sleep
        self._counted: int | None = None  # messages received when it took itself out
        self._emit = socket.tap(None)

    def put_in(self) -> None:
        """See the next message; what went by unseen is made up for."""
        self.take_out()
        if self.readers:
            self.socket.tap(self._received)

    def take_out(self) -> None:
        """See no more."""
        self.socket.tap(None)
        self.make_up()
        self._counted = None

    def make_up(self) -> None:
        """Count what went by since it took itself out."""
        if self._counted is not None:
            missed = self.socket.messages_in - self._counted
            self._counted += missed
            for sampler, _ in self.readers:
                sampler.passed(missed)

    def _received(self, message: Message) -> None:
        again = False
        for sampler, flow in self.readers:
            again |= sampler.offer(flow, message)
        if not again:
            self.socket.tap(None)
            self._counted = self.socket.messages_in
            ticks = min(sampler.sleep(flow) for sampler, flow in self.readers)
            self._sleep(self, ticks)
        self._emit(message)

    def written(self, message: Message) -> None:
        for sampler, flow in self.writers:
            sampler.offer(flow, message)


class Tap:
    """All taps of a pool.

    Args:
        watched: The pool.
        roll: Knows its sockets' numbers and names.
    """

    def __init__(self, watched: Watched, roll: Roll) -> None:
        self._watched = watched
        self._roll = roll
        self._samplers: list[Sampler] = []
        self._taps: dict[WatchedSocket, _SocketTap] = {}
        self._by_id: dict[str, _SocketTap] = {}
        self._asleep: dict[int, list[_SocketTap]] = {}
        self._tick = 0
        self._writes: abc.DisposableBase | None = None

    def add(self, sampler: Sampler) -> None:
        """Show it messages from now on."""
        self._samplers.append(sampler)
        for socket in self._watched.sockets():
            self._join(socket, sampler)
        if self._writes is None:
            self._writes = self._watched.writes.subscribe(self._written)

    def remove(self, sampler: Sampler) -> None:
        """Show it nothing any more."""
        self._samplers.remove(sampler)
        for tap in list(self._taps.values()):
            tap.take_out()
            tap.readers = [r for r in tap.readers if r[0] is not sampler]
            tap.writers = [w for w in tap.writers if w[0] is not sampler]
            if tap.readers or tap.writers:
                tap.put_in()
            else:
                self.forget(tap.socket)
        if not self._samplers and self._writes is not None:
            self._writes.dispose()
            self._writes = None
            self._asleep.clear()

    def came(self, id: str) -> None:
        """A socket of this ID has come, or has opened."""
        socket = self._watched.socket(id)
        if socket is not None and socket not in self._taps:
            for sampler in self._samplers:
                self._join(socket, sampler)

    def forget(self, socket: WatchedSocket) -> None:
        """A socket has left the pool."""
        tap = self._taps.pop(socket, None)
        if tap is not None:
            tap.take_out()
            if self._by_id.get(socket.id) is tap:
                del self._by_id[socket.id]

    def settle(self) -> None:
        """Bring the counts of what went by unseen up to now."""
        for asleep in self._asleep.values():
            for tap in asleep:
                tap.make_up()

    def tick(self) -> None:
        """A new period: whoever has tokens again is put in again."""
        self._tick += 1
        for sampler in self._samplers:
            sampler.tick()
        for tap in self._asleep.pop(self._tick, ()):
            if self._taps.get(tap.socket) is tap:
                tap.put_in()

    def _join(self, socket: WatchedSocket, sampler: Sampler) -> None:
        head = self._roll.head(socket)
        reading = sampler.flow(head.number, head.id, "in")
        writing = sampler.flow(head.number, head.id, "out")
        if reading is None and writing is None:
            return
        tap = self._taps.get(socket)
        if tap is None:
            tap = self._taps[socket] = _SocketTap(socket, self._sleep)
            self._by_id[socket.id] = tap
        tap.take_out()
        if reading is not None:
            tap.readers.append((sampler, reading))
        if writing is not None:
            tap.writers.append((sampler, writing))
        tap.put_in()

    def _sleep(self, tap: _SocketTap, ticks: int) -> None:
        self._asleep.setdefault(self._tick + ticks, []).append(tap)

    def _written(self, message: Message) -> None:
        tap = self._by_id.get(message.id)
        if tap is not None:
            tap.written(message)
