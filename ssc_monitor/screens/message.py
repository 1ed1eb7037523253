"""One message: its payload as text, as JSON or as bytes."""

import re
from collections.abc import Iterator, Sequence

from textual.app import ComposeResult

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model import figures, payload
from ssc_monitor.model.draft import DraftError, draft_of
from ssc_monitor.model.entry import Entry
from ssc_monitor.pager import PagerError, page
from ssc_monitor.screens.base import bindings
from ssc_monitor.screens.taking import Taken, TakingScreen
from ssc_monitor.widgets.key_bar import KeyBar
from ssc_monitor.widgets.line import Line, Span, ends
from ssc_monitor.widgets.message_row import type_name
from ssc_monitor.widgets.message_stream import MessageStream
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.reader import Reader
from ssc_monitor.widgets.sheet import Sheet
from ssc_monitor.widgets.transport_line import TransportLine
from ssc_monitor.widgets.truth_line import TruthLine
from ssc_rx.errors import counted

__all__ = ["MessageScreen"]


class MessageScreen(TakingScreen):
    """Shows a payload; asks the process for all of it when there is only a preview.

    Args:
        feed: Where the message is from.
        clock: Tells the time of day.
        entry: The message.
        stream: The list it was opened from; its cursor goes along.
    """

    NAME = "message"
    BINDINGS = bindings(NAME)

    def __init__(
        self, feed: Feed, clock: Clock, entry: Entry, stream: MessageStream
    ) -> None:
        super().__init__(feed)
        self._stream = stream
        self._shown = _Shown(feed, entry)
        self._heading = _Heading(self._shown, clock)
        self._payload = _Payload(self._shown)

    def compose(self) -> ComposeResult:
        yield TruthLine(self._feed)
        yield TransportLine(self._feed)
        yield self._heading
        yield self._payload
        yield self.question
        yield KeyBar("message")

    def on_mount(self) -> None:
        self._payload.focus()

    @property
    def pane(self) -> Pane:
        return self._payload

    def tick(self) -> None:
        self._shown.look()
        super().tick()

    # Actions

    def action_view_auto(self) -> None:
        """As what it seems to be."""
        self._view("auto")

    def action_view_text(self) -> None:
        """As text."""
        self._view("text")

    def action_view_json(self) -> None:
        """As JSON, laid out."""
        self._view("json")

    def action_view_hex(self) -> None:
        """As bytes."""
        self._view("hex")

    def action_older(self) -> None:
        """The one before of the same socket."""
        self._go(-1, same=True)

    def action_newer(self) -> None:
        """The next of the same socket."""
        self._go(1, same=True)

    def action_older_any(self) -> None:
        """The one before of any socket."""
        self._go(-1, same=False)

    def action_newer_any(self) -> None:
        """The next of any socket."""
        self._go(1, same=False)

    def action_resend(self) -> None:
        """Compose a message that begins as this one."""
        from ssc_monitor.screens.compose import ComposeScreen

        shown, view = self._shown, self._feed.view
        try:
            if not shown.complete:
                raise DraftError(f"only its beginning is here: {shown.remark}")
            draft = draft_of(shown.payload, shown.entry.type)
        except DraftError as error:
            self.host.notify(str(error), severity="warning", markup=False)
            return
        same = shown.entry.attachment == view.attachment
        socket = view.sockets.get(shown.entry.number) if same else None
        self.host.push_screen(ComposeScreen(self._feed, socket, draft))

    def action_pager(self) -> None:
        """What is shown, in the user's pager."""
        self._page(self._payload.text.encode())

    def action_pager_raw(self) -> None:
        """The payload as it came, in the user's pager."""
        self._page(self._shown.payload)

    def _page(self, data: bytes) -> None:
        self.run_worker(self._paged(data), name="pager", exclusive=True)

    async def _paged(self, data: bytes) -> None:
        try:
            await page(self.host, data)
        except PagerError as error:
            self.host.notify(str(error), severity="warning", markup=False)

    def to_copy(self, *, raw: bool) -> Taken | None:
        shown = self._shown
        what = (
            "payload" if shown.complete else f"the first {len(shown.payload):,} bytes"
        )
        if raw:
            return Taken(f"{what}, raw,", [shown.payload])
        return Taken(what, [self._payload.text.encode()])

    def to_save(self) -> Taken | None:
        shown = self._shown
        what = "payload" if shown.complete else "the beginning of a payload"
        return Taken(what, [shown.payload])

    @property
    def file_name(self) -> str:
        shown = self._shown
        kind = payload.guess(shown.payload, shown.entry.type)
        ending = {"text": "txt", "json": "json", "hex": "bin"}[kind]
        return f"message-{shown.entry.index + 1}.{ending}"

    def _view(self, mode: payload.Mode) -> None:
        self._shown.mode = mode
        self._payload.first()
        self.tick()

    def _go(self, step: int, *, same: bool) -> None:
        here = self._shown.entry
        for entry in self._stream.beside(here.index, step):
            if not same or entry.id == here.id:
                self._shown.show(entry)
                self._stream.select(entry.index)
                self._payload.first()
                self.tick()
                return


class _Shown:
    """The message on the screen, and what is known of its payload.

    Attributes:
        entry: The message.
        payload: All of it, or its beginning.
        complete: Whether it is all of it.
        remark: Why it isn't.
        mode: How it is shown.
    """

    def __init__(self, feed: Feed, entry: Entry) -> None:
        self.mode: payload.Mode = "auto"
        self._feed = feed
        self.show(entry)

    def show(self, entry: Entry) -> None:
        """Show another message."""
        self.entry = entry
        self.payload = entry.preview
        self.complete = entry.whole
        self.remark = ""
        if not entry.whole and entry.attachment == self._feed.view.attachment:
            self._feed.get(entry.sequence)
            self.remark = "the rest is asked for …"
        self.look()

    def look(self) -> None:
        """Look whether the process answered."""
        if self.complete:
            return
        view, entry = self._feed.view, self.entry
        if entry.attachment != view.attachment:
            self.remark = "it came before the link was lost"
        elif entry.sequence in view.payloads:
            whole = view.payloads[entry.sequence]
            if whole is None:
                self.remark = "the process doesn't hold the rest any more"
            else:
                self.payload, self.complete = whole, True


class _Heading(Sheet):
    """What message it is, and how it is shown."""

    MODES = (("auto", "auto"), ("text", "text"), ("json", "JSON"), ("hex", "hex"))

    def __init__(self, shown: _Shown, clock: Clock) -> None:
        super().__init__(id="heading")
        self._shown = shown
        self._clock = clock

    def lines(self, width: int, height: int) -> list[Line]:
        entry, shown = self._shown.entry, self._shown
        incoming = entry.direction == "in"
        about: list[Span] = [
            (f" #{entry.index + 1:,}  ", "muted"),
            ("↓ " if incoming else "↑ ", "in" if incoming else "out"),
            (type_name(entry.type), "strong"),
            (f"  {self._clock.wall(entry.time)}  ", "muted"),
        ]
        room = max(8, width - sum(len(text) for text, _ in about) - 1)
        about.append((ends(entry.id, room), "title"))
        size: list[Span] = [(f" {counted(entry.size, 'byte')}", "plain")]
        if shown.complete:
            size.extend([(", ", "plain"), ("complete", "good")])
        else:
            had = figures.count(len(shown.payload))
            size.append((", ", "plain"))
            size.append((f"preview: the first {had}", "warn"))
            size.append((f"; {shown.remark}", "muted"))
        views: list[Span] = [(" ", "plain")]
        names: dict[str, str] = dict(self.MODES)
        as_what = payload.guess(shown.payload, entry.type)
        for mode, name in self.MODES:
            here = mode == shown.mode
            text = f"{name}: {names[as_what]}" if here and mode == "auto" else name
            views.append(
                (f"[{text}]" if here else f" {text} ", "title" if here else "muted")
            )
            views.append((" ", "plain"))
        return [Line(tuple(about)), Line(tuple(size)), Line(tuple(views))][:height]


class _Payload(Reader):
    """The payload's lines."""

    def __init__(self, shown: _Shown) -> None:
        super().__init__("Payload", id="payload")
        self._shown = shown
        self._made: tuple[object, ...] = ()
        self._lines_made: list[Line] = []

    def content(self, width: int) -> list[Line]:
        shown = self._shown
        made = (shown.entry.index, len(shown.payload), shown.mode, width)
        if made != self._made:
            self._made = made
            self._lines_made = list(_lines(shown, width - 4))
        return self._lines_made

    @property
    def text(self) -> str:
        """What is shown, all of it, without the margin; ends with a line feed."""
        lines = self.content(self.size.width - 3)
        return "".join(f"{line.text.removeprefix('  ').rstrip()}\n" for line in lines)

    def note(self) -> Sequence[Span]:
        top, shown, total = self.thumb()
        if total <= shown:
            return ()
        return [(f"{min(top + shown, total):,} of {total:,} lines", "muted")]


_KEY = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")(: ?)(.*)')
_DUMP = re.compile(r"([0-9a-f]{8}  )(.*)(  \|.*\|)")


def _lines(shown: _Shown, width: int) -> Iterator[Line]:
    """The payload's lines with a little colour, which says nothing that isn't there."""
    mode = shown.mode
    if mode == "auto":
        mode = payload.guess(shown.payload, shown.entry.type)
    for text in payload.view(shown.payload, shown.entry.type, shown.mode, width):
        spans: tuple[Span, ...] = (("  " + text, "plain"),)
        if mode == "json" and (found := _KEY.fullmatch(text)):
            indent, key, colon, value = found.groups()
            spans = ((f"  {indent}{key}", "in"), (colon, "muted"), (value, "plain"))
        elif mode == "hex" and (found := _DUMP.fullmatch(text)):
            address, digits, characters = found.groups()
            spans = (
                ("  " + address, "muted"),
                (digits, "plain"),
                (characters, "in"),
            )
        yield Line(spans)
