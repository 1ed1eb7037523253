"""A recording is a sequence of messages, a stream again, and a table to look at."""

import asyncio
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as rx_ops
from reactivex.testing import TestScheduler

from ssc_rx import (
    InvalidMessageError,
    InvalidOptionError,
    Message,
    MessageType,
    Recording,
)
from ssc_rx import operators as ops
from ssc_rx.notebook.markup import MAX_ROWS

START = 1_764_100_000.0
SENT = [
    Message("x", MessageType.TEXT, b"1", START),
    Message("y", MessageType.BINARY, b"\xff\x00", START + 1),
    Message("x", MessageType.TEXT, b"three", START + 3),
]


def facts(messages: Any) -> list[Any]:
    """All that a message is, `time` included."""
    return [(m.id, m.type, m.payload, m.time) for m in messages]


def test_it_is_the_sequence_of_its_messages() -> None:
    recording = Recording(SENT)
    assert facts(recording) == facts(SENT)
    assert recording[1].type is MessageType.BINARY
    assert recording[-1] == SENT[-1]
    assert len(recording) == 3
    assert SENT[2] in recording
    with pytest.raises(IndexError):
        recording[3]


def test_columns_are_there_without_a_data_frame() -> None:
    recording = Recording(SENT)
    assert recording.ids == ["x", "y"]
    assert recording.times == [START, START + 1, START + 3]
    assert recording.payloads == [b"1", b"\xff\x00", b"three"]
    assert (recording.seconds, recording.bytes) == (3.0, 8)


_messages = st.lists(
    st.builds(
        Message,
        st.sampled_from(["a", "b", "c", "\ud800"]),
        st.sampled_from(MessageType),
        st.binary(max_size=9),
        st.floats(0, 4e9),
    )
)


@given(_messages, st.slices(12))
def test_slices_are_those_of_a_list(messages: list[Message], part: slice) -> None:
    some = Recording(messages)[part]
    assert facts(some) == facts(messages[part])
    assert some.ids == list(dict.fromkeys(m.id for m in messages[part]))


@given(_messages)
def test_what_is_chosen_is_what_a_comprehension_chooses(
    messages: list[Message],
) -> None:
    recording = Recording(messages)
    assert facts(recording.from_id("a")) == facts(m for m in messages if m.id == "a")
    even = [m for m in messages if len(m.payload) % 2 == 0]
    assert facts(recording.filter(lambda m: len(m.payload) % 2 == 0)) == facts(even)


def test_what_is_wrong_with_a_message_is_told() -> None:
    wrong: Any = [SENT[0], {"a": 1}]
    with pytest.raises(InvalidMessageError, match="expected messages, got dict"):
        Recording(wrong)
    payload: Any = "text"
    with pytest.raises(
        InvalidMessageError, match="'x' has a payload of str, not bytes"
    ):
        Recording([Message("x", MessageType.TEXT, payload)])


@pytest.mark.virtual_time
async def test_it_is_played_in_its_time_from_its_first_message() -> None:
    loop = asyncio.get_running_loop()
    began, got, done = loop.time(), list[tuple[float, str]](), asyncio.Event()
    Recording(SENT).replay(speed=2).subscribe(
        lambda m: got.append((round(loop.time() - began, 3), m.id)),
        on_completed=done.set,
    )
    await done.wait()
    assert got == [(0, "x"), (0.5, "y"), (1.5, "x")]


async def test_a_pipeline_of_the_pool_runs_on_it() -> None:
    stream = Recording(SENT).replay(speed=math.inf)
    texts = stream.pipe(ops.from_id("x"), ops.text(), rx_ops.to_list())
    assert await texts == ["1", "three"]
    assert await texts == ["1", "three"]


def test_it_runs_on_a_test_scheduler() -> None:
    scheduler, got = TestScheduler(), list[Message]()
    Recording(SENT).replay(scheduler=scheduler).subscribe(got.append)
    scheduler.start()
    assert facts(got) == facts(SENT)


def test_a_speed_that_can_not_be_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="speed"):
        Recording(SENT).replay(speed=0)


def test_its_repr_says_how_much_of_what() -> None:
    assert (
        repr(Recording(SENT)) == "<Recording of 3 messages of 2 IDs, 3.000 s, 8 bytes>"
    )
    assert repr(Recording()) == "<Recording of 0 messages of 0 IDs, 0.000 s, 0 bytes>"


def test_its_table_has_a_row_for_each_id() -> None:
    shown = html_of(Recording(SENT))
    assert "3 messages of 2 IDs" in shown
    for cell in ("x", "2", "6", "2025-11-25 19:46:40.000", "2025-11-25 19:46:43.000"):
        assert f">{cell}<" in shown.replace(f">{cell}</bdi", f">{cell}<")


def test_its_table_is_bounded_and_harmless() -> None:
    hostile = "wss://user:secret@a.example/<script>alert(1)</script>\u202e\x1b[2J"
    many = [
        Message(f"{hostile}{n}", MessageType.TEXT, b"", math.inf) for n in range(999)
    ]
    shown = html_of(Recording(many))
    assert shown.count("<tr") == MAX_ROWS + 1
    assert "949 more" in shown
    for harm in ("secret", "<script", "\u202e", "\x1b"):
        assert harm not in shown


def html_of(recording: Any) -> str:
    bundle: dict[str, str] = recording._repr_mimebundle_()
    assert bundle["text/plain"] == repr(recording)
    return bundle["text/html"]
