"""The dashboard, as `watch`, `replay` and `connect` open it."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ssc_monitor.commands.values import MAX_FPS, whole
from ssc_monitor.console import say
from ssc_monitor.refusal import MISUSED, Refusal

if TYPE_CHECKING:
    from ssc_monitor.config import Config
    from ssc_monitor.sources.source import Found, Source

__all__ = ["add_looks", "run_app"]

NO_TEXTUAL = """\
the dashboard needs Textual: pip install 'ssc-rx[monitor]'
  ssc-monitor ls, top, tail, record and replay --text do without it"""


def add_looks(parser: argparse.ArgumentParser) -> None:
    """How it looks."""
    parser.add_argument(
        "--fps",
        type=whole(1, MAX_FPS),
        metavar="N",
        help=f"repaint N times a second, 1 to {MAX_FPS} (default: 10)",
    )
    parser.add_argument(
        "--theme",
        metavar="NAME",
        help="colours: ssc-night (default), ssc-day, nord ...",
    )
    parser.add_argument(
        "--ascii", action="store_true", help="do without lines and blocks of Unicode"
    )


async def run_app(
    arguments: argparse.Namespace,
    source: "Source | None",
    choices: "Sequence[Found]" = (),
) -> int:
    """Show it; returns the exit code.

    Args:
        arguments: With those of `add_looks`.
        source: What it shows; `None` where that is yet to be chosen.
        choices: From what.
    """
    try:
        from ssc_monitor.app import MonitorApp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("textual", "rich"):
            raise Refusal(NO_TEXTUAL) from None
        raise
    from ssc_monitor.themes import DEFAULT_THEME, theme_names

    config, remark = _config()
    theme, known = arguments.theme or config.theme or DEFAULT_THEME, theme_names()
    if theme not in known:
        wrong = f"there is no theme {theme!r}; there are: {', '.join(known)}"
        if arguments.theme:
            raise Refusal(wrong, MISUSED)
        theme, remark = DEFAULT_THEME, f"the config file: {wrong}"
    app = MonitorApp(
        source,
        choices=choices,
        fps=arguments.fps or config.fps,
        ascii=arguments.ascii or config.ascii,
        theme=theme,
        keymap=config.keys,
        remark=remark,
    )
    try:
        await app.run_async()
    finally:
        if account := await app.end_tape():
            say(account)
    return app.return_code or 0


def _config() -> "tuple[Config, str]":
    """What the config file says, and what is wrong with it: then it says nothing."""
    from ssc_monitor.config import Config, ConfigError, config_path, read_config
    from ssc_monitor.model.visible import visible

    try:
        return read_config(config_path()), ""
    except ConfigError as error:
        return Config(), visible(f"{error}; all is as if it weren't there", 500)
