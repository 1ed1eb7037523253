"""Lines: cut, padded, shortened, joined."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.model.visible import cell_width, visible
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.line import (
    BLANK,
    STYLES,
    Line,
    Span,
    dimmed,
    ends,
    fill,
    joined,
    tail,
    width_of,
)

texts = st.text(max_size=40).map(visible)
spans = st.lists(st.tuples(texts, st.sampled_from(STYLES)), max_size=6)
widths = st.integers(0, 60)


@given(spans, widths)
def test_filled_spans_have_exactly_that_width(spans: list[Span], width: int) -> None:
    assert width_of(fill(spans, width)) == width


@given(spans)
def test_joined_spans_say_the_same(spans: list[Span]) -> None:
    said = joined(spans)
    assert "".join(text for text, _ in said) == "".join(text for text, _ in spans)
    assert all(text for text, _ in said)
    assert all(a[1] != b[1] for a, b in pairwise(said))


def test_a_few_blanks_take_the_style_before_them() -> None:
    assert joined([("a", "plain"), (" ", "muted"), ("b", "plain")]) == [
        ("a b", "plain")
    ]


@given(texts, widths)
def test_shortened_texts_have_exactly_that_width(text: str, width: int) -> None:
    assert cell_width(tail(text, width)) == width
    assert cell_width(ends(text, width)) == width


def test_what_ids_differ_in_is_kept() -> None:
    url = "wss://stream.example/ws/btcusdt@trade"
    assert tail(url, 14) == "…btcusdt@trade"
    assert ends(url, 14) == "…btcusdt@trade"
    assert ends(url, 30) == "wss://strea…e/ws/btcusdt@trade"
    assert ends(url, 40) == f"{url}   "


def test_a_dimmed_line_says_the_same() -> None:
    line = Line((("a", "good"), ("b", "muted"), ("c", "frame")), "cursor")
    assert dimmed(line) == Line(
        (("a", "dim"), ("b", "faint"), ("c", "frame")), "cursor"
    )
    assert dimmed(BLANK) == BLANK


@given(texts)
def test_ascii_is_as_wide(text: str) -> None:
    text = text.replace("⏎", "")
    said = to_ascii(text)
    assert said.isascii()
    assert len(said) == cell_width(text) or any(cell_width(c) == 0 for c in text)
