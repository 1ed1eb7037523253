"""`ssc-monitor send`: one message, without a screen."""

import asyncio
import difflib
import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from ssc_monitor.model.draft import Draft, DraftError, Format, Outgoing
from ssc_monitor.model.receipt import receipt
from ssc_monitor.model.visible import visible
from ssc_monitor.sources.link import Link, attach
from ssc_monitor.sources.source import NOT_ALLOWED
from ssc_rx.errors import counted
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError

__all__ = ["Recipient", "outgoing", "read_whole", "send"]

TIMEOUT_S = 10.0
MAX_NAMED = 5
"""IDs that an error names."""

MAX_TYPED_BYTES = 4 * wire.MAX_SENT_BYTES
"""Of standard input: hex digits and blanks take more room than what they say."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for: a socket, the group of a tag, or with neither all of them.

    Attributes:
        id: The socket's ID.
        tag: Of the group.
    """

    id: str | None = None
    tag: str | None = None


def outgoing(text: str | bytes, format: Format) -> Outgoing:
    """What is to be sent.

    Raises:
        DraftError: If it is none of its format, or too long.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError as error:
            raise DraftError(
                f"standard input is no UTF-8: {error.reason} at byte {error.start}; "
                "give bytes with --hex, as xxd -p writes them"
            ) from None
        text = text.removesuffix("\n").removesuffix("\r")
    message = Draft(text, format).read()
    if len(message.payload) > wire.MAX_SENT_BYTES:
        raise DraftError(f"it has more than {wire.MAX_SENT_BYTES:,} bytes")
    return message


async def read_whole(source: BinaryIO) -> bytes:
    """All that comes from a pipe, a file or a terminal.

    Raises:
        DraftError: If it is too much.
    """
    mode = os.fstat(source.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or source.isatty()):
        data = source.read(MAX_TYPED_BYTES + 1)  # never keeps anybody waiting
    else:
        data = await _read_pipe(source)
    if len(data) > MAX_TYPED_BYTES:
        raise DraftError(f"standard input has more than {MAX_TYPED_BYTES:,} bytes")
    return data


async def _read_pipe(source: BinaryIO) -> bytes:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), source
    )
    data = bytearray()
    try:
        while len(data) <= MAX_TYPED_BYTES and (more := await reader.read(1 << 16)):
            data += more
    finally:
        transport.close()
    return bytes(data)


async def send(
    path: Path,
    message: Outgoing,
    to: Recipient,
    out: TextIO,
    say: Callable[[str], None],
) -> bool:
    """Have a pool send a message, and print what became of it.

    Args:
        path: Where its monitor listens.
        message: What to send.
        to: To whom.
        out: Takes what became of it.
        say: Tells people why not.

    Returns:
        Whether at least one socket queued it.

    Raises:
        MonitorError: If the pool can't be attached to, or the link is lost.
    """
    link = await attach(path)
    try:
        if "send" not in link.hello.capabilities:
            say(NOT_ALLOWED)
            return False
        async with asyncio.timeout(TIMEOUT_S):
            numbers = None if to.id is None else (await _number(link, to.id),)
            command = wire.Send(1, message.payload, message.type, numbers, to.tag)
            link.post(command)
            while True:
                frame = await link.receive()
                if isinstance(frame, wire.Answer):
                    break
    except TimeoutError:
        raise MonitorError(
            f"no answer within {TIMEOUT_S:g} s: is the program's event loop blocked? "
            "The message may have been sent, or not"
        ) from None
    finally:
        await link.close()
    text, well = receipt(frame)
    if well:
        out.write(text + "\n")
    else:
        say(text)
    return well


async def _number(link: Link, id: str) -> int:
    """Which socket has this ID now.

    Raises:
        MonitorError: If none has.
    """
    heads: dict[int, str] = {}
    while True:
        frame = await link.receive()
        if isinstance(frame, wire.State):
            heads |= {head.number: head.id for head in frame.born}
            for number in frame.gone:
                heads.pop(number, None)
            if frame.pool is not None:
                break
    for number, raw_id in heads.items():
        if id in (raw_id, visible(raw_id)):
            return number
    raise MonitorError(f"there is no socket {visible(id)!r}{_others(id, heads)}")


def _others(id: str, heads: dict[int, str]) -> str:
    """What it may have been meant to be."""
    if not heads:
        return ": the pool has none"
    ids: Collection[str] = heads.values()
    named = difflib.get_close_matches(id, ids, MAX_NAMED) or list(ids)[:MAX_NAMED]
    shown = ", ".join(visible(one, 80) for one in named)
    rest = len(ids) - len(named)
    more = f" and {counted(rest, 'other')}" if rest else ""
    return f"; there are {shown}{more}. IDs are those that ssc-monitor shows"
