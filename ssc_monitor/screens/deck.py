"""`DeckScreen`: what screens of a feed share: the keys that make and play recordings."""

from datetime import datetime
from pathlib import Path

from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.transport import PlaceError, Transport, place
from ssc_monitor.screens.base import MonitorScreen
from ssc_rx.recording import RecordingError

__all__ = ["DeckScreen"]

SEEK_S = 10.0
LEAP_S = 60.0

LIVE = "that is for recordings, such as R makes and ssc-monitor replay FILE plays"


NO_TRAFFIC = 'the pool shows no messages: open it with monitor="traffic"'


class DeckScreen(MonitorScreen):
    """A screen that shows a pool, live or recorded.

    Args:
        feed: What is shown.
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed

    def action_zero(self) -> None:
        """Count from now on; or from the start again."""
        self._feed.zero()
        self.tick()

    def action_seek_back(self) -> None:
        """Ten seconds back."""
        self._wind(-SEEK_S)

    def action_seek_on(self) -> None:
        """Ten seconds on."""
        self._wind(SEEK_S)

    def action_leap_back(self) -> None:
        """A minute back."""
        self._wind(-LEAP_S)

    def action_leap_on(self) -> None:
        """A minute on."""
        self._wind(LEAP_S)

    def action_slower(self) -> None:
        """To the next speed below."""
        if (transport := self._transport()) is not None:
            transport.slower()

    def action_faster(self) -> None:
        """To the next speed above."""
        if (transport := self._transport()) is not None:
            transport.faster()

    def action_go_to(self) -> None:
        """Ask for a time, and go there."""
        if (transport := self._transport()) is None:
            return

        def go(text: str) -> str:
            try:
                transport.go(place(text, transport.length_s))
            except PlaceError as error:
                return str(error)
            return ""

        length = figures.position(transport.length_s)
        self.ask(
            "go to", go, remark=f"1:30, 0:01:30, 90 or 45%, of {length}; esc leaves"
        )

    def action_tape(self) -> None:
        """Ask for a file and record what is shown; or end that."""
        feed, host = self._feed, self.host
        if host.taping is not None:
            host.taping.end()
            return
        hello = feed.view.hello
        if feed.transport is not None:
            host.notify("this is a recording already", markup=False)
        elif hello is None or feed.health == "gone":
            host.notify("there is no pool to record now", markup=False)
        elif not feed.shows_traffic:
            host.notify(NO_TRAFFIC, markup=False)
        else:
            what = (
                f"what /{feed.filter.text} lets through" if feed.filter else "all shown"
            )
            remark = (
                f"{what}, to a new file; with .gz compressed; R ends it, esc leaves"
            )
            self.ask("record to", _Taper(self), text=name_of(hello.pool), remark=remark)

    def _wind(self, by_s: float) -> None:
        if (transport := self._transport()) is not None:
            transport.seek(by_s)

    def _transport(self) -> Transport | None:
        """That of what is shown; without one it is told why."""
        if self._feed.transport is None:
            self.host.notify(LIVE, markup=False)
        return self._feed.transport


class _Taper:
    """Makes the file that was named; one that is there has to be named twice."""

    def __init__(self, screen: DeckScreen) -> None:
        self._screen = screen
        self._refused = ""

    def __call__(self, text: str) -> str:
        text = text.strip()
        if not text:
            return "a file's name"
        path = Path(text).expanduser().absolute()
        try:
            self._screen.host.tape(path, overwrite=text == self._refused)
        except RecordingError as error:
            if path.is_file() and text != self._refused:
                self._refused = text
                return "it is there already: ⏎ again replaces it"
            return str(error)
        return ""


def name_of(pool: str, now: datetime | None = None) -> str:
    """A name for a recording, such as "feeds-20261125-195000.jsonl.gz"."""
    safe = "".join(
        c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in pool
    )
    stamp = (now or datetime.now()).strftime("%Y%m%d-%H%M%S")
    return f"{safe[:60].strip('-') or 'pool'}-{stamp}.jsonl.gz"
