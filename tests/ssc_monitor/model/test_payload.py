import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.payload import (
    MAX_DEPTH,
    MAX_LINES,
    MAX_TEXT_BYTES,
    MODES,
    Mode,
    guess,
    view,
)
from ssc_monitor.model.visible import cell_width
from tests.ssc_monitor.hostile import HOSTILE_PAYLOADS, unfit

TEXT, BINARY, PING = 1, 2, 9

payloads = (
    st.binary(max_size=300)
    | st.text(st.characters(codec="utf-8"), max_size=100).map(str.encode)
    | st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b'"a"', b":", b",", b"1"])).map(
        b"".join
    )
)


def assert_fit_to_show(lines: list[str], width: int) -> None:
    assert 0 < len(lines) < MAX_LINES + 600
    for line in lines:
        assert not unfit(line)
        assert cell_width(line) <= width


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "payload", [p for _, p in HOSTILE_PAYLOADS], ids=[n for n, _ in HOSTILE_PAYLOADS]
)
def test_hostile_payload_is_shown_in_every_mode(payload: bytes, mode: Mode) -> None:
    for type in (TEXT, BINARY):
        assert_fit_to_show(view(payload, type, mode, 80), 80)


@settings(deadline=None)
@given(payloads, st.integers(-5, 200), st.sampled_from(MODES), st.integers(0, 15))
def test_any_payload_is_shown_in_any_width(
    payload: bytes, width: int, mode: Mode, type: int
) -> None:
    assert_fit_to_show(view(payload, type, mode, width), max(20, width))


@pytest.mark.parametrize(
    ("payload", "type", "mode"),
    [
        (b'{"a":1}', TEXT, "json"),
        (b"  [1,2]", TEXT, "json"),
        (b'{"cut":', TEXT, "json"),
        (b"hello", TEXT, "text"),
        (b"", TEXT, "text"),
        (b"", BINARY, "text"),
        (b"\xff\xfe", TEXT, "text"),
        (b'{"a":1}', BINARY, "json"),
        (b"line\r\n\tline", BINARY, "text"),
        ("€".encode()[:-1], BINARY, "text"),
        (b"\x83\xa1a\x01", BINARY, "hex"),
        (b"a\x00b", BINARY, "hex"),
        (b"\x01\x02\x03\x04", PING, "hex"),
        (b"a" * 5000 + b"\xff", BINARY, "text"),
    ],
)
def test_guess(payload: bytes, type: int, mode: str) -> None:
    assert guess(payload, type) == mode


# JSON


def test_json_is_laid_out_as_it_was_written() -> None:
    payload = b'{"e":"trade","p":1.00,"big":123456789012345678901,"a":[1,[]],"a":{}}'
    assert view(payload, TEXT, "json", 80) == [
        "{",
        '  "e": "trade",',
        '  "p": 1.00,',
        '  "big": 123456789012345678901,',
        '  "a": [',
        "    1,",
        "    []",
        "  ],",
        '  "a": {}',
        "}",
    ]


def test_long_values_are_wrapped_under_their_name() -> None:
    payload = json.dumps({"a": [{"key": "x" * 40}]}).encode()
    assert view(payload, TEXT, "json", 30) == [
        "{",
        '  "a": [',
        "    {",
        '      "key": "xxxxxxxxxxxxxx',
        "        xxxxxxxxxxxxxxxxxxxxxx",
        '        xxxx"',
        "    }",
        "  ]",
        "}",
    ]


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b'{"a":', "shown as text: Input data was truncated"),
        (b"hello", "shown as text: JSON is malformed"),
        (
            b"[" * 10_000 + b"]" * 10_000,
            "shown as text: JSON is laid out up to 50 levels deep, this has 10,000",
        ),
        (
            b'"' + b"x" * MAX_TEXT_BYTES + b'"',
            "shown as text: JSON is laid out up to 262,144 bytes, this has 262,146",
        ),
        (b"[" * 200_000, "shown as text: JSON is laid out up to 50 levels"),
    ],
)
def test_what_cannot_be_laid_out_is_text_below_the_reason(
    payload: bytes, why: str
) -> None:
    reason, text, *_ = view(payload, TEXT, "json", 100)
    assert reason.startswith(why)
    assert text == payload.decode()[:100]


def test_what_only_looked_like_json_is_shown_as_text_without_ado() -> None:
    assert view(b"{not json}", TEXT, "auto", 80) == ["{not json}"]
    assert view(b'{"cut":', TEXT, "auto", 80) == ['{"cut":']


def test_auto_tells_why_large_or_deep_json_is_not_laid_out() -> None:
    deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)
    assert view(deep, TEXT, "auto", 200)[0].startswith("shown as text: JSON is laid")
    assert view(deep[1:-1], TEXT, "auto", 200)[0] == "["


def test_brackets_in_strings_are_not_depth() -> None:
    payload = json.dumps(["[" * 1000 + '\\"' + "{" * 1000]).encode()
    assert view(payload, TEXT, "json", 80)[0] == "["


def test_layout_of_deep_json_with_many_items_is_bounded() -> None:
    item = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)
    lines = view(b"[" + b",".join([item] * 2000) + b"]", TEXT, "json", 80)
    assert len(lines) == MAX_LINES + 1
    assert lines[-1].endswith("characters not shown")


def test_lone_surrogates_are_laid_out() -> None:
    assert view(b'{"a":"\\ud800","b":"\\u00e9\\u001b"}', TEXT, "json", 80) == [
        "{",
        '  "a": "«U+D800»",',
        '  "b": "é\\u001b"',
        "}",
    ]


def test_escapes_in_json_stay_escapes() -> None:
    assert view(b'["\\u001b[2J\\u202e"]', TEXT, "json", 80)[1] == (
        '  "\\u001b[2J\\u202e"'
    )


# Text


def test_text_is_wrapped_by_cells_and_its_lines_stay() -> None:
    payload = ("東" * 15 + "\nabc\r\n\n\tend\n").encode()
    assert view(payload, TEXT, "text", 20) == ["東" * 10, "東" * 5, "abc", "", "␉end"]


def test_wrapping_goes_on_where_a_piece_ends() -> None:
    lines = view(b"x" * 5000, TEXT, "text", 77)
    assert [len(line) for line in lines] == [77] * 64 + [72]


def test_marks_that_a_piece_would_part_stay_with_their_character() -> None:
    text = "x" * 1023 + "e\u0301" * 10
    assert "".join(view(text.encode(), TEXT, "text", 80)) == text


def test_invalid_utf8_is_shown_with_replacements() -> None:
    assert view(b"a\xffb\xe2\x82", TEXT, "text", 80) == ["a\ufffdb\ufffd"]


def test_a_line_of_a_mebibyte_is_cut_and_says_so() -> None:
    lines = view(b"x" * (1 << 20), TEXT, "text", 100)
    assert "".join(lines[:-1]) == "x" * MAX_TEXT_BYTES
    assert lines[-1] == "… 786,432 bytes not shown"


def test_character_at_the_cut_is_not_halved() -> None:
    lines = view(b"x" + "€".encode() * 100_000, TEXT, "text", 100)
    assert "\ufffd" not in "".join(lines)


def test_many_lines_are_cut_and_say_so() -> None:
    lines = view(b"a\n" * 200_000, TEXT, "text", 80)
    assert len(lines) == MAX_LINES + 1
    assert lines[-1] == "… 252,144 characters and 137,856 bytes not shown"


def test_no_payload_is_told() -> None:
    for mode in MODES:
        assert view(b"", TEXT, mode, 80) == ["(empty)"]


# Hex


def test_hex_dump() -> None:
    payload = b'{"a":\x00\xff' + bytes(range(10)) + b"~\x7f"
    assert view(payload, BINARY, "hex", 80) == [
        '00000000  7b 22 61 22 3a 00 ff 00 01 02 03 04 05 06 07 08  |{"a":...........|',
        "00000010  09 7e 7f                                         |.~.|",
    ]


@pytest.mark.parametrize(
    ("width", "in_a_line"), [(20, 1), (21, 2), (29, 4), (45, 8), (77, 16), (300, 16)]
)
def test_hex_dump_takes_the_width_it_gets(width: int, in_a_line: int) -> None:
    lines = view(bytes(64), BINARY, "hex", width)
    assert len(lines) == 64 // in_a_line
    assert len(lines[0]) == 4 * in_a_line + 13


def test_hex_dump_of_much_is_cut_and_says_so() -> None:
    lines = view(bytes(1 << 20), BINARY, "hex", 80)
    assert len(lines) == 4097
    assert lines[-1] == "… 983,040 bytes not shown"
    assert len(view(bytes(1 << 20), BINARY, "hex", 20)) <= MAX_LINES + 2
