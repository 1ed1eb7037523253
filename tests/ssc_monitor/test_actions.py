"""The table of actions, and what derives from it."""

import pytest

from ssc_monitor.actions import ACTIONS, HINTS, Action, Hint, ScreenName, actions_of
from ssc_monitor.app import MonitorApp
from ssc_monitor.screens.base import MonitorScreen, bindings
from ssc_monitor.screens.help import LEFT, RIGHT, HelpScreen
from ssc_monitor.screens.main import MainScreen
from ssc_monitor.screens.message import MessageScreen
from ssc_monitor.screens.picker import PickerScreen
from ssc_monitor.screens.socket import SocketScreen
from ssc_monitor.widgets.key_bar import keys

SCREENS: dict[ScreenName, type[MonitorScreen]] = {
    "main": MainScreen,
    "socket": SocketScreen,
    "message": MessageScreen,
    "picker": PickerScreen,
    "help": HelpScreen,
}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_is_a_method_of_its_screens_or_of_the_app(action: Action) -> None:
    for name in action.screens:
        owners = (SCREENS[name], MonitorApp)
        assert any(hasattr(owner, f"action_{action.name}") for owner in owners)


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.label)
def test_the_footer_tells_of_what_can_be_done_there(hint: Hint) -> None:
    for screen in hint.screens:
        assert set(hint.names.split()) <= {action.name for action in actions_of(screen)}


@pytest.mark.parametrize("name", SCREENS)
def test_a_key_means_one_thing_on_a_screen(name: ScreenName) -> None:
    used = [key for action in actions_of(name) for key in action.keys.split()]
    assert len(used) == len(set(used))


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_has_the_keys_of_the_table(name: ScreenName) -> None:
    assert bindings(name) == SCREENS[name].BINDINGS


def test_the_help_screen_has_every_group() -> None:
    assert {action.group for action in ACTIONS} == {*LEFT, *RIGHT}


def test_core_actions_need_no_chord() -> None:
    chords = {
        a.name for a in ACTIONS if a.keys and all("ctrl" in k for k in a.keys.split())
    }
    assert chords == {"half_up", "half_down"}


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("width", [0, 1, 8, 20, 40, 80, 300])
def test_the_footer_keeps_what_is_needed_most(name: ScreenName, width: int) -> None:
    text = keys(name, width).text
    assert len(text) <= width
    if width >= 8:
        assert "q quit" in text


@pytest.mark.parametrize(
    ("name", "width", "text"),
    [
        ("main", 80, "⏎ open  / filter  tab pane  space pause  e events  < > sort"),
        ("main", 60, "⏎ open  / filter  tab pane  space pause"),
        (
            "socket",
            80,
            "1 2 3 4 tabs  ⏎ open  / filter  space pause  esc back",
        ),
        ("message", 80, "a t J x view  [ ] this socket  { } any socket  esc back"),
        ("picker", 60, "⏎ open  r look again  esc back"),
        ("help", 60, "j k scroll  pgup pgdn page  esc back"),
    ],
)
def test_small_terminals_show_what_is_used_most(
    name: ScreenName, width: int, text: str
) -> None:
    help = "" if name == "help" else "  ? help"
    assert keys(name, width).text == f" {text}{help}  q quit "
