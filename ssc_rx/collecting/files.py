"""Columns from a file and to a file, of the format of `ssc_rx.recording`."""

import heapq
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Literal

from ssc_rx.collecting.columns import ROW_BYTES, Columns
from ssc_rx.logs import logger_of
from ssc_rx.message import Message, MessageType
from ssc_rx.monitor.redaction import redacted_id
from ssc_rx.program import program_name
from ssc_rx.recording.lines import (
    FORMAT,
    End,
    EndReason,
    Happened,
    Header,
    Line,
    Missed,
    Received,
    Written,
    message_of,
)
from ssc_rx.recording.reader import RecordingFile
from ssc_rx.recording.recorder import Direction
from ssc_rx.recording.writer import RecordingWriter

__all__ = ["Loaded", "load", "save"]

logger = logger_of(__name__)

ROWS_AT_A_TIME = 4096
_CONTROLS: dict[int, Literal["ping", "pong"]] = {
    MessageType.PING: "ping",
    MessageType.PONG: "pong",
}


@dataclass(slots=True)
class Loaded:
    """What was in a file.

    Attributes:
        columns: Its messages of one direction.
        started_at: UNIX seconds, from which the events' `at_us` count.
        events: What happened to the sockets.
        missed: Messages that came and aren't in the file.
        end: Why it ended, or its reading; `None` if it was cut off.
        damage: What is wrong with it.
    """

    columns: Columns
    started_at: float
    events: tuple[Happened, ...]
    missed: int
    end: EndReason | None
    damage: str | None


def load(
    path: str | os.PathLike[str], direction: Direction, max_bytes: int | None
) -> Loaded:
    """Read a file, as far as it can be read, or up to a bound.

    Raises:
        RecordingError: If it can't be opened, or is no recording.
    """
    file = RecordingFile(path)
    wanted = Received if direction == "in" else Written
    found = Loaded(Columns(), file.header.started_at, (), 0, None, None)
    events: list[Happened] = []
    left = float("inf") if max_bytes is None else max_bytes

    def messages() -> Iterator[tuple[Message, int]]:
        nonlocal left
        for line in file:
            if isinstance(line, wanted):
                message = message_of(line, file.header.started_at)
                left -= len(message.payload) + ROW_BYTES
                if left < 0:
                    found.end = "max_bytes"
                    what = "only the first %s bytes of %s were loaded: max_bytes"
                    logger.warning(what, f"{max_bytes:,}", file.path)
                    return
                yield message, line.size or len(message.payload)
            elif isinstance(line, Happened):
                events.append(line)
            elif isinstance(line, Missed):
                found.missed += line.messages
            elif isinstance(line, End):
                found.end = line.reason

    rows = messages()
    while batch := list(islice(rows, ROWS_AT_A_TIME)):
        found.columns.extend([m for m, _ in batch], [size for _, size in batch])
    found.events = tuple(events)
    if (damage := file.damage) is not None:
        found.damage = damage
        logger.warning("of %s: %s", file.path, damage)
    return found


def save(
    path: str | os.PathLike[str],
    columns: Columns,
    *,
    direction: Direction,
    events: Sequence[Happened],
    started_at: float,
    missed: int,
    end: EndReason,
    overwrite: bool,
) -> None:
    """Write a file; what is half written when it fails stays.

    Raises:
        RecordingError: If it can't be made, or is there already.
        OSError: If the disk is full.
    """
    begins = min(columns.times, default=started_at or time.time())
    begins = min(begins, started_at) if events else begins
    header = Header(FORMAT, version("ssc-rx"), program_name(), "", os.getpid(), begins)
    shift = round((started_at - begins) * 1e6)
    happened = (Happened(e.at_us + shift, e.name, e.id, e.facts) for e in events)
    lines: Iterator[Line] = heapq.merge(
        happened, _lines(columns, direction, begins), key=lambda line: line.at_us
    )
    writer = RecordingWriter(Path(path), header, overwrite=overwrite)
    last = round((max(columns.times, default=begins) - begins) * 1e6)
    try:
        while batch := list(islice(lines, ROWS_AT_A_TIME)):
            writer.put(batch)
        if missed:
            writer.put([Missed(last, missed)])
        writer.end(last, end)
    finally:
        writer.close()


def _lines(columns: Columns, direction: Direction, begins: float) -> Iterator[Line]:
    line = Received if direction == "in" else Written
    ids = _without_secrets(columns.ids)
    for code, at, kind, size, payload in zip(
        columns.codes,
        columns.times,
        columns.types,
        columns.sizes,
        columns.payloads,
        strict=True,
    ):
        at_us, id = round((at - begins) * 1e6), ids[code]
        whole = None if size == len(payload) else size
        if kind == MessageType.TEXT:
            try:
                yield line(at_us, id, payload.decode(), size=whole)
                continue
            except UnicodeDecodeError:
                pass  # nobody checked it; its bytes are kept as those of BINARY
        yield line(at_us, id, None, payload, _CONTROLS.get(kind), whole)


def _without_secrets(ids: Iterable[str]) -> list[str]:
    """IDs as files have them; those that differ stay different."""
    names: dict[str, None] = {}
    for id in ids:
        name, number = redacted_id(id), 1
        while name in names:
            number += 1
            name = f"{redacted_id(id)} ({number})"
        names[name] = None
    return list(names)
