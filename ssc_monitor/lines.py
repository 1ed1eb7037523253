"""What `ssc-monitor tail` prints of a message and of an event: one line each. Pure.

The text is for people. The JSON is for programs: its keys are documented in
`ssc-monitor tail --help` and only ever grow. Both are harmless on a terminal: the text
as everything in it is visible, the JSON as it is ASCII without control characters.
"""

import base64
import codecs
import json
from collections.abc import Callable
from typing import Any

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.opcodes import NAMES, TEXT
from ssc_monitor.model.story import tell
from ssc_monitor.model.visible import visible, visible_bytes
from ssc_rx.monitor import wire

__all__ = ["as_json", "event_as_json", "event_as_text", "message_as_json"]
__all__ += ["message_as_text"]

SHOWN_BYTES = 32
"""Of a binary payload, in a line for people."""
MAX_MARK = 10
"""How many characters may stand for one that can't be seen."""


def as_json(record: dict[str, Any]) -> str:
    """One JSON object in one line of printable ASCII."""
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"))


def message_as_json(entry: Entry, raw_id: str) -> str:
    """A message; its ID and its payload exactly as they are."""
    return as_json(
        {
            "time": entry.time,
            "id": raw_id,
            "direction": entry.direction,
            "type": _type(entry.type),
            "size": entry.size,
            **_payload(entry),
            "cut": not entry.whole,
            "missing": entry.missing,
        }
    )


def event_as_json(event: wire.Event) -> str:
    """An event, with the facts that came with it."""
    return as_json(
        {
            "time": event.time,
            "id": event.id,
            "event": event.name,
            "facts": event.facts,
        }
    )


def message_as_text(entry: Entry, wall: Callable[[float], str]) -> str:
    """A message; what is missing before it in a line of its own.

    Args:
        entry: The message.
        wall: Gives the time of day of UNIX seconds.
    """
    line = (
        f"{wall(entry.time)} {entry.direction:<5} {_type(entry.type):<6} "
        f"{entry.size:>7} {entry.id}  {_shown(entry)}"
    )
    if entry.missing:
        return f"{'':12} {entry.missing:,} more, not sampled\n{line}"
    return line


def event_as_text(event: wire.Event, wall: Callable[[float], str]) -> str:
    """An event, told."""
    story = tell(event)
    return f"{wall(event.time)} event {story.subject or 'pool'}  {story.text}"


def _payload(entry: Entry) -> dict[str, str]:
    if entry.type == TEXT:
        try:
            # A preview may end inside a character.
            text, _ = codecs.utf_8_decode(entry.preview, "strict", entry.whole)
        except UnicodeDecodeError:
            pass
        else:
            return {"text": text}
    return {"base64": base64.b64encode(entry.preview).decode("ascii")}


def _shown(entry: Entry) -> str:
    if entry.type == TEXT:
        text = visible_bytes(entry.preview, MAX_MARK * len(entry.preview))
        whole = entry.whole
    else:
        text = entry.preview[:SHOWN_BYTES].hex(" ")
        whole = entry.size <= SHOWN_BYTES
    return text if whole else text + "…"


def _type(opcode: int) -> str:
    return NAMES.get(opcode) or visible(str(opcode), 8)
