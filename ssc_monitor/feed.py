"""`Feed`: a source, and the view of its pool that all screens show."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from ssc_monitor.acting import Acting
from ssc_monitor.endings import Endings
from ssc_monitor.model.baseline import Baseline, Counters
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.mix import Mix
from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.warnings.lookout import Lookout
from ssc_monitor.sources.source import (
    Attached,
    GivenUp,
    Item,
    Lost,
    Played,
    Sought,
    Source,
)
from ssc_rx.monitor import wire

if TYPE_CHECKING:
    from ssc_monitor.taping import Taping

__all__ = ["Feed", "Health"]

_T = TypeVar("_T")

Health = Literal["attaching", "live", "stale", "gone"]

SOCKETS_A_SLICE = 500
"""Sockets applied before the event loop gets a turn: about 5 ms."""

MIN_STALE_S = 1.0


class Feed:
    """Applies what a source says to one `PoolView`, and asks the source for things.

    Args:
        source: Where the frames come from.
        clock: Seconds, monotonic.

    Attributes:
        view: The pool, as far as it is known.
        acting: Has it do things.
        endings: Why sockets that aren't open aren't.
        lookout: What is worth a warning.
        lost: Why there is no link; `None` while there is one.
        baseline: From when on is counted on the screens; `None`: from the start.
        mix: Which sockets' messages are shown.
        filter: Which messages are shown.
        taping: Who records what is shown; `None` if nobody does.
        given_up: By ID, what was to be watched and won't come.
        readings: How many whole readings of the sockets were applied.
        transport: Of a recording that is played; `None` for what is live.
    """

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self.source = source
        self.view = PoolView()
        self.acting = Acting(source)
        self.endings = Endings()
        self.lookout = Lookout()
        self.mix = Mix()
        self.baseline: Baseline | None = None
        self.lost: Lost | None = None
        self.given_up: dict[str, GivenUp] = {}
        self.readings = 0
        self.transport = source.transport if isinstance(source, Played) else None
        self._clock = clock
        self._attached = False
        self._read_at = clock()
        self._interval = 0.25
        self._watched: wire.Selection | None = None
        self._watches_all = True
        self._asked: wire.Selection | None = None
        self.filter = Filter()
        self.taping: Taping | None = None
        self._number: int | None = None
        self._tap: Callable[[Item], None] | None = None
        self._preview: int | None = None

    async def run(self) -> None:
        """Apply frames for as long as the source has any."""
        async for item in self.source.frames():
            if (
                isinstance(item, wire.State)
                and max(len(item.rows), len(item.born)) > SOCKETS_A_SLICE
            ):
                for part in slices(item, SOCKETS_A_SLICE):
                    self.take(part)
                    await asyncio.sleep(0)
            else:
                self.take(item)

    def tap(self, heard: Callable[[Item], None], preview: int) -> None:
        """Have somebody told of all that was applied, and previews of so many bytes."""
        self._tap, self._preview = heard, preview
        self._ask()

    def untap(self) -> None:
        """Tell nobody any more."""
        self._tap = self._preview = None
        self._ask()

    def shows(self, entry: Entry, socket: SocketView | None) -> bool:
        """Whether the screens show a message: see `watch` and `use`."""
        if self._number is not None:
            wanted = entry.number == self._number
        else:
            wanted = self.mix.hears(entry.id)
        return wanted and self.filter.matches_message(entry, socket)

    def take(self, item: Item) -> None:
        """Apply one thing that the source said."""
        self._apply(item)
        if self._tap is not None:
            self._tap(item)

    def _apply(self, item: Item) -> None:
        view = self.view
        match item:
            case Attached():  # the Hello that follows makes the view begin anew
                self.acting.lost()
                self.lost, self._attached = None, True
                self._read_at = self._clock()
            case Lost():
                self.lost, self._attached = item, False
                self.acting.lost()
            case Sought():
                view.rewind()
                self.endings.clear()
                self.lookout = Lookout()
            case GivenUp():
                self.given_up[item.id] = item
            case wire.State():
                before = view.now
                view.apply(item)
                if item.pool is not None:
                    if self.readings and 0 < item.time - before < 60:
                        self._interval += (item.time - before - self._interval) / 4
                    self._read_at = self._clock()
                    self.readings += 1
                    self.lookout.look(view)
                if item.born and self.mix:
                    self._ask()  # its sockets have other numbers now
            case wire.Hello():
                self._interval = max(0.01, item.interval)
                view.apply(item)
                if self.baseline and self.baseline.incarnation != view.incarnation:
                    self.baseline = None
                self._ask()
            case wire.Answer():
                self.acting.answered(item)
            case wire.Events():
                view.apply(item)
                for event in item.events:
                    self.endings.take(event)
                    self.lookout.take(event)
            case _:
                view.apply(item)

    def now(self) -> float:
        """Seconds by the viewer's own clock, which never goes back."""
        return self._clock()

    @property
    def silence(self) -> float:
        """Seconds since the last reading arrived."""
        return max(0.0, self._clock() - self._read_at)

    @property
    def health(self) -> Health:
        """Whether what is shown is of now."""
        if self.lost is not None:
            return "gone"
        if not self._attached:
            return "attaching"
        if self.transport is None and self.silence > max(
            MIN_STALE_S, 3 * self._interval
        ):
            return "stale"
        return "live" if self.readings else "attaching"

    @property
    def readings_per_s(self) -> float:
        """How often the pool tells its state."""
        return 1 / self._interval

    @property
    def shows_traffic(self) -> bool:
        """Whether the pool shows messages to its viewers."""
        hello = self.view.hello
        return hello is not None and hello.level != "stats"

    def watch(self, filter: Filter, number: int | None = None) -> None:
        """Have the messages sampled that a filter wants, of one socket or of all."""
        self.filter, self._number = filter, number
        selection = filter.selection()
        if number is not None:
            selection = msgspec.structs.replace(selection, numbers=(number,))
        if selection != self._watched:
            self._watched, self._watches_all = selection, number is None
            self._ask()

    def zero(self) -> None:
        """Count from now on, on the screens; or from the start again."""
        self.baseline = Baseline(self.view) if self.baseline is None else None

    @property
    def losses(self) -> wire.PoolRow | None:
        """The pool's counters, its losses since the baseline."""
        row = self.view.row
        return row if row is None or self.baseline is None else self.baseline.pool(row)

    def counters(self, socket: SocketView) -> Counters:
        """A socket's counters, since the baseline."""
        if self.baseline is None:
            return Counters.of(socket)
        return self.baseline.socket(socket)

    def use(self, mix: Mix) -> None:
        """Have those sockets' messages shown, and sampled."""
        self.mix = mix
        self._ask()

    def _ask(self) -> None:
        """Have the source know what is wanted: with a new link it tells that itself."""
        selection = self._watched
        if selection is None or not self.shows_traffic:
            return
        if self.transport is not None:  # all is there, and the viewer's filter finds it
            return
        if self._watches_all:
            selection = self.mix.narrowed(selection, self.view.sockets.values())
        if self._preview is not None:
            selection = msgspec.structs.replace(selection, preview=self._preview)
        self.view.watching(selection)
        if selection != self._asked:
            self._asked = selection
            self.source.request(wire.Watch(selection))

    def get(self, sequence: int) -> None:
        """Ask for a whole payload; it comes into `view.payloads`."""
        self.source.request(wire.Get(sequence))

    def inspect(self, number: int) -> None:
        """Ask for a socket's details; they come into `view.details`."""
        self.source.request(wire.Inspect(number))


def slices(state: wire.State, size: int) -> Iterator[wire.State]:
    """A state frame as several that say the same, of at most so many sockets each."""
    parts = [
        *(wire.State(state.time, born=part) for part in _cut(state.born, size)),
        *(wire.State(state.time, rows=part) for part in _cut(state.rows, size)),
        wire.State(state.time, gone=state.gone, pool=state.pool),
    ]
    parts[0] = msgspec.structs.replace(parts[0], begin=state.begin)
    yield from parts


def _cut(items: tuple[_T, ...], size: int) -> Iterator[tuple[_T, ...]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
