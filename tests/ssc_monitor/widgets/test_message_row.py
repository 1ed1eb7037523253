"""Lines of the stream of messages."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.clock import Clock
from ssc_monitor.model.entry import Entry
from ssc_monitor.widgets.line import width_of
from ssc_monitor.widgets.message_row import gap, row, type_name
from tests.ssc_monitor.hostile import unfit
from tests.ssc_monitor.scripted import START


def entry(preview: bytes, *, type: int = 1, size: int | None = None) -> Entry:
    size = len(preview) if size is None else size
    return Entry(1, 0, 1, "wss://a.example/feed", "in", type, size, START, preview)


def text(entry: Entry, width: int = 100) -> str:
    return "".join(t for t, _ in row(entry, width, Clock(UTC), selected=False))


def test_a_line_tells_time_direction_type_size_id_and_payload() -> None:
    assert text(entry(b"hello")).split() == [
        *("12:00:00.000", "↓", "T", "5B", "wss://a.example/feed", "hello"),
    ]


def test_binary_is_shown_as_bytes_and_a_preview_ends_with_dots() -> None:
    assert text(entry(b"\x00\xff", type=2, size=9)).endswith("00 ff …")
    assert text(entry(b"abc", size=9)).endswith("abc…")


@pytest.mark.parametrize(
    ("width", "time"), [(100, "12:00:00.000"), (60, "12:00:00"), (40, "00:00")]
)
def test_the_time_is_short_where_there_is_little_room(width: int, time: str) -> None:
    assert text(entry(b"x"), width).split()[0] == time


@given(st.binary(max_size=300), st.integers(36, 200), st.integers(0, 15), st.booleans())
def test_any_payload_gives_one_harmless_line(
    payload: bytes, width: int, type: int, with_id: bool
) -> None:
    spans = row(
        entry(payload, type=type), width, Clock(UTC), selected=True, with_id=with_id
    )
    assert not unfit("".join(t for t, _ in spans))


def test_what_is_missing_is_a_line() -> None:
    line = gap(8412, 60)
    assert " 8,412 not sampled ─" in "".join(t for t, _ in line)
    assert width_of(line) == 60
    assert "some not sampled" in "".join(t for t, _ in gap(None, 60))


def test_types_have_names() -> None:
    assert type_name(1) == "TEXT"
    assert type_name(99) == "opcode 99"
