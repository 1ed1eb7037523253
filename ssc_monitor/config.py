"""The config file: what the dashboard begins with, and which keys do what.

theme = "nord"
fps = 10
ascii = false

[keys]                  # by the names in the help screen's source, actions.py
filter = "/ ctrl+f"     # several keys, with spaces between
quit = "Q"
"""

import os
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from ssc_monitor.actions import ACTIONS, Keymap, ScreenName, actions_of, keys_of
from ssc_monitor.commands.values import MAX_FPS
from ssc_monitor.model.visible import visible
from ssc_rx.errors import SscError

__all__ = ["Config", "ConfigError", "config_path", "read_config"]

MAX_BYTES = 64 * 1024

_NAMES = (
    "enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end",
    "pageup", "pagedown", "up", "down", "left", "right", "comma",
)  # fmt: skip
_KEY = re.compile(
    r"((ctrl|shift|alt)\+)*([!-~]|f([1-9]|1[0-9]|2[0-4])|" + "|".join(_NAMES) + ")"
)


class ConfigError(SscError, ValueError):
    """A config file that can't be used; says where it is wrong, and what to write."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the dashboard begins with; arguments win.

    Attributes:
        theme: Name of its colours; empty for its own.
        fps: Paints a second, at most.
        ascii: Whether to do without characters that aren't ASCII.
        keys: By an action's name, the keys that do it.
    """

    theme: str = ""
    fps: int = 10
    ascii: bool = False
    keys: Keymap = field(default_factory=dict[str, str])


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the file is looked for: it needn't be there."""
    base = environment.get("XDG_CONFIG_HOME", "")
    directory = Path(base) if base.startswith("/") else Path.home() / ".config"
    return directory / "ssc-monitor" / "config.toml"


def read_config(path: Path) -> Config:
    """Read a config file; the defaults, if there is none.

    Raises:
        ConfigError: If it can't be read, or says something that can't be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{path}: it is longer than {MAX_BYTES:,} bytes")
        return _config(tomllib.loads(data.decode()))
    except (FileNotFoundError, NotADirectoryError):
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:  # TOML, or UTF-8
        raise ConfigError(f"{path} is no TOML: {error}") from error


def _config(table: dict[str, Any]) -> Config:
    for name in table:
        _known(name, _READERS, "setting")
    return Config(**{name: _READERS[name](value) for name, value in table.items()})


def _theme(value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError('theme is a name, as in theme = "nord"')
    return value


def _fps(value: object) -> int:
    if type(value) is not int or not 1 <= value <= MAX_FPS:
        raise ConfigError(f"fps is a whole number from 1 to {MAX_FPS}, as in fps = 10")
    return value


def _ascii(value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError("ascii is true or false, as in ascii = true")
    return value


def _keys(value: object) -> Keymap:
    if not isinstance(value, dict):
        raise ConfigError('[keys] has a line for each action, as in quit = "Q"')
    names = {action.name for action in ACTIONS}
    keymap: dict[str, str] = {}
    for name, keys in value.items():  # pyright: ignore[reportUnknownVariableType]
        action = _known(str(name), names, "action")  # pyright: ignore[reportUnknownArgumentType]
        if not isinstance(keys, str) or not keys.split():
            raise ConfigError(f'{action} wants keys, as in {action} = "x" or "x f2"')
        for key in keys.split():
            if not _KEY.fullmatch(key):
                raise ConfigError(
                    f"{action}: there is no key {visible(key, 40)}; write a character, "
                    f"f1 to f24, or one of {', '.join(_NAMES)}, with ctrl+, "
                    "shift+ or alt+ before it"
                )
        keymap[action] = keys.replace(",", "comma") if "," in keys.split() else keys
    _check_clashes(keymap)
    return keymap


def _check_clashes(keymap: Keymap) -> None:
    for screen in get_args(ScreenName):
        used: dict[str, str] = {}
        for action in actions_of(screen):
            for key in keys_of(action, keymap):
                other = used.setdefault(key, action.name)
                if other != action.name:
                    raise ConfigError(
                        f"{key} would do both {other} and {action.name}; give one of "
                        "them another key"
                    )


def _known(name: str, known: Collection[str], what: str) -> str:
    if name in known:
        return name
    near = get_close_matches(name, known, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise ConfigError(f"there is no {what} {visible(name, 40)}; {hint}")


_READERS: Mapping[str, Callable[[object], Any]] = {
    "theme": _theme,
    "fps": _fps,
    "ascii": _ascii,
    "keys": _keys,
}
