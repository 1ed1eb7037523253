"""What a line of the stream of messages says, and of whom they are. Pure."""

from ssc_monitor.clock import Clock
from ssc_monitor.model import figures
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.mix import Mix
from ssc_monitor.model.opcodes import BINARY, NAMES, PING, PONG, TEXT
from ssc_monitor.model.visible import cell_width, visible_bytes
from ssc_monitor.widgets.line import Span, StyleName, tail
from ssc_rx.errors import counted

__all__ = ["gap", "mixed", "row", "type_name"]

_LETTERS = {TEXT: "T", BINARY: "B", PING: "P", PONG: "O"}


def type_name(opcode: int) -> str:
    """An opcode in words."""
    return NAMES[opcode].upper() if opcode in NAMES else f"opcode {opcode}"


def row(
    entry: Entry, width: int, clock: Clock, *, selected: bool, with_id: bool = True
) -> tuple[Span, ...]:
    """Time, direction, type, size, ID and the beginning of the payload.

    Args:
        entry: The message.
        width: Cells there are.
        clock: Tells the time of day.
        selected: Whether the cursor is on it.
        with_id: Whether lines are of several sockets.
    """
    time = clock.wall(entry.time)
    if width < 70:
        time = time[:8] if width >= 44 else time[3:8]
    letter = _LETTERS.get(entry.type, "?")
    incoming = entry.direction == "in"
    spans: list[Span] = [
        ("▸ " if selected else "  ", "title"),
        (time + " ", "muted"),
        ("↓ " if incoming else "↑ ", "in" if incoming else "out"),
        (letter, "plain" if entry.type == TEXT else "key"),
        (f"{figures.size(entry.size):>7} ", "muted"),
    ]
    used = sum(len(text) for text, _ in spans)
    if with_id:
        room = max(8, min(32, width // 5))
        spans.append((tail(entry.id, room) + "  ", "plain"))
        used += room + 2
    text: StyleName = (
        "strong" if selected else "plain" if entry.type == TEXT else "muted"
    )
    spans.append((_preview(entry, width - used), text))
    return tuple(spans)


def gap(missing: int | None, width: int) -> tuple[Span, ...]:
    """The line for messages that are not there; `None`: nobody knows how many."""
    text = " some not sampled "
    if missing is not None:
        text = f" {figures.count(missing)} not sampled "
    rule = "─" * max(0, width - len(text) - 5)
    return (("  ──", "frame"), (text, "muted"), (rule + " ", "frame"))


def _preview(entry: Entry, width: int) -> str:
    if width <= 0:
        return ""
    if entry.type == BINARY:
        text = entry.preview[: width // 3 + 1].hex(" ")
    else:
        text = visible_bytes(entry.preview, width)
    if entry.whole:
        return text
    return f"{text} …" if entry.type == BINARY else f"{text}…"


def mixed(mix: Mix) -> tuple[Span, ...]:
    """Of which sockets the lines are, if not of all."""
    if not mix:
        return ()
    if mix.solo:
        return ((" ─ ", "frame"), ("solo ", "warn"), (_short(mix.solo), "key"))
    muted = len(mix.muted)
    which = _short(min(mix.muted)) if muted == 1 else counted(muted, "socket")
    return ((" ─ ", "frame"), ("muted ", "warn"), (which, "key"))


def _short(id: str) -> str:
    return tail(id, min(24, cell_width(id)))
