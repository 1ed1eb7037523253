"""`ssc-monitor`: each command is one function that returns the exit code."""

import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

# All else is imported where it is needed: help comes at once, only the dashboard imports
# Textual, and Ctrl-C during the imports ends in silence as well.
if TYPE_CHECKING:
    from argparse import Namespace
    from asyncio import AbstractEventLoop
    from typing import TextIO

    from ssc_monitor.config import Config
    from ssc_monitor.model.draft import Format
    from ssc_monitor.model.filter import Filter
    from ssc_monitor.sources.local import LocalSource
    from ssc_monitor.sources.source import Found, Source
    from ssc_monitor.tail import TailOptions

__all__ = ["main"]

FAILED, MISUSED, INTERRUPTED, TERMINATED = 1, 2, 130, 143

NO_POOL = """\
there is no pool to watch: no running program of yours has opened one
  in the program:        Pool(..., monitor="traffic")
  without changing it:   SSC_MONITOR=traffic python app.py
  any feed, right away:  ssc-monitor connect wss://example.org/feed"""

NO_TEXTUAL = """\
the dashboard needs Textual: pip install 'ssc-rx[monitor]'
  ssc-monitor ls, top, tail, record and replay --text do without it"""


WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
"""What textual-serve asks for; it speaks with the app through pipes."""


class _Refusal(Exception):
    """Why a command isn't carried out."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: The arguments; the process's by default.

    Returns:
        The exit code: 0, 1 (no such pool, or lost), 2 (bad arguments), 130 (Ctrl-C), 143
        (SIGTERM).
    """
    try:
        from ssc_monitor.arguments import parse

        _check_streams()
        try:
            return _run(parse(sys.argv[1:] if argv is None else argv))
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output left
        _drop_output()
        return 0
    except OSError as error:  # such as a disk that is full
        _drop_output()
        _say(f"can't print: {error}")
        return FAILED


def _run(arguments: "Namespace") -> int:
    import asyncio

    from ssc_rx.monitor.discovery import MonitorError

    command, fast = _COMMANDS[arguments.command]
    try:
        with asyncio.Runner(loop_factory=_fast_loop() if fast else None) as runner:
            return runner.run(_until_terminated(command(arguments)))
    except _Refusal as refusal:
        _say(str(refusal))
        return refusal.code
    except MonitorError as error:
        _say(str(error))
        return FAILED


async def _until_terminated(command: "Coroutine[Any, Any, int]") -> int:
    """Run a command to its end; SIGTERM cancels it, a second one ends the process."""
    import asyncio
    import signal

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    terminated = False

    def terminate() -> None:
        nonlocal terminated
        terminated = True
        loop.remove_signal_handler(signal.SIGTERM)
        task.cancel()

    loop.add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await command
    except asyncio.CancelledError:
        if terminated:
            return TERMINATED
        raise


async def _watch(arguments: "Namespace") -> int:
    if not _on_terminal():
        return await _top_once(arguments.target)
    found = await _found(arguments.target)
    if len(found) > 1:
        return await _run_app(arguments, None, choices=found)
    return await _run_app(arguments, _source(found[0]))


async def _ls(arguments: "Namespace") -> int:
    from ssc_monitor.headless import found_as_json, found_as_text

    found = await _found(None)
    _print((found_as_json if arguments.json else found_as_text)(found))
    return 0


async def _tail(arguments: "Namespace") -> int:
    from ssc_monitor.tail import tail

    options = _tail_options(arguments)
    found = await _found(arguments.target)
    if len(found) > 1:
        raise _Refusal(f"name one pool with --target: {_names(found)}", MISUSED)
    return await tail(_source(found[0]), options, sys.stdout, _say)


async def _record(arguments: "Namespace") -> int:
    from pathlib import Path

    from ssc_monitor.record import RecordOptions, record

    found = await _found(arguments.target)
    if len(found) > 1:
        raise _Refusal(f"name one pool with --target: {_names(found)}", MISUSED)
    source, hello = _source(found[0]), found[0].hello
    assert hello is not None
    for term in arguments.filter:
        if arguments.target is None and term in (hello.pool, str(hello.pid)):
            _say(f"{term!r} is a FILTER here; the pool of that name is --target {term}")
    if hello.level == "stats":
        raise _Refusal(
            f"the pool shows no messages: it has monitor={hello.level!r}, not 'traffic'"
        )
    options = RecordOptions(
        filter=_filter(arguments.filter),
        preview=arguments.preview,
        reattach=arguments.reattach,
        path=Path(arguments.output),
        seconds=arguments.seconds,
        max_bytes=arguments.max_bytes,
        overwrite=arguments.overwrite,
    )
    progress = _progress if sys.stderr.isatty() else _silence
    return await record(source, hello, options, _say, progress)


async def _replay(arguments: "Namespace") -> int:
    import math
    from pathlib import Path

    from ssc_monitor.sources.player import Player
    from ssc_monitor.sources.replay import ReplaySource
    from ssc_rx.recording import RecordingError

    prints = arguments.json or arguments.text or arguments.limit is not None
    screen = _on_terminal() and not prints and not arguments.filter
    speed = arguments.speed or (1.0 if screen else math.inf)
    path = Path(arguments.file)
    try:
        if screen:
            player = Player(path, speed)
            code = await _run_app(arguments, player)
            if player.transport.damage is not None:
                _say(f"{path}: {player.transport.damage}")
            return code
        source = ReplaySource(path, speed)
    except RecordingError as error:
        raise _Refusal(str(error)) from None
    from ssc_monitor.tail import tail

    code = await tail(source, _tail_options(arguments), sys.stdout, _say)
    return 0 if source.played else code


async def _top(arguments: "Namespace") -> int:
    from ssc_monitor.top import TopOptions, top

    looks = 1 if arguments.once else arguments.looks
    options = TopOptions(
        looks=looks,
        interval=arguments.interval,
        rows=arguments.rows,
        sort=arguments.sort,
        json=arguments.json,
        redraw=looks != 1 and not arguments.json and _draws(sys.stdout),
    )
    found = await _found(arguments.target)
    return await top([one.path for one in found], options, sys.stdout, _say)


async def _top_once(target: str | None) -> int:
    from ssc_monitor.top import TopOptions, top

    found = await _found(target)
    return await top([one.path for one in found], TopOptions(), sys.stdout, _say)


async def _send(arguments: "Namespace") -> int:
    from ssc_monitor.model.draft import DraftError
    from ssc_monitor.send import Recipient, outgoing, read_whole, send

    *id, text = arguments.words
    wanted = 0 if arguments.all or arguments.tag is not None else 1
    if len(id) != wanted:
        usage = "ID TEXT" if wanted else "TEXT alone with --all and --tag"
        raise _Refusal(f"give {usage}; quote a TEXT that has spaces", MISUSED)
    to = Recipient(id[0] if id else None, arguments.tag)
    form: Format = "JSON" if arguments.json else "hex" if arguments.hex else "text"
    found = await _found(arguments.target)
    if len(found) > 1:
        raise _Refusal(f"name one pool with --target: {_names(found)}", MISUSED)
    _source(found[0])  # says why, if it can't be attached to
    try:
        typed = await read_whole(sys.stdin.buffer) if text == "-" else text
        message = outgoing(typed, form)
    except DraftError as error:
        raise _Refusal(str(error), MISUSED) from None
    return 0 if await send(found[0].path, message, to, sys.stdout, _say) else FAILED


async def _connect(arguments: "Namespace") -> int:
    import asyncio

    from ssc_monitor.sources.local import LocalSource
    from ssc_rx.errors import SscError

    options = _tail_options(arguments)
    headers: dict[str, str] = dict(arguments.headers)
    if len({name.lower() for name in headers}) < len(arguments.headers):
        raise _Refusal("a --header is given twice", MISUSED)
    prints = arguments.json or arguments.text or arguments.limit is not None
    screen = _on_terminal() and not prints and not arguments.filter
    try:
        source = LocalSource(
            arguments.urls,
            headers,
            subprotocols=arguments.subprotocols,
            greetings=arguments.sends,
            name=arguments.name,
            again=screen or arguments.reconnect,
        )
    except SscError as error:
        raise _Refusal(str(error), MISUSED) from None
    if screen:
        return await _run_app(arguments, source)
    from ssc_monitor.tail import tail

    sending = asyncio.create_task(_send_lines(source), name="ssc-monitor sends lines")
    try:
        code = await tail(source, options, sys.stdout, _say)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return 0 if source.ended_well else code


async def _send_lines(source: "LocalSource") -> None:
    """Send what is piped into standard input, a text a line."""
    from ssc_monitor.stdin import is_piped, piped_lines

    if not is_piped():
        return
    number = 0
    try:
        async for line in piped_lines(sys.stdin.buffer):
            number += 1
            try:
                await source.send(line.decode())
            except UnicodeDecodeError:
                _say(f"line {number:,} of standard input is no UTF-8: it isn't sent")
    except ValueError as error:
        _say(f"nothing more of standard input is sent: {error}")


_Command = Callable[["Namespace"], Coroutine[Any, Any, int]]

# With whether it is worth a fast event loop.
_COMMANDS: dict[str, tuple[_Command, bool]] = {
    "watch": (_watch, True),
    "ls": (_ls, False),
    "top": (_top, False),
    "tail": (_tail, False),
    "record": (_record, True),
    "replay": (_replay, True),
    "send": (_send, False),
    "connect": (_connect, True),
}


async def _run_app(
    arguments: "Namespace",
    source: "Source | None",
    choices: "Sequence[Found]" = (),
) -> int:
    try:
        from ssc_monitor.app import MonitorApp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("textual", "rich"):
            raise _Refusal(NO_TEXTUAL) from None
        raise
    from ssc_monitor.themes import DEFAULT_THEME, theme_names

    config, remark = _config()
    theme, known = arguments.theme or config.theme or DEFAULT_THEME, theme_names()
    if theme not in known:
        wrong = f"there is no theme {theme!r}; there are: {', '.join(known)}"
        if arguments.theme:
            raise _Refusal(wrong, MISUSED)
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
            _say(account)
    return app.return_code or 0


def _config() -> "tuple[Config, str]":
    """What the config file says, and what is wrong with it: then it says nothing."""
    from ssc_monitor.config import Config, ConfigError, config_path, read_config
    from ssc_monitor.model.visible import visible

    try:
        return read_config(config_path()), ""
    except ConfigError as error:
        return Config(), visible(f"{error}; all is as if it weren't there", 500)


async def _found(target: str | None) -> "list[Found]":
    """The pools that are meant; at least one."""
    from ssc_monitor.arguments import hint
    from ssc_monitor.sources.remote import find

    if found := await find(target):
        return found
    if target is None:
        raise _Refusal(NO_POOL)
    others = await find()
    raise _Refusal(
        f"there is no pool {target!r} (a process ID, a pool's name, or a socket's "
        f"path){hint(target)}"
        + (f"; there are: {_names(others)}" if others else f"\n{NO_POOL}")
    )


def _source(found: "Found") -> "Source":
    from ssc_monitor.sources.remote import RemoteSource

    if found.hello is None:
        raise _Refusal(found.problem)
    return RemoteSource(found.path, found.hello)


def _names(found: "Sequence[Found]") -> str:
    return ", ".join(
        one.path.name if one.hello is None else f"{one.hello.pid} ({one.hello.pool})"
        for one in found
    )


def _tail_options(arguments: "Namespace") -> "TailOptions":
    from ssc_monitor.tail import TailOptions

    return TailOptions(
        filter=_filter(getattr(arguments, "filter", ())),
        json=arguments.json,
        limit=arguments.limit,
        preview=arguments.preview,
        reattach=getattr(arguments, "reattach", False),
    )


def _filter(terms: Sequence[str]) -> "Filter":
    from ssc_monitor.model.filter import Filter, FilterError

    try:
        return Filter.parse(" ".join(terms))
    except FilterError as error:
        raise _Refusal(f"bad filter: {error}", MISUSED) from None


def _on_terminal() -> bool:
    if os.environ.get("TEXTUAL_DRIVER") == WEB_DRIVER:
        return True  # the terminal is a web page
    return sys.stdin is not None and sys.stdin.isatty() and _draws(sys.stdout)


def _draws(stream: "TextIO") -> bool:
    """Whether it is a terminal that can do more than scroll."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _fast_loop() -> "Callable[[], AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _check_streams() -> None:
    """What can't be encoded is escaped; a stream that was closed goes nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for good
        else:
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """What is still to be printed goes nowhere: Python would try again at its exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _progress(text: str) -> None:
    """Tell how far it is, in a line of a terminal that is written again and again."""
    with suppress(OSError):
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _silence(text: str) -> None:
    pass


def _say(text: str) -> None:
    """Tell people something, on standard error."""
    from ssc_monitor.model.visible import visible

    lines = [visible(line) for line in f"ssc-monitor: {text}".splitlines()]
    with suppress(OSError):
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
