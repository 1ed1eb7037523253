"""`ssc-monitor top`: pools and their busiest sockets, once, or again and again."""

import asyncio
import itertools
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO, TypeVar

from ssc_monitor.headless import look_as_json, look_as_text
from ssc_monitor.look import Look, Looker
from ssc_monitor.model.visible import fit
from ssc_monitor.reading import Say
from ssc_rx.monitor.discovery import MonitorError

__all__ = ["TopOptions", "redrawn", "top"]

T = TypeVar("T")

_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopOptions:
    """What to print.

    Attributes:
        looks: How often; `None` for no end.
        interval: Seconds from one look to the next.
        rows: Sockets of each pool, at most.
        sort: By what they are sorted: one of `rows.SORTS`.
        json: Whether to print JSON.
        redraw: Whether each look takes the place of the one before, on a terminal.
    """

    looks: int | None = 1
    interval: float = 1.0
    rows: int = 20
    sort: str = "traffic"
    json: bool = False
    redraw: bool = False


async def top(paths: Sequence[Path], options: TopOptions, out: TextIO, say: Say) -> int:
    """Print looks at pools until it is enough, or none of them is left.

    Args:
        paths: Of their Unix sockets.
        options: What to print.
        out: Where to.
        say: Tells people why a pool can't be looked at.

    Returns:
        The exit code: 0, or 1 if one of them couldn't be attached to, or was lost.
    """
    lookers = await _all(
        [partial(Looker.attach, path, options.interval) for path in paths], say
    )
    left, looks = lookers, list[Look]()
    try:
        for n in itertools.count(1):
            looks = await _all([looker.look for looker in left], say)
            if not looks:
                break
            _print(looks, options, out, first=n == 1)
            if n == options.looks:
                break
            left = [looker for looker in left if not looker.lost]
    finally:
        await asyncio.gather(*(looker.close() for looker in lookers))
    return 0 if len(looks) == len(paths) else 1


async def _all(each: Sequence[Callable[[], Awaitable[T]]], say: Say) -> list[T]:
    """What came of them, at once; what failed is told, and left out."""

    async def result(of: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await of()
        except MonitorError as error:
            say(str(error))
            return None

    results = await asyncio.gather(*map(result, each))
    return [one for one in results if one is not None]


def _print(
    looks: Sequence[Look], options: TopOptions, out: TextIO, *, first: bool
) -> None:
    rows, sort = options.rows, options.sort
    if options.json:
        out.writelines(look_as_json(look, rows, sort) + "\n" for look in looks)
    elif options.redraw:
        columns, lines = shutil.get_terminal_size()
        texts = [look_as_text(look, rows, sort, columns) for look in looks]
        out.write(redrawn("\n\n".join(texts), columns, lines))
    else:
        texts = [look_as_text(look, rows, sort) for look in looks]
        out.write(("" if first else "\n") + "\n\n".join(texts) + "\n")
    out.flush()


def redrawn(text: str, columns: int, lines: int) -> str:
    """A text in place of all that is on a terminal; what has no room is left out.

    Args:
        text: What is to be seen; visible.
        columns: Of the terminal.
        lines: Of the terminal; the last one is left to the cursor.
    """
    # Not the last column: some terminals would clear what is in it with the rest.
    kept = [fit(line, columns - 1).rstrip() for line in text.split("\n")[: lines - 1]]
    ends = f"{_REST_OF_LINE}\n"
    return f"{_HOME}{ends.join(kept)}{ends}{_REST_OF_SCREEN}"
