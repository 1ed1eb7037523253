"""`DeckScreen`: what screens of a feed share: the keys that play a recording."""

from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.transport import PlaceError, Transport, place
from ssc_monitor.screens.base import MonitorScreen

__all__ = ["DeckScreen"]

SEEK_S = 10.0
LEAP_S = 60.0

LIVE = "that is for recordings, such as R makes and ssc-monitor replay FILE plays"


class DeckScreen(MonitorScreen):
    """A screen that shows a pool, live or recorded.

    Args:
        feed: What is shown.
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed

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

    def _wind(self, by_s: float) -> None:
        if (transport := self._transport()) is not None:
            transport.seek(by_s)

    def _transport(self) -> Transport | None:
        """That of what is shown; without one it is told why."""
        if self._feed.transport is None:
            self.host.notify(LIVE, markup=False)
        return self._feed.transport
