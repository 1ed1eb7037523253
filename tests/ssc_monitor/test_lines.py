"""The lines of `tail`: exact for programs, readable for people, harmless for terminals."""

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.lines import (
    event_as_json,
    event_as_text,
    message_as_json,
    message_as_text,
)
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.visible import visible
from ssc_rx.monitor import wire

HOSTILE = "\x1b]52;c;aGk=\x07\x9b2J\u202e\u200b\ud800\u2028[red]\x7f\r\n"


def entry(payload: bytes = b"{}", **changes: Any) -> Entry:
    plain = {"sequence": 1, "index": 0, "number": 1, "id": "a", "direction": "in"}
    plain |= {"type": 1, "size": len(payload), "time": 1.5, "preview": payload}
    return Entry(**(plain | changes))


def wall(_: float) -> str:
    return "12:00:01.500"


def is_harmless(line: str) -> bool:
    return line.isprintable() and "\n" not in line


def test_a_message_as_json_has_the_documented_keys() -> None:
    assert json.loads(message_as_json(entry(b'{"s":1}', missing=3), "wss://a/")) == {
        "time": 1.5,
        "id": "wss://a/",
        "direction": "in",
        "type": "text",
        "size": 7,
        "text": '{"s":1}',
        "cut": False,
        "missing": 3,
    }


def test_what_is_not_text_is_base64() -> None:
    for opcode, name in {2: "binary", 9: "ping", 10: "pong", 7: "7"}.items():
        record = json.loads(message_as_json(entry(b"\x00\xff", type=opcode), "a"))
        assert record["type"] == name
        assert base64.b64decode(record["base64"]) == b"\x00\xff"
        assert "text" not in record
    broken = json.loads(message_as_json(entry(b"\xff\xfe"), "a"))
    assert base64.b64decode(broken["base64"]) == b"\xff\xfe"


def test_a_payload_that_is_cut_says_so_and_ends_with_a_whole_character() -> None:
    payload = "ab€".encode()[:4]
    record = json.loads(message_as_json(entry(payload, size=100), "a"))
    assert (record["text"], record["cut"], record["size"]) == ("ab", True, 100)
    assert message_as_text(entry(payload, size=100), wall).endswith("  ab…")


@given(st.text(), st.binary(), st.sampled_from([1, 2, 9, 10]), st.booleans())
def test_all_lines_are_harmless_and_json_is_exact(
    id: str, payload: bytes, opcode: int, cut: bool
) -> None:
    message = entry(payload, id=visible(id), type=opcode, size=len(payload) + 10 * cut)
    line = message_as_json(message, id)
    assert line.isascii()
    assert is_harmless(line)
    record = json.loads(line)
    assert record["id"] == id
    assert is_harmless(message_as_text(message, wall))
    if opcode != 1:
        assert base64.b64decode(record["base64"]) == payload
    elif not cut and "text" in record:
        assert record["text"].encode() == payload


def test_a_message_as_text() -> None:
    assert message_as_text(entry(b"hello"), wall) == (
        "12:00:01.500 in    text         5 a  hello"
    )
    assert message_as_text(entry(bytes(40), type=2, direction="out"), wall) == (
        f"12:00:01.500 out   binary      40 a  {bytes(32).hex(' ')}…"
    )


def test_hostile_text_is_shown_whole() -> None:
    payload = HOSTILE.replace("\ud800", "").encode()
    line = message_as_text(entry(payload), wall)
    assert is_harmless(line)
    assert line.endswith("«U+2028»[red]␡␍␊")


def test_what_was_not_sampled_has_its_own_line() -> None:
    above, line = message_as_text(entry(missing=8412), wall).split("\n")
    assert above.strip() == "8,412 more, not sampled"
    assert line == message_as_text(entry(), wall)


def test_events() -> None:
    event = wire.Event(7, 1.5, "SocketOpened", "a", {"kind": "server", "generation": 1})
    assert json.loads(event_as_json(event)) == {
        "time": 1.5,
        "id": "a",
        "event": "SocketOpened",
        "facts": {"kind": "server", "generation": 1},
    }
    assert event_as_text(event, wall) == "12:00:01.500 event a  open"
    stopped = wire.Event(8, 1.5, "PoolStopped", "", {"aborted": 0})
    assert event_as_text(stopped, wall) == "12:00:01.500 event pool  pool stopped"


def test_hostile_events_are_harmless() -> None:
    facts = {HOSTILE: HOSTILE, "error": HOSTILE, "info": {"reason": HOSTILE}}
    for name in ("SocketClosed", "DialFailed", HOSTILE):
        event = wire.Event(1, 1.5, name, HOSTILE, facts)
        assert is_harmless(event_as_text(event, wall))
        line = event_as_json(event)
        assert line.isascii()
        assert is_harmless(line)
        assert json.loads(line)["facts"] == facts
