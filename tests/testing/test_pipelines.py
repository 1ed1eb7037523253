"""A pipeline passes on marbles that are right, and on wrong ones the text says why."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import reactivex as rx
from reactivex import Observable
from reactivex import operators as rx_ops

from ssc_rx import Message, MessageType, Stream
from ssc_rx import operators as ops
from ssc_rx.testing import assert_marbles

Pipeline = Callable[[Stream[Message]], Observable[Any]]


def texts(messages: Stream[Message]) -> Observable[str]:
    return messages.pipe(ops.from_id("x"), ops.text())


@pytest.mark.parametrize(
    ("pipeline", "source", "expected"),
    [
        (ops.from_id("x"), "--x1--y1--x2--|", "--x1------x2--|"),
        (texts, "--x1--y1--x2--", "--a-------b---"),
        (ops.json(), "--x1--x2.--x3-|", "--1--------3--|"),
        (rx_ops.debounce(4.0), "-x1-x2-------x3-|", "--------x2------(x3,|)"),
        (ops.map(lambda m: int(m.text)), "(x1,x2)-|", "(1,2)---|"),
        (ops.map(lambda m: 1 / int(m.text)), "-x1--x0-x1-|", "-1.0-#"),
        (lambda m: m.pipe(rx_ops.timeout(3.0)), "-x1-------x2|", "-x1-#"),
        (lambda m: rx.timer(4.0), "-------", "----(0,|)"),
        (lambda m: rx.interval(2.0), "", "--0-1-2-"),
        (ops.map(str), "", ""),
    ],
)
def test_what_is_right_passes(pipeline: Pipeline, source: str, expected: str) -> None:
    assert_marbles(pipeline, source, expected, values={"a": "1", "b": "2"})


def test_names_stand_for_what_one_says() -> None:
    binary = Message.of("feed", b"\x00")
    assert_marbles(
        ops.where(type=MessageType.BINARY),
        "-a-b-|",
        "---b-|",
        messages={"a": Message.of("feed", {"price": 1}), "b": binary},
    )
    assert_marbles(
        ops.json(),
        "-1-|",
        "-1-|",
        messages={"1": Message.of("feed", {"price": 1})},
        values={"1": {"price": 1}},
    )


def test_a_source_may_fail_and_what_catches_it_is_tested() -> None:
    def caught(messages: Stream[Message]) -> Observable[Any]:
        return messages.pipe(rx_ops.catch(lambda error, _: rx.of(error.args[0])))

    assert_marbles(caught, "-x1-#", "-x1-(why,|)", error=OSError("why"))


def test_a_character_may_be_any_time() -> None:
    pipeline = rx_ops.debounce(0.05)
    assert_marbles(pipeline, "-a-b----|", "-----b--|", timespan_s=0.025)


@pytest.mark.parametrize(
    ("pipeline", "expected", "says"),
    [
        (
            ops.where(),
            "--x1------x2--|",
            """
  source    --x1--y1--x2--|
  expected  --x1------x2--|
  got       --x1--y1--x2--|
  at 6      expected nothing, got Message('y', TEXT, '1')""",
        ),
        (
            ops.from_id("x"),
            "--x1--y1--x2-|",
            """
  got       --x1------x2--|
  at 6      expected Message('y', TEXT, '1'), got nothing
  at 13     expected the end, got nothing
  at 14     expected nothing, got the end""",
        ),
        (
            ops.text(),
            "--one-1---2---|",
            """
  at 2      expected 'one', got '1'
  at 6      expected 1, got '1'
  at 10     expected 2, got '2'""",
        ),
        (
            rx_ops.delay(0.5),
            "--x1--y1--x2--|",
            "at 2.5    expected nothing, got Message",
        ),
        (
            ops.map(lambda m: int("none")),
            "--|",
            """
  got       --#
  at 2      expected the end, got an error (ValueError""",
        ),
        (rx_ops.skip(9), "--x1", "got       --------------|"),
        (rx_ops.ignore_elements(), "-" * 20, "at 14     expected nothing, got the end"),
    ],
)
def test_a_difference_is_told(pipeline: Pipeline, expected: str, says: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(says)):
        assert_marbles(pipeline, "--x1--y1--x2--|", expected)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="after a # or"):
        assert_marbles(texts, "-x1-|-x2", "-x1-|")
    with pytest.raises(ValueError, match="after a # or"):
        assert_marbles(texts, "-x1-|", "-x1-|-x1")
