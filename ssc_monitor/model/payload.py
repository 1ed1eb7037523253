"""One payload as lines for a terminal: as text, as JSON, as a hex dump.

Whatever it holds, the lines are visible, no wider than asked, and of a bounded number; a
line of their own says what is not shown.
"""

import codecs
import json
import re
from typing import Literal

import msgspec

from ssc_monitor.model.figures import count
from ssc_monitor.model.opcodes import TEXT
from ssc_monitor.model.visible import joins, visible, wrap
from ssc_rx.errors import counted

__all__ = ["MODES", "Mode", "guess", "view"]

Mode = Literal["auto", "text", "json", "hex"]
MODES: tuple[Mode, ...] = ("auto", "text", "json", "hex")

MAX_TEXT_BYTES = 256 * 1024
"""How much of a payload is decoded; JSON that is longer isn't laid out."""
MAX_HEX_BYTES = 64 * 1024
MAX_LINES = 5000
MAX_DEPTH = 50
"""How deep JSON may be nested to be laid out: each level costs two columns."""
MIN_WIDTH = 20

_LOOKED_AT = 4096
_INDENT = 2

_PIECE = 1024
_MOST_PER_CHARACTER = 16  # what `visible` may make of one

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SEEN = bytes(byte if 0x20 <= byte < 0x7F else ord(".") for byte in range(256))

_strings = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_break = re.compile(r"\r\n|\n")
_control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def guess(payload: bytes, type: int) -> Literal["text", "json", "hex"]:
    """How a payload is best shown, by a look at it.

    Args:
        payload: The whole payload, or its beginning.
        type: Its opcode.
    """
    head = payload[:_LOOKED_AT]
    if not head:
        return "text"
    if type != TEXT and not _is_text(head):
        return "hex"
    return "json" if head.lstrip()[:1] in (b"{", b"[") else "text"


def view(payload: bytes, type: int, mode: Mode, width: int) -> list[str]:
    """Lines that show a payload.

    Args:
        payload: The whole payload, or its beginning.
        type: Its opcode.
        mode: "auto" takes what `guess` says. What can't be shown as JSON is shown as
            text, below a line that says why.
        width: Cells in a line; at least 20.
    """
    width = max(MIN_WIDTH, width)
    chosen = guess(payload, type) if mode == "auto" else mode
    if not payload:
        return ["(empty)"]
    if chosen == "hex":
        return _hex(payload, width)
    if chosen == "text":
        return _text(payload, width)
    try:
        return _json(payload, width)
    except _NotShown as why:
        if mode == "auto" and why.quiet:
            return _text(payload, width)
        reason = wrap(visible(f"shown as text: {why}", 400), width)
        return [*reason, *_text(payload, width)]


class _NotShown(Exception):
    """Why a payload isn't laid out as JSON; quiet if it just isn't JSON."""

    def __init__(self, text: str, *, quiet: bool = False) -> None:
        super().__init__(text)
        self.quiet = quiet


def _json(payload: bytes, width: int) -> list[str]:
    if len(payload) > MAX_TEXT_BYTES:
        raise _NotShown(
            f"JSON is laid out up to {count(MAX_TEXT_BYTES)} bytes, "
            f"this has {count(len(payload))}"
        )
    depth = _depth(payload)
    if depth > MAX_DEPTH:
        raise _NotShown(
            f"JSON is laid out up to {MAX_DEPTH} levels deep, this has {count(depth)}"
        )
    try:
        laid_out = msgspec.json.format(payload, indent=_INDENT).decode(errors="replace")
    except msgspec.DecodeError as error:
        lenient = _laid_out_leniently(payload)
        if lenient is None:
            raise _NotShown(str(error), quiet=True) from error
        laid_out = lenient
    return _wrapped(laid_out, width, 0, hanging=True)


def _depth(payload: bytes) -> int:
    """How deep brackets are nested, whether they match or not."""
    deepest = depth = 0
    for bracket in _strings.sub(b"", payload).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _laid_out_leniently(payload: bytes) -> str | None:
    """JSON with escapes of lone surrogates, which msgspec refuses."""
    if b"\\u" not in payload:
        return None
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return json.dumps(value, indent=_INDENT, ensure_ascii=False)


def _text(payload: bytes, width: int) -> list[str]:
    head = payload[:MAX_TEXT_BYTES]
    whole = len(head) == len(payload)
    text, _ = codecs.utf_8_decode(head, "replace", whole)
    return _wrapped(text, width, len(payload) - len(head))


def _wrapped(
    text: str, width: int, missing_bytes: int, *, hanging: bool = False
) -> list[str]:
    """A text in lines of at most `width` cells, and what is missing of it.

    Args:
        text: Anything.
        width: Cells.
        missing_bytes: What was cut off before.
        hanging: Whether what a line is indented by goes for all of its lines.
    """
    lines: list[str] = []
    at = 0
    while at < len(text) and len(lines) < MAX_LINES:
        found = _break.search(text, at)
        end, then = found.span() if found else (len(text), len(text))
        first = rest = ""
        if hanging:
            start = at
            while at < end and text[at] == " ":
                at += 1
            first = " " * min(at - start, width // 2)
            rest = first + " " * _INDENT
        row = ""
        # In pieces, as one line may be all of the text.
        while at < end and len(lines) < MAX_LINES:
            stop = _end_of_piece(text, at, end)
            piece = visible(text[at:stop], _PIECE * _MOST_PER_CHARACTER)
            *full, row = wrap(row + piece, width - len(rest))
            for line in full:
                lines.append(first + line)
                first = rest
            at = stop
        lines.append(first + row)
        if at == end:
            at = then
    return [*lines, *_not_shown(len(text) - at, missing_bytes, width)]


def _end_of_piece(text: str, at: int, end: int) -> int:
    """Where to cut, if possible not between a character and its combining marks."""
    stop = min(end, at + _PIECE)
    for later in range(stop, min(end, stop + _PIECE)):
        if not joins(text[later]):
            return later
    return min(end, stop + _PIECE)


def _not_shown(characters: int, bytes: int, width: int) -> list[str]:
    missing = [
        counted(n, unit)
        for n, unit in ((characters, "character"), (bytes, "byte"))
        if n
    ]
    return wrap(f"… {' and '.join(missing)} not shown", width) if missing else []


def _hex(payload: bytes, width: int) -> list[str]:
    # Address, two cells and a space for each byte, one more cell for its character.
    per_line = next(n for n in (16, 8, 4, 2, 1) if 4 * n + 13 <= width or n == 1)
    shown = payload[: min(MAX_HEX_BYTES, MAX_LINES * per_line)]
    lines: list[str] = []
    for at in range(0, len(shown), per_line):
        row = shown[at : at + per_line]
        digits = row.hex(" ").ljust(3 * per_line - 1)
        characters = row.translate(_SEEN).decode("ascii")
        lines.append(f"{at:08x}  {digits}  |{characters}|")
    return [*lines, *_not_shown(0, len(payload) - len(shown), width)]


def _is_text(head: bytes) -> bool:
    try:
        text, _ = codecs.utf_8_decode(head, "strict", False)
    except UnicodeDecodeError:
        return False
    return _control.search(text) is None
