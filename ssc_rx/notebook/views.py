"""What live views show: the sockets of a pool, the rate of a stream, its last values."""

import reprlib
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ssc_rx.errors import InvalidOptionError
from ssc_rx.notebook import faces
from ssc_rx.notebook.live import LiveView, check_front_end, check_hz
from ssc_rx.notebook.markup import (
    MAX_CHARACTERS,
    MAX_ROWS,
    Bundle,
    Html,
    bundle,
    card,
    code,
    joined,
    muted,
    preview,
    table,
)
from ssc_rx.notebook.plot import line_plot
from ssc_rx.wording import bare

if TYPE_CHECKING:  # a view only names it
    from ssc_rx.core.stats import PoolStats

__all__ = [
    "LastValues",
    "Listen",
    "Rate",
    "Sockets",
    "live_rate",
    "live_sockets",
    "tail",
]

Hear = Callable[[Any], None]
End = Callable[[BaseException | None], None]
Listen = Callable[[Hear, End], Callable[[], None]]
"""Subscribes with what is called with each value, and at the end, with the error that
ended it if there was one; gives what disposes of that."""

RATES_OVER_S = 2.0
"""What a figure of a rate is the mean of: shorter ones can't be read."""

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = MAX_CHARACTERS
_short.maxlevel = 3


def live_sockets(name: str, stats: "Callable[[], PoolStats]", hz: float) -> LiveView:
    """The sockets of a pool, as they are."""
    check_hz(hz)
    check_front_end(name)
    return LiveView(Sockets(name, stats, hz), hz)


def live_rate(name: str, listen: Listen, hz: float, seconds: float) -> LiveView:
    """How many values a second a stream has."""
    if not isinstance(seconds, (int, float)) or not 1 <= seconds <= 3600:
        raise InvalidOptionError(f"seconds must be from 1 to 3600, not {seconds!r}")
    check_hz(hz)
    check_front_end(name)
    return LiveView(Rate(name, listen, max(2, round(seconds * hz)), seconds), hz)


def tail(name: str, listen: Listen, n: int, hz: float) -> LiveView:
    """The last values of a stream."""
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MAX_ROWS:
        raise InvalidOptionError(f"n must be from 1 to {MAX_ROWS}, not {n!r}")
    check_hz(hz)
    check_front_end(name)
    return LiveView(LastValues(name, listen, n), hz)


class Sockets:
    """The sockets of a pool in a table, each with its rates over the last seconds."""

    def __init__(self, name: str, stats: "Callable[[], PoolStats]", hz: float) -> None:
        self.name = name
        self._stats = stats
        self._before: deque[tuple[float, dict[str, tuple[int, int]]]] = deque(
            maxlen=max(1, round(RATES_OVER_S * hz))
        )
        self.ended = False

    def close(self) -> None:
        """Nothing is held but what gives the stats."""

    def paint(self, *, running: bool) -> Bundle:
        stats = self._stats()
        self.ended = stats.state == "stopped"
        then, before = self._before[0] if self._before else (stats.time, {})
        passed = stats.time - then
        now: dict[str, tuple[int, int]] = {}
        rows: list[list[object]] = []
        for socket in stats.sockets[:MAX_ROWS]:
            counts = socket.messages_in, socket.messages_out
            now[socket.id] = counts
            last = before.get(socket.id)
            rates: list[object] = ["", ""]
            if passed > 0 and last is not None:
                rates = [
                    _rate(n - m, passed) for n, m in zip(counts, last, strict=True)
                ]
            cells = faces.row(socket, stats.time)
            rows.append([*cells[:3], *rates, *cells[3:]])
        self._before.append((stats.time, now))
        headings = [*faces.HEADINGS[:3], "in/s", "out/s", *faces.HEADINGS[3:]]
        shown = card(
            "Pool",
            stats.name,
            faces.summary(stats),
            table(headings, rows, total=len(stats.sockets)),
            _at(running, stats.time),
        )
        return bundle(repr(stats), shown)


class _Heard:
    """Counts what a stream gives; a subclass may keep some of it."""

    def __init__(self, name: str, listen: Listen) -> None:
        self.name = name
        self.count: int = 0
        self.ended = False
        self._error = ""
        self._dispose = listen(self.hear, self.end)

    def hear(self, value: Any) -> None:
        self.count += 1

    def end(self, error: BaseException | None) -> None:
        self.ended = True
        if error is not None:
            self._error = f"failed with {_short.repr(error)}"

    def _state(self, running: bool) -> str:
        """Why it isn't painted again."""
        if running and not self.ended:
            return ""
        return f"; {self._error or ('completed' if self.ended else 'stopped')}"

    def close(self) -> None:
        self._dispose()


class Rate(_Heard):
    """How many values a second a stream has, as a line."""

    def __init__(self, name: str, listen: Listen, points: int, seconds: float) -> None:
        self._points = points
        self._seconds = seconds
        self._mean_of = max(1, round(RATES_OVER_S * points / seconds))
        self._rates: deque[float] = deque(maxlen=points)
        self._before, self._time = 0, time.monotonic()
        super().__init__(name, listen)

    def paint(self, *, running: bool) -> Bundle:
        now, count = time.monotonic(), self.count
        if running and now > self._time:
            self._rates.append((count - self._before) / (now - self._time))
            self._before, self._time = count, now
        last = list(self._rates)[-self._mean_of :]
        rate = sum(last) / len(last) if last else 0.0
        most = max(self._rates, default=0.0)
        line = f"{rate:,.0f}/s, {most:,.0f}/s at most, {count:,} so far"
        shown = card(
            "Rate",
            self.name,
            joined(line.split(", ")),
            line_plot(self._rates, self._points),
            muted(f"the last {self._seconds:g} s{self._state(running)}"),
        )
        return bundle(f"<Rate of {self.name}: {line}>", shown)


HEADINGS = ("time", "id", "value")
"""Of the last values; what is no message has the last only."""


class LastValues(_Heard):
    """The last values of a stream."""

    def __init__(self, name: str, listen: Listen, n: int) -> None:
        self._last: deque[Any] = deque(maxlen=n)
        self._keep = self._last.append
        super().__init__(name, listen)

    def hear(self, value: Any) -> None:
        self.count += 1
        self._keep(value)

    def paint(self, *, running: bool) -> Bundle:
        last = list(self._last.copy())  # another thread may append
        rows = [_row(value) for value in last]
        line = f"the last {len(rows)} of {self.count:,}{self._state(running)}"
        told = [n for n in range(len(HEADINGS)) if any(row[n] != "" for row in rows)]
        body = muted("nothing yet")
        if rows:  # without the columns that none of them has
            cells = [[row[n] for n in told] for row in rows]
            body = table([HEADINGS[n] for n in told], cells)
        plain = "\n".join(_short.repr(value) for value in last)
        return bundle(
            f"<Tail of {self.name}: {line}>\n{plain}",
            card("Tail", self.name, line, body),
        )


def _row(value: Any) -> list[object]:
    at, id = getattr(value, "time", None), getattr(value, "id", None)
    when = faces.clock(at) if isinstance(at, float) else ""
    whose = code(bare(id)) if isinstance(id, str) else ""
    payload = getattr(value, "payload", None)
    if isinstance(payload, bytes):
        binary = getattr(value.type, "name", "") != "TEXT"
        return [when, whose, preview(payload, binary=binary)]
    return [when, whose, code(_short.repr(value))]


def _rate(n: int, seconds: float) -> float:
    rate = max(0, n) / seconds
    return round(rate) if rate >= 10 else round(rate, 1)


def _at(running: bool, now: float) -> Html:
    return muted(f"at {faces.clock(now)[:8]}{'' if running else ', stopped'}")
