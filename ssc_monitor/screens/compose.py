"""The dialog in which a message is composed and sent."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import TextArea

from ssc_monitor.feed import Feed
from ssc_monitor.history import History, history_path
from ssc_monitor.model import figures
from ssc_monitor.model.draft import FORMATS, Draft, DraftError, Format, Outgoing
from ssc_monitor.model.receipt import receipt
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import visible
from ssc_monitor.screens.dialog import Dialog
from ssc_monitor.screens.socket import Subject
from ssc_monitor.widgets.choices import Choices
from ssc_monitor.widgets.editor import Editor
from ssc_monitor.widgets.line import StyleName
from ssc_monitor.widgets.message_row import type_name
from ssc_rx.errors import counted
from ssc_rx.monitor import wire

__all__ = ["ComposeScreen"]

KEYS = (
    ("⏎", "send"),
    ("esc", "close"),
    ("↑ ↓", "sent before"),
    ("tab", "to, as"),
    ("ctrl+j", "new line"),
)
MAX_SHOWN_TAGS = 8
LEFT = "× that socket has left the pool"
LEFT_OUT = "left out, which can't be shown: hex can say it"


class ComposeScreen(Dialog):
    """Sends to a socket, to a group of it, or to all; stays open for the next message.

    Args:
        feed: Where they are.
        socket: The one that was chosen; `None` for none.
        draft: What it begins with.
    """

    def __init__(
        self, feed: Feed, socket: SocketView | None, draft: Draft | None = None
    ) -> None:
        super().__init__("Send", KEYS)
        draft = draft or Draft("")
        self._feed = feed
        self._subject = None if socket is None else Subject(feed, socket)
        self._to = Choices("to", list(self._recipients()), id="to")
        self._as = Choices("as", FORMATS, id="as")
        self._as.chosen = draft.format
        self._text = Editor(draft.text, id="composed")
        self._history = History(history_path(feed.source.name))
        self._inspected: tuple[int, int] | None = None
        self._asked = self._sending = False
        self._answer: tuple[str, StyleName] | None = None
        self._read: tuple[Draft, Outgoing | DraftError] | None = None

    def fields(self) -> Iterable[Widget]:
        yield self._to
        yield self._as
        yield self._text

    def on_mount(self) -> None:
        self._text.focus()
        self.tick()

    def tick(self) -> None:
        self._inspect()
        self._to.offer(list(self._recipients()))
        self.remark.say(*self._said())
        super().tick()

    # To whom

    def _recipients(self) -> dict[str, tuple[int | None, str | None]]:
        """Number and tag, by what is read of them; both `None` for all."""
        found: dict[str, tuple[int | None, str | None]] = {}
        view = self._feed.view
        if self._subject is not None:
            socket = self._subject.socket
            gone = "" if self._subject.here else " (it left)"
            found[f"socket {socket.id}{gone}"] = socket.number, None
            details = view.details.get(socket.number)
            for tag in () if details is None else details.tags[:MAX_SHOWN_TAGS]:
                found[f"group {tag}"] = None, tag
        found["all open sockets"] = None, None
        return found

    def _inspect(self) -> None:
        """Ask for the tags of the socket."""
        if self._subject is None or not self._subject.here:
            return
        asked = self._feed.view.attachment, self._subject.socket.number
        if asked != self._inspected:
            self._inspected = asked
            self._feed.inspect(asked[1])

    # What

    @property
    def _draft(self) -> Draft:
        formats: dict[str, Format] = {format: format for format in FORMATS}
        return Draft(self._text.text, formats[self._as.chosen])

    def _outgoing(self) -> Outgoing | DraftError:
        draft = self._draft
        if self._read is None or self._read[0] != draft:
            try:
                self._read = draft, draft.read()
            except DraftError as error:
                self._read = draft, error
        return self._read[1]

    def _said(self) -> tuple[str, StyleName]:
        """What is to be said now."""
        if why_not := self._feed.acting.why_not:
            return f"× {visible(why_not)}", "warn"
        if self._answer is not None:
            return self._answer
        if self._asked:
            row = self._feed.view.row
            open_sockets = 0 if row is None else row.open_sockets
            every = f"all {counted(open_sockets, 'open socket')}"
            return f"⏎ once more sends it to {every}; esc closes", "warn"
        if self._text.left_out:
            return f"{counted(self._text.left_out, 'character')} {LEFT_OUT}", "warn"
        if not self._text.text:
            problem = self._history.problem
            return (visible(problem), "warn") if problem else ("", "muted")
        outgoing = self._outgoing()
        if isinstance(outgoing, DraftError):
            return f"× {outgoing}", "bad"
        return (
            f"{type_name(outgoing.type)}, {counted(len(outgoing.payload), 'byte')}",
            "muted",
        )

    # Doing it

    def action_submit(self) -> None:
        """Send it; to all of them only when asked twice."""
        outgoing, recipients = self._outgoing(), self._recipients()
        ready = self._text.text and not self._sending
        # Who isn't there any more is not to become somebody else between two ticks.
        if ready and self._to.chosen in recipients and isinstance(outgoing, Outgoing):
            number, tag = recipients[self._to.chosen]
            if number is not None and self._subject and not self._subject.here:
                self._answer = LEFT, "bad"  # its number may be another's by now
            elif number is None and tag is None and not self._asked:
                self._asked, self._answer = True, None
            else:
                self._send(outgoing, number, tag)
        self.tick()

    def _send(self, outgoing: Outgoing, number: int | None, tag: str | None) -> None:
        draft = self._draft
        self._asked, self._sending = False, True
        self._answer = "on its way …", "muted"
        begun = self._feed.now()

        def told(answer: wire.Answer) -> None:
            self._told(draft, answer, self._feed.now() - begun)

        self._feed.acting.send(
            outgoing.payload, outgoing.type, told, number=number, tag=tag
        )

    def _told(self, draft: Draft, answer: wire.Answer, seconds: float) -> None:
        text, well = receipt(answer)
        self._sending = False
        if not answer.refusal:
            self._history.add(draft)
        if not self.is_attached:  # it was closed meanwhile
            if not well:
                self.host.notify(text, severity="warning", markup=False)
            return
        if well:
            text = f"✓ {text}, {figures.latency(seconds)}"
            if self._draft == draft:
                self._text.put("")
        self._answer = (text, "good") if well else (f"× {text}", "bad")
        self.tick()

    # What is typed

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._text.text and not self._sending:
            self._asked, self._answer = False, None
        self.tick()

    def on_choices_changed(self, event: Choices.Changed) -> None:
        event.stop()
        self._asked, self._answer = False, None
        self.tick()

    def on_editor_beyond(self, event: Editor.Beyond) -> None:
        """What was sent before, as in a shell."""
        event.stop()
        history = self._history
        draft = history.older(self._draft) if event.step < 0 else history.newer()
        if draft is not None:
            self._as.chosen = draft.format
            self._text.put(draft.text)
