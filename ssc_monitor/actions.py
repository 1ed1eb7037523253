"""The table of actions: key bindings, footer and help screen derive from it. Pure.

A new action is a row here and a method `action_<name>` of the screens it names, or of
the app. Keys are single ones: chords with ctrl clash with terminal multiplexers.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["ACTIONS", "Action", "ScreenName", "actions_of", "footer_of"]

ScreenName = Literal["main", "socket", "message", "picker", "help"]
Screens = tuple[ScreenName, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do.

    Attributes:
        name: What it is called in code, and in a key map.
        keys: That do it, as Textual names them, with spaces between.
        help: What it does, in one line.
        group: Its heading on the help screen.
        screens: Where it can be done.
        label: In the footer; empty for an action that isn't there.
        rank: The footer keeps those of the lowest rank when there is little room.
        shown: What the footer shows for keys; empty: the first of `keys`.
        footers: Of which of its screens; empty: of all.
    """

    name: str
    keys: str
    help: str
    group: str
    screens: Screens
    label: str = ""
    rank: int = 5
    shown: str = ""
    footers: Screens = ()

    @property
    def in_footer(self) -> str:
        """The keys, as the footer shows them."""
        return self.shown or self.keys_shown.partition(" ")[0]

    @property
    def keys_shown(self) -> str:
        """The keys, as people read them."""
        return " ".join(_MARKS.get(key, key) for key in self.keys.split())


_MARKS = {
    "pageup": "pgup",
    "pagedown": "pgdn",
    "enter": "⏎",
    "escape": "esc",
}

_ALL: Screens = ("main", "socket", "message", "picker", "help")
_MAIN: Screens = ("main",)
_LISTS: Screens = ("main", "socket")
_SOCKET: Screens = ("socket",)
_MESSAGE: Screens = ("message",)
_PICKER: Screens = ("picker",)
_OPENING: Screens = ("main", "socket", "picker")
_OPENED: Screens = ("socket", "message", "picker", "help")
_SCROLLED: Screens = ("help",)
_HELPED: Screens = ("main", "socket", "message", "picker")

# In the order of footers, where what is used most comes first.
ACTIONS: tuple[Action, ...] = (
    Action("traffic", "1", "What it receives and sends", "A socket", _SOCKET),
    Action("timeline", "2", "What happened to it", "A socket", _SOCKET),
    Action(
        "details",
        "3",
        "Its address, request, counters",
        "A socket",
        _SOCKET,
        "tabs",
        2,
        "1 2 3",
    ),
    Action("view_auto", "a", "As what it seems to be", "A message", _MESSAGE),
    Action("view_text", "t", "As text", "A message", _MESSAGE),
    Action("view_json", "J", "As JSON, laid out", "A message", _MESSAGE),
    Action("view_hex", "x", "As bytes", "A message", _MESSAGE, "view", 2, "a t J x"),
    Action("older", "[", "To the one before of this socket", "A message", _MESSAGE),
    Action(
        "newer",
        "]",
        "To the next of this socket",
        "A message",
        _MESSAGE,
        "this socket",
        3,
        "[ ]",
    ),
    Action("older_any", "{", "To the one before of any socket", "A message", _MESSAGE),
    Action(
        "newer_any",
        "}",
        "To the next of any socket",
        "A message",
        _MESSAGE,
        "any socket",
        4,
        "{ }",
    ),
    Action(
        "open", "enter", "Open what is selected", "Look closer", _OPENING, "open", 2
    ),
    Action("again", "r", "Look for pools again", "Program", _PICKER, "look again", 3),
    Action("filter", "/", "Filter sockets and messages", "Find", _LISTS, "filter", 2),
    Action("pane", "tab", "To the other pane", "Look closer", _MAIN, "pane", 2),
    Action(
        "pause", "space", "Hold messages and rows still", "Messages", _LISTS, "pause", 2
    ),
    Action(
        "lower", "e", "Messages, or the pool's events", "Messages", _MAIN, "events", 3
    ),
    Action("sort_left", "<", "Sort by the column to the left", "Find", _MAIN),
    Action(
        "sort_right",
        ">",
        "Sort by the column to the right",
        "Find",
        _MAIN,
        "sort",
        4,
        "< >",
    ),
    Action("invert", "i", "Turn the order around", "Find", _MAIN),
    Action(
        "follow", "f", "Follow the newest, or stop", "Messages", _LISTS, "follow", 5
    ),
    Action("targets", "t", "Choose another pool", "Program", _LISTS, "pools", 6),
    Action("up", "k up", "A line up", "Move", _ALL),
    Action(
        "down", "j down", "A line down", "Move", _ALL, "scroll", 2, "j k", _SCROLLED
    ),
    Action("half_up", "ctrl+u", "Half a page up", "Move", _ALL),
    Action("half_down", "ctrl+d", "Half a page down", "Move", _ALL),
    Action("page_up", "pageup", "A page up", "Move", _ALL),
    Action(
        "page_down",
        "pagedown",
        "A page down",
        "Move",
        _ALL,
        "page",
        3,
        "pgup pgdn",
        _SCROLLED,
    ),
    Action("first", "g home", "To the first line", "Move", _ALL),
    Action("last", "G end", "To the last line; follow the newest", "Move", _ALL),
    Action(
        "back",
        "escape",
        "Back; clears a filter first",
        "Look closer",
        _ALL,
        "back",
        1,
        footers=_OPENED,
    ),
    Action("help", "?", "This page", "Program", _HELPED, "help", 1),
    Action("quit", "q ctrl+c", "End; the pool goes on", "Program", _ALL, "quit", 0),
)


def actions_of(screen: ScreenName) -> list[Action]:
    """What can be done on a screen, in the table's order."""
    return [action for action in ACTIONS if screen in action.screens]


def footer_of(screen: ScreenName) -> list[Action]:
    """Those that its footer tells, in the table's order."""
    return [
        action
        for action in actions_of(screen)
        if action.label and screen in (action.footers or action.screens)
    ]
