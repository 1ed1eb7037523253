"""`ActingScreen`: the keys that act on the pool, where there is a socket to act on."""

from ssc_monitor.model.receipt import pong
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.screens.taking import TakingScreen
from ssc_monitor.widgets.line import ends
from ssc_rx.monitor import wire

__all__ = ["ActingScreen"]

MAX_SHOWN = 60


class ActingScreen(TakingScreen):
    """A screen on which somebody may have chosen a socket."""

    @property
    def chosen(self) -> SocketView | None:
        """Whom the keys act on; `None` if that isn't clear."""
        raise NotImplementedError

    def action_compose(self) -> None:
        """Compose a message."""
        from ssc_monitor.screens.compose import ComposeScreen

        self.host.push_screen(ComposeScreen(self._feed, self.chosen))

    def action_kick(self) -> None:
        """Ask whether a socket is to be closed."""
        from ssc_monitor.screens.kick import KickScreen

        if (socket := self._needed("kick")) is not None:
            self.host.push_screen(KickScreen(self._feed, socket))

    def action_ping(self) -> None:
        """Measure a round trip."""
        if (socket := self._needed("ping")) is None:
            return
        name, host = ends(socket.id, min(MAX_SHOWN, len(socket.id))), self.host

        def told(answer: wire.Answer) -> None:
            host.notify(
                f"{name}: {pong(answer)}",
                severity="warning" if answer.refusal else "information",
                markup=False,
            )

        self._feed.acting.ping(socket.number, told)

    def _needed(self, what: str) -> SocketView | None:
        if (socket := self.chosen) is None:
            text = self._feed.acting.why_not  # choosing one wouldn't help
            text = text or f"there is no socket to {what} here; j and k choose one"
            self.host.notify(text, severity="warning", markup=False)
        return socket
