"""What operators give, as data frames of both packages."""

import math
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import polars as pl
import pytest
from reactivex import operators as rx

from ssc_rx import (
    InvalidOptionError,
    Message,
    MessageType,
    Recording,
    SocketOpening,
    to_pandas,
    to_polars,
)
from ssc_rx import operators as ops

START = 1_700_000_000.0
MESSAGES = [
    Message(
        id, MessageType.TEXT, b'{"price": %d, "seq": %d}' % (n, n * 2), START + n / 4
    )
    for n, id in enumerate("xyxxyx")
]
OPERATORS: dict[str, Any] = {
    "rates": ops.rates(every=1),
    "statistics": ops.statistics("price", every=1),
    "statistics by count": ops.statistics("price", n=2),
    "bars": ops.bars("price", every=1),
    "gaps": ops.gaps(),
    "sequence gaps": ops.sequence_gaps("seq"),
}


async def results(operator: Any) -> list[Any]:
    replayed = Recording(MESSAGES).replay(speed=math.inf)
    found: list[Any] = await replayed.pipe(operator, rx.to_list())
    assert found
    return found


@pytest.mark.parametrize("name", OPERATORS)
async def test_times_are_datetimes_and_other_fields_are_as_they_are(name: str) -> None:
    found = await results(OPERATORS[name])
    at = "start" if hasattr(found[0], "start") else "time"
    seconds = [getattr(one, at) for one in found]
    frame, other = to_polars(found), to_pandas(found)
    assert frame[at].dtype == pl.Datetime("us", "UTC")
    assert frame[at].to_list() == [datetime.fromtimestamp(s, UTC) for s in seconds]
    assert list(other[at]) == [pd.Timestamp(s, unit="s", tz="UTC") for s in seconds]
    assert frame["id"].to_list() == list(other["id"]) == [one.id for one in found]
    for column in set(frame.columns) - {"id", at}:
        values = [getattr(one, column) for one in found]
        assert frame[column].to_list() == values
        assert [None if pd.isna(v) else v for v in other[column]] == values
    assert frame.columns == list(other.columns)


async def test_they_join_with_the_frame_of_a_recording() -> None:
    bars = to_polars(await results(OPERATORS["bars"]))
    trades = Recording(MESSAGES).to_polars(json=True)
    joined = trades.join_asof(bars, left_on="time", right_on="start", by="id")
    assert joined["count"].null_count() == 0


def test_events_have_frames_too() -> None:
    frame = to_polars([SocketOpening(id="x", time=START, kind="server")])
    assert frame["time"].to_list() == [datetime.fromtimestamp(START, UTC)]


def test_of_nothing_there_is_an_empty_frame() -> None:
    assert to_polars([]).is_empty()
    assert to_pandas(iter([])).empty


async def test_what_makes_no_frame_is_refused_with_what_to_do() -> None:
    bars, gaps = await results(OPERATORS["bars"]), await results(OPERATORS["gaps"])
    joined = ops.asof(Recording(MESSAGES).replay(speed=math.inf))
    for wrong, told in (
        ([*bars, *gaps], "not of Bar, Gap: filter"),
        (MESSAGES, r"Recording\(messages\)"),
        (await results(joined), "Joined has no columns"),
        ([1.5], "float has no columns"),
    ):
        for make in (to_polars, to_pandas):
            with pytest.raises(InvalidOptionError, match=told):
                make(wrong)
