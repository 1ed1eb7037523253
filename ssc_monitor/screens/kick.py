"""The dialog that asks before a socket is kicked."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import TextArea

from ssc_monitor.feed import Feed
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.story import CLOSE_CODES
from ssc_monitor.model.visible import visible, wrap
from ssc_monitor.screens.dialog import Dialog
from ssc_monitor.screens.socket import Subject
from ssc_monitor.widgets.editor import Editor
from ssc_monitor.widgets.line import Line, Span, StyleName, ends
from ssc_monitor.widgets.sheet import Sheet
from ssc_rx.errors import counted
from ssc_rx.monitor import wire

__all__ = ["KickScreen"]

KEYS = (("⏎", "kick"), ("esc", "don't"), ("tab", "code, reason"))

CODES = {"client": 1008, "server": 1000}
"""A client that is told 1000 may come back at once; a server is only left."""

EFFECTS = {
    "client": "It may connect again; whether it does is its own affair.",
    "server": "It leaves the pool, and isn't dialled again.",
}


class KickScreen(Dialog):
    """Closes one socket, with a code and a reason.

    Args:
        feed: Where it is.
        socket: The socket.
    """

    def __init__(self, feed: Feed, socket: SocketView) -> None:
        super().__init__("Kick", KEYS)
        self._feed = feed
        self._subject = Subject(feed, socket)
        self._code = Editor(str(CODES.get(socket.kind, 1000)), single=True, id="code")
        self._reason = Editor(single=True, id="reason")
        self._asked = False
        self._answer: tuple[str, StyleName] | None = None

    def fields(self) -> Iterable[Widget]:
        yield _Question(self._subject)
        yield _Label("code")
        yield self._code
        yield _Label("reason")
        yield self._reason

    def on_mount(self) -> None:
        self._code.focus()
        self.tick()

    def tick(self) -> None:
        self.remark.say(*self._said())
        super().tick()

    def _said(self) -> tuple[str, StyleName]:
        if why_not := self._feed.acting.why_not:
            return f"× {visible(why_not)}", "warn"
        if self._answer is not None:
            return self._answer
        code = self._code_typed()
        if code is None:
            return "× the code is a number, such as 1000, 1008 or 4000", "bad"
        name = CLOSE_CODES.get(code, "your own" if 4000 <= code < 5000 else "")
        return (f"{code}: {name}" if name else ""), "muted"

    def _code_typed(self) -> int | None:
        text = self._code.text.strip()
        return (
            int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
        )

    def action_submit(self) -> None:
        """Kick it."""
        code, socket = self._code_typed(), self._subject.socket
        # Of one that left, the number may be another's by now.
        if code is not None and self._subject.here and not self._asked:
            self._asked = True
            self._answer = ("on its way …", "muted")
            self._feed.acting.kick(socket.number, code, self._reason.text, self._told)
        self.tick()

    def _told(self, answer: wire.Answer) -> None:
        self._asked = False
        if not self.is_attached:
            return
        if answer.refusal:
            self._answer = f"× {visible(answer.refusal)}", "bad"
            self.tick()
            return
        id = self._subject.socket.id
        self.host.notify(f"{ends(id, min(60, len(id)))} is kicked", markup=False)
        self.dismiss()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._answer = None
        self.tick()


class _Question(Sheet):
    """Who it is, and what will happen."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(id="question")
        self._subject = subject

    def lines(self, width: int, height: int) -> list[Line]:
        socket, room = self._subject.socket, max(8, width - 2)
        name = socket.id if len(socket.id) <= room else ends(socket.id, room)
        told = EFFECTS.get(socket.kind, "")
        if not self._subject.here:
            told = "It has left the pool."
        elif socket.queued:
            told = f"What is queued goes first: {counted(socket.queued, 'message')}. {told}"
        head: tuple[Span, ...] = ((f" {name}", "title"),)
        texts = wrap(told, room, words=True)
        return [Line(head), *(Line(((f" {text}", "muted"),)) for text in texts)]


class _Label(Sheet):
    def __init__(self, text: str) -> None:
        super().__init__(classes="label")
        self._label = text

    def lines(self, width: int, height: int) -> list[Line]:
        return [Line(((f" {self._label}", "muted"),))]
