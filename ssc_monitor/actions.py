"""The table of actions: keys, footer, help screen and palette derive from it. Pure.

A new action is a row of `ACTIONS` and a method `action_<name>` of the screens it names,
or of the app; for the footer, a row of `HINTS` as well. Keys are single ones: chords with
ctrl clash with terminal multiplexers.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

__all__ = [
    "ACTIONS",
    "HINTS",
    "Action",
    "Hint",
    "Keymap",
    "ScreenName",
    "actions_of",
    "hints_of",
    "keys_of",
    "shown",
]

ScreenName = Literal["main", "socket", "message", "picker", "help"]
Screens = tuple[ScreenName, ...]
Keymap = Mapping[str, str]
"""By an action's name, the keys that do it in place of those of the table."""


class Action(NamedTuple):
    """Something a user can do.

    Attributes:
        name: What it is called in code, and in a key map.
        keys: That do it, as Textual names them, with spaces between.
        screens: Where it can be done.
        group: Its heading on the help screen.
        help: What it does, in one line.
    """

    name: str
    keys: str
    screens: Screens
    group: str
    help: str


class Hint(NamedTuple):
    """What the footer says of actions.

    Attributes:
        label: In a word or two.
        names: The actions, with spaces between; the first key of each is shown.
        rank: Those of the lowest rank stay where there is little room.
        screens: In whose footers it is.
    """

    label: str
    names: str
    rank: int
    screens: Screens


_ALL: Screens = ("main", "socket", "message", "picker", "help")
_MAIN: Screens = ("main",)
_SOCKET: Screens = ("socket",)
_MESSAGE: Screens = ("message",)
_PICKER: Screens = ("picker",)
_HELP: Screens = ("help",)
_LISTS: Screens = ("main", "socket")
_SEARCHED: Screens = ("main", "socket", "message")
_OPENING: Screens = ("main", "socket", "picker")
_OPENED: Screens = ("socket", "message", "picker", "help")
_HELPED: Screens = ("main", "socket", "message", "picker")
_WATCHING: Screens = ("main", "socket", "message")

# fmt: off
ACTIONS: tuple[Action, ...] = (
    #      name          keys        where      on the help screen
    Action("open",       "enter",    _OPENING,  "Look closer", "Open what is selected"),
    Action("pane",       "tab",      _MAIN,     "Look closer", "To the other pane"),
    Action("back",       "escape",   _ALL,      "Look closer", "Back; undoes searches and filters"),

    Action("filter",     "/",        _LISTS,    "Find", "Filter sockets and messages"),
    Action("search_next", "n",       _SEARCHED, "Find", "To the next match of a search"),
    Action("search_back", "N",       _SEARCHED, "Find", "To the match before"),
    Action("search",     "F",        _SEARCHED, "Find", "Search for something else"),
    Action("sort_left",  "<",        _MAIN,     "Find", "Sort by the column to the left"),
    Action("sort_right", ">",        _MAIN,     "Find", "Sort by the column to the right"),
    Action("invert",     "i",        _MAIN,     "Find", "Turn the order around"),

    Action("pause",      "space",    _LISTS,    "Messages", "Hold messages and rows still"),
    Action("lower",      "e",        _MAIN,     "Messages", "Messages, events or warnings"),
    Action("follow",     "f",        _LISTS,    "Messages", "Follow the newest, or stop"),
    Action("solo",       "s",        _MAIN,     "Messages", "Those of the selected socket alone"),
    Action("mute",       "m",        _MAIN,     "Messages", "Those of the selected socket not"),
    Action("zero",       "z",        _WATCHING, "Messages", "Count from now on; or from the start"),

    Action("traffic",    "1",        _SOCKET,   "A socket", "What it receives and sends"),
    Action("timeline",   "2",        _SOCKET,   "A socket", "What happened to it"),
    Action("details",    "3",        _SOCKET,   "A socket", "Its address, request, counters"),
    Action("statistics", "4",        _SOCKET,   "A socket", "Its latencies, rates, sizes, losses"),

    Action("view_auto",  "a",        _MESSAGE,  "A message", "As what it seems to be"),
    Action("view_text",  "t",        _MESSAGE,  "A message", "As text"),
    Action("view_json",  "J",        _MESSAGE,  "A message", "As JSON, laid out"),
    Action("view_hex",   "x",        _MESSAGE,  "A message", "As bytes"),
    Action("older",      "[",        _MESSAGE,  "A message", "To the one before of this socket"),
    Action("newer",      "]",        _MESSAGE,  "A message", "To the next of this socket"),
    Action("older_any",  "{",        _MESSAGE,  "A message", "To the one before of any socket"),
    Action("newer_any",  "}",        _MESSAGE,  "A message", "To the next of any socket"),
    Action("pager",      "|",        _MESSAGE,  "A message", "What is shown, in $PAGER"),
    Action("pager_raw",  "",         _MESSAGE,  "A message", "The payload as it came, in $PAGER"),

    Action("copy",       "y",        _WATCHING, "Take along", "Copy the selected message or ID"),
    Action("copy_raw",   "Y",        _WATCHING, "Take along", "Copy it as it came, unmarked"),
    Action("save",       "w",        _WATCHING, "Take along", "Save the messages shown, or this one"),

    Action("tape",       "R",        _WATCHING, "A recording", "Record what is shown; end it"),
    Action("seek_back",  "left",     _WATCHING, "A recording", "10 s back in what is played"),
    Action("seek_on",    "right",    _WATCHING, "A recording", "10 s on"),
    Action("leap_back",  "comma shift+left", _WATCHING, "A recording", "A minute back"),
    Action("leap_on",    ". shift+right", _WATCHING, "A recording", "A minute on"),
    Action("slower",     "-",        _WATCHING, "A recording", "Slower, down to 0.25×"),
    Action("faster",     "+ =",      _WATCHING, "A recording", "Faster, up to 64× and max"),
    Action("go_to",      "T",        _WATCHING, "A recording", "To a time, or a percentage"),

    Action("compose",    "c",        _LISTS,    "Act on the pool", "Compose a message, and send it"),
    Action("resend",     "r",        _MESSAGE,  "Act on the pool", "Compose one that begins as this"),
    Action("ping",       "p",        _LISTS,    "Act on the pool", "Ping a socket: its round trip"),
    Action("kick",       "K",        _LISTS,    "Act on the pool", "Close a socket; asks first"),

    Action("up",         "k up",     _ALL,      "Move", "A line up"),
    Action("down",       "j down",   _ALL,      "Move", "A line down"),
    Action("half_up",    "ctrl+u",   _ALL,      "Move", "Half a page up"),
    Action("half_down",  "ctrl+d",   _ALL,      "Move", "Half a page down"),
    Action("page_up",    "pageup",   _ALL,      "Move", "A page up"),
    Action("page_down",  "pagedown", _ALL,      "Move", "A page down"),
    Action("first",      "g home",   _ALL,      "Move", "To the first line"),
    Action("last",       "G end",    _ALL,      "Move", "To the last line; follow the newest"),

    Action("again",      "r",        _PICKER,   "Program", "Look for pools again"),
    Action("targets",    "t",        _LISTS,    "Program", "Choose another pool"),
    Action("palette",    ": ctrl+p", _ALL,      "Program", "Find what can be done; choose a theme"),
    Action("help",       "?",        _HELPED,   "Program", "This page"),
    Action("quit",       "q ctrl+c", _ALL,      "Program", "End; the pool goes on"),
)

# In the order of footers, where what is used most comes first.
HINTS: tuple[Hint, ...] = (
    #    label          the keys of                               rank
    Hint("tabs",        "traffic timeline details statistics",    2, _SOCKET),
    Hint("view",        "view_auto view_text view_json view_hex", 2, _MESSAGE),
    Hint("this socket", "older newer",                            3, _MESSAGE),
    Hint("any socket",  "older_any newer_any",                    4, _MESSAGE),
    Hint("open",        "open",                                   2, _OPENING),
    Hint("look again",  "again",                                  3, _PICKER),
    Hint("filter",      "filter",                                 2, _LISTS),
    Hint("pane",        "pane",                                   2, _MAIN),
    Hint("pause",       "pause",                                  2, _LISTS),
    Hint("events",      "lower",                                  3, _MAIN),
    Hint("sort",        "sort_left sort_right",                   4, _MAIN),
    Hint("search",      "search_next search_back",                6, _SEARCHED),
    Hint("send",        "compose",                                6, _LISTS),
    Hint("resend",      "resend",                                 6, _MESSAGE),
    Hint("follow",      "follow",                                 5, _LISTS),
    Hint("solo mute",   "solo mute",                              7, _MAIN),
    Hint("record",      "tape",                                   7, _LISTS),
    Hint("pools",       "targets",                                6, _LISTS),
    Hint("scroll",      "down up",                                2, _HELP),
    Hint("page",        "page_up page_down",                      3, _HELP),
    Hint("back",        "back",                                   1, _OPENED),
    Hint("help",        "help",                                   1, _HELPED),
    Hint("quit",        "quit",                                   0, _ALL),
)
# fmt: on

_BY_NAME = {action.name: action for action in ACTIONS}
_MARKS = {
    "pageup": "pgup",
    "pagedown": "pgdn",
    "enter": "⏎",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "comma": ",",
    "shift+left": "shift+←",
    "shift+right": "shift+→",
}
_UNMAPPED: Keymap = {}


def actions_of(screen: ScreenName) -> list[Action]:
    """What can be done on a screen, in the table's order."""
    return [action for action in ACTIONS if screen in action.screens]


def keys_of(action: Action, keymap: Keymap = _UNMAPPED) -> list[str]:
    """The keys that do it, as Textual names them."""
    return keymap.get(action.name, action.keys).split()


def shown(keys: list[str]) -> str:
    """Keys, as people read them."""
    return " ".join(_MARKS.get(key, key) for key in keys)


def hints_of(screen: ScreenName, keymap: Keymap = _UNMAPPED) -> list[tuple[Hint, str]]:
    """What a screen's footer says, in its order, each with the keys that it shows."""
    return [
        (
            hint,
            shown([keys_of(_BY_NAME[name], keymap)[0] for name in hint.names.split()]),
        )
        for hint in HINTS
        if screen in hint.screens
    ]
