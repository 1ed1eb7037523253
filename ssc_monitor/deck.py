"""The keys of a recording that is played: what they do to its transport."""

from textual.app import App

from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.transport import PlaceError, Transport, place

__all__ = ["Deck"]

SEEK_S = 10.0
LEAP_S = 60.0

LIVE = "that is for recordings: R makes one, ssc-monitor replay FILE plays it"


class Deck(App[None]):
    """The half of the app that plays recordings.

    Attributes:
        feed: What is shown.
    """

    feed: Feed | None

    def action_seek_back(self) -> None:
        """Ten seconds back."""
        self._seek(-SEEK_S)

    def action_seek_on(self) -> None:
        """Ten seconds on."""
        self._seek(SEEK_S)

    def action_leap_back(self) -> None:
        """A minute back."""
        self._seek(-LEAP_S)

    def action_leap_on(self) -> None:
        """A minute on."""
        self._seek(LEAP_S)

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
        from ssc_monitor.screens.prompt import PromptScreen

        if (transport := self._transport()) is None:
            return

        def wrong(text: str) -> str:
            try:
                place(text, transport.length_s)
            except PlaceError as error:
                return str(error)
            return ""

        def go(text: str | None) -> None:
            if text is not None:
                transport.go(place(text, transport.length_s))

        length = figures.position(transport.length_s)
        remark = f"1:30, 0:01:30, 90 or 45%, of {length}  ⏎ go  esc leave"
        self.push_screen(PromptScreen("go to", "", remark, wrong), go)

    def _seek(self, by_s: float) -> None:
        if (transport := self._transport()) is not None:
            transport.seek(by_s)

    def _transport(self) -> Transport | None:
        """That of what is shown; without one it is told why."""
        transport = None if self.feed is None else self.feed.transport
        if transport is None:
            self.notify(LIVE, markup=False)
        return transport
