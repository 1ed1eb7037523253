"""HTML of what peers sent: nothing of it acts, all of it is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.notebook.markup import (
    MAX_CHARACTERS,
    MAX_ROWS,
    card,
    code,
    dot,
    facts,
    joined,
    preview,
    table,
    text,
)
from tests.notebook.browser import Outline, assert_harmless
from tests.ssc_monitor.hostile import HOSTILE

SCRIPT = "<script>alert(1)</script>"
HOSTILE_TEXTS = [
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;script&gt;",
    "<!--",
    "</table></div>",
    *(text for _, text in HOSTILE),
]


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_nothing_that_a_peer_sent_acts(hostile: str) -> None:
    for shown in (
        text(hostile),
        code(hostile),
        dot("good", hostile),
        facts({hostile: hostile}),
        joined([hostile, hostile]),
        card("Socket", hostile, hostile, table([hostile], [[hostile]])),
        preview(hostile.encode(errors="surrogatepass"), binary=False),
    ):
        assert_harmless(shown)


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_shown(anything: str) -> None:
    assert_harmless(table([anything], [[anything]]))


@given(st.binary(max_size=1000), st.booleans())
def test_any_payload_can_be_shown(payload: bytes, binary: bool) -> None:
    assert_harmless(preview(payload, binary=binary))


def test_what_was_written_is_what_is_read() -> None:
    assert assert_harmless(text(SCRIPT)).said == SCRIPT
    assert Outline(text("a\u202eb\x1b\n")).said == "a«U+202E»b␛␊"


def test_only_what_this_module_made_is_html() -> None:
    assert text(text("<b>")) == "&lt;b&gt;"
    assert text(f"{text('<b>')}") == "&amp;lt;b&amp;gt;"


def test_a_long_text_is_cut() -> None:
    assert text("x" * 1_000_000) == "x" * MAX_CHARACTERS + "…"
    assert len(card("Pool", "<" * 10_000, "<" * 10_000)) < 5_000


def test_a_long_table_says_what_it_leaves_out() -> None:
    shown = table(["n"], [[n] for n in range(1234)])
    assert shown.count("<tr") == 1 + MAX_ROWS
    assert "… and 1,184 more" in shown
    assert "more" not in table(["n"], [[1]])
    assert "… and 9 more" in table(["n"], iter([[1]]), total=10)


def test_numbers_are_grouped_and_put_to_the_right() -> None:
    shown = table(["id", "messages"], [["7", 12403], ["8", None]])
    assert "12,403" in shown
    assert "–" in shown
    assert shown.count("text-align:right") == 3


@pytest.mark.parametrize(
    ("payload", "binary", "said"),
    [
        (b"hello", False, "hello"),
        (b"x" * 121, False, "x" * 120 + "… 121 bytes"),
        (b"\x00\xff", True, "00 ff 2 bytes"),
        (b"\x00" * 41, True, ("00 " * 40).rstrip() + "… 41 bytes"),
        (b"\xff<b>", False, "�<b>"),
    ],
)
def test_a_payload_s_beginning_is_shown(
    payload: bytes, binary: bool, said: str
) -> None:
    assert Outline(preview(payload, binary=binary)).said == said
