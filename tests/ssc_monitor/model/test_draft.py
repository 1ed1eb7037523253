"""A message as a person types it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.model.draft import (
    FORMATS,
    MAX_EDITED_BYTES,
    Draft,
    DraftError,
    Format,
    Outgoing,
    draft_of,
    typed,
)
from tests.ssc_monitor.hostile import HOSTILE_PAYLOADS, unfit


@pytest.mark.parametrize(
    ("text", "format", "payload", "type"),
    [
        ("hello", "text", b"hello", 1),
        ("two\nlines", "text", b"two\nlines", 1),
        ("Grüße, 世界", "text", "Grüße, 世界".encode(), 1),
        ('{"a": [1, 2.5, null]}', "JSON", b'{"a": [1, 2.5, null]}', 1),
        (' "x" ', "JSON", b' "x" ', 1),
        ("00 ff 1B", "hex", b"\x00\xff\x1b", 2),
        ("0x00, 0xff\n\\x1b", "hex", b"\x00\xff\x1b", 2),
        ("68:69", "hex TEXT", b"hi", 1),
        ("", "hex", b"", 2),
    ],
)
def test_what_is_typed_is_what_is_sent(
    text: str, format: Format, payload: bytes, type: int
) -> None:
    assert Draft(text, format).read() == Outgoing(payload, type)


@pytest.mark.parametrize(
    ("text", "format", "error"),
    [
        ('{"a": tru', "JSON", "no JSON: Expecting value at column 7"),
        ('{\n  "a" 1}', "JSON", "no JSON: Expecting ':' delimiter at line 2, column 7"),
        ("", "JSON", "no JSON: Expecting value at column 1"),
        ("[NaN]", "JSON", "no JSON: NaN is no JSON"),
        ("[" * 100_000, "JSON", "no JSON: nested too deeply"),
        ("9" * 5000, "JSON", "no JSON: Exceeds the limit"),
        ("zz", "hex", "z is no hex digit"),
        ("00 0g", "hex", "g is no hex digit, after 1 bytes"),
        ("\x1b", "hex", "␛ is no hex digit"),
        ("0", "hex", "half a byte is missing"),
        ("ff", "hex TEXT", "TEXT must be UTF-8: invalid start byte at byte 0"),
        ("a\ud800", "text", "can't be UTF-8 at character 2"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    text: str, format: Format, error: str
) -> None:
    with pytest.raises(DraftError) as raised:
        Draft(text, format).read()
    assert str(raised.value).startswith(error)


@pytest.mark.parametrize(
    ("payload", "type", "format"),
    [
        (b"hello", 1, "text"),
        (b'{"a": 1}', 1, "JSON"),
        (b'{"a": 1', 1, "text"),
        (b"\x1b[2J", 1, "hex TEXT"),
        ("user\u202etxt".encode(), 1, "hex TEXT"),
        (b"a\r\nb", 1, "hex TEXT"),
        (b"plain", 2, "hex"),
        (b"\xff", 1, "hex"),
    ],
)
def test_a_message_is_edited_as_what_it_is(
    payload: bytes, type: int, format: str
) -> None:
    draft = draft_of(payload, type)
    assert draft.format == format
    assert draft.read().payload == payload


@pytest.mark.parametrize(("name", "payload"), HOSTILE_PAYLOADS)
@pytest.mark.parametrize("type", [1, 2])
def test_whatever_a_peer_sent_is_sent_again_byte_by_byte(
    name: str, payload: bytes, type: int
) -> None:
    if len(payload) > MAX_EDITED_BYTES:
        with pytest.raises(DraftError, match="too many to edit"):
            draft_of(payload, type)
        return
    draft = draft_of(payload, type)
    assert unfit(draft.text) <= {"\n"}
    assert typed(draft.text) == draft.text
    assert draft.read().payload == payload


@given(st.binary(max_size=300), st.sampled_from([1, 2]))
def test_every_payload_survives_being_edited(payload: bytes, type: int) -> None:
    assert draft_of(payload, type).read().payload == payload


@given(st.text(max_size=300))
def test_what_is_typed_is_fit_and_stays(text: str) -> None:
    kept = typed(text)
    assert unfit(kept) <= {"\n"}
    assert typed(kept) == kept


def test_formats_are_all_there() -> None:
    assert FORMATS == ("text", "JSON", "hex", "hex TEXT")
