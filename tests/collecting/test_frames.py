"""Recordings as data frames, of both packages."""

import subprocess
import sys
import warnings
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import polars as pl
import pytest

from ssc_rx import Message, MessageType, Recording
from tests.collecting.test_recording import SENT, START

QUOTES = [
    Message("x", MessageType.TEXT, b'{"price": 1, "time": "09:00"}', START),
    Message("y", MessageType.TEXT, b'{"price": 2.5, "book": {"bid": 7}}', START + 0.25),
]
PONG = Message("y", MessageType.TEXT, b"pong", START + 1)


def test_a_row_of_polars_for_each_message() -> None:
    frame = Recording(SENT).to_polars()
    assert frame.columns == ["id", "time", "type", "size", "payload"]
    assert frame.row(1) == (
        "y",
        datetime.fromtimestamp(START + 1, UTC),
        "BINARY",
        2,
        b"\xff\x00",
    )
    assert frame["time"].dtype == pl.Datetime("us", "UTC")
    assert frame["id"].dtype == pl.Categorical
    assert frame.filter(pl.col("id") == "x").height == 2


def test_a_row_of_pandas_for_each_message() -> None:
    frame = Recording(SENT).to_pandas()
    assert list(frame.columns) == ["id", "time", "type", "size", "payload"]
    assert list(frame.iloc[1]) == [
        "y",
        pd.Timestamp(START + 1, unit="s", tz="UTC"),
        "BINARY",
        2,
        b"\xff\x00",
    ]
    assert list(frame["type"].cat.categories) == ["TEXT", "BINARY"]
    assert len(frame[frame.id == "x"]) == 2


def test_json_is_columns_of_polars() -> None:
    frame = Recording(QUOTES).to_polars(json=True)
    assert dict(frame.schema) == {
        "id": pl.Categorical,
        "time": pl.Datetime("us", "UTC"),
        "price": pl.Float64,
        "payload.time": pl.String,
        "book.bid": pl.Int64,
    }
    assert frame["price"].to_list() == [1.0, 2.5]
    assert frame["book.bid"].to_list() == [None, 7]


def test_json_is_columns_of_pandas() -> None:
    frame = Recording(QUOTES).to_pandas(json=True)
    assert list(frame.columns) == ["id", "time", "price", "payload.time", "book.bid"]
    assert list(frame["price"]) == [1.0, 2.5]
    assert frame["book.bid"].dtype == "Int64"
    assert list(frame["book.bid"].isna()) == [True, False]


@pytest.mark.parametrize("to", ["to_polars", "to_pandas"])
def test_what_is_not_json_is_a_row_of_nulls_and_a_warning(to: str) -> None:
    with pytest.warns(
        UserWarning, match="not JSON, and so null in all columns: 1"
    ) as told:
        frame: Any = getattr(Recording([*QUOTES, PONG]), to)(json=True)
    assert len(frame) == 3
    assert told[0].filename == __file__
    with warnings.catch_warnings(action="error"):
        getattr(Recording(QUOTES), to)(json=True)


@pytest.mark.parametrize("to", ["to_polars", "to_pandas"])
@pytest.mark.parametrize("json", [False, True])
def test_of_nothing_it_is_an_empty_frame_of_the_same_columns(
    to: str, json: bool
) -> None:
    frame: Any = getattr(Recording(), to)(json=json)
    full: Any = getattr(Recording(SENT), to)()
    assert len(frame) == 0
    assert list(frame.columns) == list(full.columns)[: 2 if json else 5]


@pytest.mark.parametrize("to", ["to_polars", "to_pandas"])
def test_lists_and_all_else_that_json_has(to: str) -> None:
    payload = b'{"l": [[1, 2.5]], "b": true, "n": null, "s": "\xc3\xa9", "m": [1, "x"]}'
    message = Message("\ud800", MessageType.TEXT, payload)
    with pytest.warns(UserWarning, match="several types, and so text: 'm'"):
        frame: Any = getattr(Recording([message, message]), to)(json=True)
    assert list(frame["s"]) == ["é", "é"]
    assert list(frame["id"]) == ["\\ud800"] * 2
    assert [list(map(list, one)) for one in frame["l"]] == [[[1.0, 2.5]]] * 2
    assert list(frame["m"]) == ['[1,"x"]'] * 2


@pytest.mark.parametrize(
    ("to", "package", "how"),
    [
        ("to_polars", "polars", "pip install 'ssc-rx[notebook]'"),
        ("to_pandas", "pandas", "pip install pandas"),
    ],
)
def test_without_the_package_the_error_says_what_to_install(
    to: str, package: str, how: str
) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from ssc_rx import Recording\n"
        f"try: Recording().{to}()\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout == f"this needs {package}: {how}\n"
