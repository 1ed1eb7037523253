"""A message as a person types it: text, checked JSON, or bytes in hex. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Literal, get_args

from ssc_monitor.model.opcodes import BINARY, TEXT
from ssc_monitor.model.visible import MAX_MARKS, joins, visible

__all__ = ["FORMATS", "Draft", "DraftError", "Format", "Outgoing", "draft_of", "typed"]

Format = Literal["text", "JSON", "hex", "hex TEXT"]
FORMATS: tuple[Format, ...] = get_args(Format)

MAX_EDITED_BYTES = 64 * 1024
"""A longer payload isn't for an editor in a terminal."""

_BLANKS = re.compile(r"[\s:,]+|0x|\\x", re.IGNORECASE)
_BYTES_A_LINE = 16


class DraftError(ValueError):
    """What was typed is no message; says where."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent.

    Attributes:
        payload: Its bytes.
        type: 1 TEXT, 2 BINARY.
    """

    payload: bytes
    type: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and what it is meant as.

    Attributes:
        text: As it was typed.
        format: "text" and "JSON" are TEXT; "hex" is BINARY, and "hex TEXT" a TEXT whose
            characters can't be typed, or seen.
    """

    text: str
    format: Format = "text"

    def read(self) -> Outgoing:
        """What it says.

        Raises:
            DraftError: If it is none of its format.
        """
        if self.format == "hex":
            return Outgoing(_from_hex(self.text), BINARY)
        if self.format == "hex TEXT":
            payload = _from_hex(self.text)
            try:
                payload.decode()
            except UnicodeDecodeError as error:
                raise DraftError(
                    f"TEXT must be UTF-8: {error.reason} at byte {error.start}"
                ) from None
            return Outgoing(payload, TEXT)
        if self.format == "JSON":
            _check_json(self.text)
        try:
            return Outgoing(self.text.encode(), TEXT)
        except UnicodeEncodeError as error:
            raise DraftError(f"can't be UTF-8 at character {error.start + 1}") from None


def draft_of(payload: bytes, type: int) -> Draft:
    """A message as it can be edited: what can't be typed as it is becomes hex.

    Raises:
        DraftError: If it is too long to be edited.
    """
    if len(payload) > MAX_EDITED_BYTES:
        raise DraftError(
            f"{len(payload):,} bytes are too many to edit here, where "
            f"{MAX_EDITED_BYTES:,} is the most"
        )
    if type != TEXT:
        return Draft(_hex(payload), "hex")
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return Draft(_hex(payload), "hex")
    if typed(text) != text:
        return Draft(_hex(payload), "hex TEXT")
    return Draft(text, "JSON" if _is_json(text) else "text")


def typed(text: str) -> str:
    """What of a typed or pasted text an editor takes: characters that can be seen.

    Others would act on the terminal, or be sent without being seen. Lines end in "\\n".
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").isascii() and text.replace("\n", "").isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if joins(character) else 0
        seen = character == "\n" or visible(character) in (character, "◌" + character)
        if seen and marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _from_hex(text: str) -> bytes:
    digits = _BLANKS.sub("", text)
    for n, character in enumerate(digits):
        if character not in "0123456789abcdefABCDEF":
            at = f", after {n // 2} bytes" if n > 1 else ""
            raise DraftError(f"{visible(character)} is no hex digit{at}")
    if len(digits) % 2:
        raise DraftError("half a byte is missing: hex digits come in pairs")
    return bytes.fromhex(digits)


def _hex(payload: bytes) -> str:
    lines = range(0, len(payload), _BYTES_A_LINE)
    return "\n".join(payload[at : at + _BYTES_A_LINE].hex(" ") for at in lines)


def _check_json(text: str) -> None:
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"column {error.colno}"
        if "\n" in text:
            where = f"line {error.lineno}, {where}"
        raise DraftError(f"no JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise DraftError("no JSON: nested too deeply") from None
    except ValueError as error:  # a number too long to be read, too
        raise DraftError(f"no JSON: {visible(str(error), 100)}") from None


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        _check_json(text)
    except DraftError:
        return False
    return True
