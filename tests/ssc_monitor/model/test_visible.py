import unicodedata
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from ssc_monitor.model.visible import (
    LIMIT,
    MAX_MARKS,
    cell_width,
    fit,
    joins,
    visible,
    visible_bytes,
    wrap,
)
from tests.ssc_monitor.hostile import HOSTILE, HOSTILE_PAYLOADS, unfit

HOSTILE_TEXTS = [text for _, text in HOSTILE]
NAMES = [name for name, _ in HOSTILE]
PAYLOADS = [payload for _, payload in HOSTILE_PAYLOADS]
PAYLOAD_NAMES = [name for name, _ in HOSTILE_PAYLOADS]

odd = st.sampled_from(
    "\x1b\x07\n\t\u0301\u0489\u200d\ufe0f\U0001f3fd🇩東ｱ…◌«\u1161\u3164a "
)
texts = (
    st.text(st.characters(codec=None), max_size=60)
    | st.text(odd, max_size=60)
    | st.lists(st.sampled_from(HOSTILE_TEXTS).map(lambda t: t[:50])).map("".join)
)


def assert_harmless(shown: str) -> None:
    assert not unfit(shown)
    assert shown.isprintable()
    shown.encode()
    runs = (len(list(run)) for marks, run in groupby(shown, joins) if marks)
    assert max(runs, default=0) <= MAX_MARKS
    assert not shown or not joins(shown[0])


@settings(deadline=None)
@given(texts)
def test_what_is_visible_is_harmless_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert_harmless(shown)
    assert visible(shown) == shown


@settings(deadline=None)
@given(texts, st.integers(0, 70))
def test_limit_is_kept_and_a_cut_text_is_not_cut_again(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert_harmless(shown)
    assert len(shown) <= limit + 1
    assert visible(shown, limit) == shown


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=NAMES)
def test_hostile_text_becomes_harmless(text: str) -> None:
    shown = visible(text)
    assert_harmless(shown)
    assert visible(shown) == shown
    assert len(shown) <= LIMIT + 1


@pytest.mark.parametrize("payload", PAYLOADS, ids=PAYLOAD_NAMES)
def test_hostile_payload_becomes_harmless(payload: bytes) -> None:
    assert_harmless(visible_bytes(payload))


def test_ascii_and_other_printable_text_stays_as_it_is() -> None:
    for text in ('{"s":"BTCUSDT"}', "Zürich – 東京 ±1 €", "e\u0301", "[/nope]"):
        assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x07", "␛[2J␇"),
        ("a\tb\r\n\x00", "a␉b␍␊␀"),
        ("\x7f\x9b", "␡«U+009B»"),
        ("\u202eexe\ud800", "«U+202E»exe«U+D800»"),
        ("\u2028\U000e0041", "«U+2028»«U+E0041»"),
        ("a\u00a0b\u3000c", "a␣b␣c"),
        ("❤️ 👍🏽", "❤ 👍"),
        ("🇩🇪", "ⒹⒺ"),
        ("x" + "\u0301" * 200, "x" + "\u0301" * 4 + "«+196»"),
        ("\u0301x", "◌\u0301x"),
        ("\u3164", "«U+3164»"),
    ],
)
def test_each_kind_has_its_mark(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_character_that_takes_no_cell_is_found_in_a_pile() -> None:
    for character in map(chr, range(0x110000)):
        if joins(character) and visible("x" + character) == "x" + character:
            assert visible("x" + character * 9) == f"x{character * MAX_MARKS}«+5»"


def test_a_long_text_is_cut_before_anything_else() -> None:
    assert visible("abcdef", 3) == "abc…"
    assert visible("\x1b" * 10, 3) == "␛␛␛…"
    assert visible("abc", 3) == "abc"


def test_payload_is_decoded_with_replacement() -> None:
    assert visible_bytes(b"a\xffb") == "a\ufffdb"


def test_character_that_the_end_of_a_preview_cuts_off_is_left_out() -> None:
    cut = "price €".encode()
    assert visible_bytes(cut[:-1]) == "price "
    assert visible_bytes(cut[:-2]) == "price "


@pytest.mark.parametrize("character", "a€😀")
@pytest.mark.parametrize("length", [3, 4, 5, 100])
def test_payload_is_cut_by_characters(character: str, length: int) -> None:
    shown = visible_bytes((character * length).encode(), 4)
    assert shown == (character * length if length <= 4 else character * 4 + "…")


@settings(deadline=None)
@given(texts, st.integers(-1, 50))
def test_fit_fills_exactly_the_width(text: str, width: int) -> None:
    for given_text in (text, visible(text)):
        fitted = fit(given_text, width)
        assert cell_width(fitted) == max(0, width)


@settings(deadline=None)
@given(texts, st.integers(0, 50))
def test_screen_agrees_on_how_wide_a_visible_text_is(text: str, width: int) -> None:
    shown = visible(text)
    assert cell_width(shown) == cell_len(shown)
    assert cell_len(fit(shown, width)) == width


def test_screen_agrees_on_each_printable_character() -> None:
    others = [
        hex(code)
        for code in range(0x20, 0x110000)
        if (c := chr(code)).isprintable()
        and visible(c) == c
        and cell_width(c) != cell_len(c)
    ]
    assert others == []


def test_fit_cuts_pads_and_never_halves_a_wide_character() -> None:
    assert fit("abc", 5) == "abc  "
    assert fit("abcdef", 5) == "abcd…"
    assert fit("東京証券", 8) == "東京証券"
    assert fit("東京証券", 7) == "東京証…"
    assert fit("東京証券", 6) == "東京… "
    assert fit("東京", 1) == "…"
    assert fit("e\u0301" * 3, 3) == "e\u0301" * 3


def test_fit_of_a_huge_text_looks_at_its_beginning_only() -> None:
    assert fit("東" * 10_000_000, 6) == "東東… "


@settings(deadline=None)
@given(texts, st.integers(1, 40))
def test_wrapped_lines_hold_all_of_the_text(text: str, width: int) -> None:
    shown = visible(text)
    lines = wrap(shown, width)
    assert "".join(lines) == shown
    assert lines
    assert all(cell_width(line) <= max(2, width) for line in lines)


@given(st.text(), st.integers(2, 40))
def test_lines_that_end_at_words_hold_all_of_the_text_too(
    text: str, width: int
) -> None:
    shown = visible(text)
    lines = wrap(shown, width, words=True)
    assert "".join(lines) == shown
    assert all(cell_width(line) <= width for line in lines)


def test_lines_end_at_words_where_there_are_any() -> None:
    text = "the peer ended the connection without a Close frame"
    assert wrap(text, 20, words=True) == [
        "the peer ended the ",
        "connection without ",
        "a Close frame",
    ]
    assert wrap("x" * 25, 20, words=True) == ["x" * 20, "x" * 5]


def test_marks_stay_with_their_character_when_wrapped() -> None:
    assert wrap("abcde\u0301f", 5) == ["abcde\u0301", "f"]


def test_categories_are_those_of_the_standard() -> None:
    assert unfit("\x1b\u202e\ud800\ue000\u0378\u2028\u2029") == set(
        "\x1b\u202e\ud800\ue000\u0378\u2028\u2029"
    )
    assert unicodedata.category("␛") == "So"
