"""The help screen: the table of actions, and the filter's language."""

from collections.abc import Iterable, Sequence
from typing import cast

from textual.app import ComposeResult

from ssc_monitor.actions import ACTIONS, Keymap, keys_of, shown
from ssc_monitor.model.visible import fit
from ssc_monitor.screens.base import MonitorScreen, bindings
from ssc_monitor.widgets.key_bar import KeyBar
from ssc_monitor.widgets.line import BLANK, Line, Span, fill
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.reader import Reader

__all__ = ["HelpScreen"]

Section = tuple[str, Sequence[tuple[str, str]]]

TWO_COLUMNS_FROM = 100

LEFT = ("Look closer", "Find", "Messages", "A socket", "A message", "Move")
RIGHT = ("Take along", "A recording", "Act on the pool", "Program")

FILTER = (
    ("btc", "in ID or payload, whatever the case"),
    ('"two words"', "with the space between"),
    ("/re[gx]/", "a regular expression, on the payload"),
    ("id:stream*", "the ID; * is anything"),
    ("kind:server", "dialled; kind:client: accepted"),
    ("state:open", "also opening, reconnecting, closed"),
    ("dir:in", "received; dir:out: written"),
    ("type:text|binary", "one of these; also ping, pong"),
    ("size>1k", "payloads over 1,000 bytes; also <"),
    ("rate>100", "sockets over 100 messages a second"),
    ("json:s=BTCUSDT", "the value of a key"),
    ("!dir:out", "what this does not match"),
)

NOTES = (
    ("● ◐ ○", "open, on its way, closed"),
    ("↓ ↑", "received, written"),
    ("T B P O", "TEXT, BINARY, PING, PONG"),
    ("LIVE STALE GONE", "heard of now, not lately, no link"),
    ("sampled 2k/98k", "messages here, of those that match"),
    ("", "figures count all, not the sample"),
)


class HelpScreen(MonitorScreen):
    """What the keys do, and what can be typed after `/`."""

    NAME = "help"
    BINDINGS = bindings(NAME)

    def __init__(self) -> None:
        super().__init__()
        self._page = _Page("Help", id="help")

    def compose(self) -> ComposeResult:
        yield self._page
        yield KeyBar("help")

    def on_mount(self) -> None:
        self._page.focus()

    @property
    def pane(self) -> Pane:
        return self._page


class _Page(Reader):
    def note(self) -> Sequence[Span]:
        top, shown, total = self.thumb()
        if total <= shown:
            return ()
        end = min(top + shown, total)
        more: Span = ("▼ more" if end < total else "the end", "key")
        return [(f"{top + 1} to {end} of {total} lines ", "muted"), more]

    def content(self, width: int) -> list[Line]:
        keymap = cast(MonitorScreen, self.screen).host.keymap
        terms, marks = ("Filter: all terms hold", FILTER), ("Marks", NOTES)
        if width < TWO_COLUMNS_FROM:
            # What is asked for most comes first: how to move one finds by trying.
            *middle, move = _actions(LEFT[2:], keymap)
            found = _actions(LEFT[:2], keymap)
            every = (*found, terms, *middle, *_actions(RIGHT, keymap), marks, move)
            return _column(every, 17)
        left = _column(_actions(LEFT, keymap), 15)
        right = _column([terms, marks, *_actions(RIGHT, keymap)], 17)
        half = width // 2
        rows = max(len(left), len(right))
        left += [BLANK] * (rows - len(left))
        right += [BLANK] * (rows - len(right))
        return [
            Line((*fill(one.spans, half), *other.spans))
            for one, other in zip(left, right, strict=True)
        ]


def _actions(groups: Iterable[str], keymap: Keymap) -> list[Section]:
    return [
        (
            group,
            [
                (shown(keys_of(a, keymap)) or "in the palette", a.help)
                for a in ACTIONS
                if a.group == group
            ],
        )
        for group in groups
    ]


def _column(sections: Iterable[Section], keys_width: int) -> list[Line]:
    lines: list[Line] = []
    for title, rows in sections:
        lines += [BLANK, Line(((f"  {title}", "title"),))]
        for key, text in rows:
            shown: Span = (f"  {fit(key, keys_width)} ", "key")
            lines.append(Line((shown, (text, "plain"))))
    return lines[1:]
