"""Whatever payloads hold, they become columns of one type each, and nothing is hidden."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.collecting import JsonColumns
from ssc_rx.collecting.json_columns import MAX_COLUMNS, json_columns


def columns_of(*payloads: Any) -> JsonColumns:
    return json_columns(
        payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        for payload in payloads
    )


def test_keys_are_columns_and_those_inside_have_dots() -> None:
    found = columns_of({"a": 1, "b": {"c": "x", "d": {"e": True}}}, {"a": 2, "b": {}})
    assert found.columns == {"a": [1, 2], "b.c": ["x", None], "b.d.e": [True, None]}
    assert found.warning is None


def test_keys_that_come_late_or_not_at_all_are_none() -> None:
    found = columns_of({"a": 1}, {"b": 2}, {"a": 3, "c": None})
    assert found.columns == {
        "a": [1, None, 3],
        "b": [None, 2, None],
        "c": [None, None, None],
    }


@pytest.mark.parametrize(
    ("values", "column", "mixed"),
    [
        ([1, 2.5, None], [1.0, 2.5, None], False),
        ([1, "x"], ["1", "x"], True),
        ([True, 1], ["true", "1"], True),
        ([[1], "x", 2.5], ["[1]", "x", "2.5"], True),
        ([2**63], [str(2**63)], True),
        ([10**400, 1.5], [str(10**400), "1.5"], True),
        ([-(2**63), 2**63 - 1], [-(2**63), 2**63 - 1], False),
        ([[1, 2], [], None], [[1, 2], [], None], False),
        ([[1, 2.5], [3]], [[1.0, 2.5], [3.0]], False),
        ([[[1, 2.5]], [[3, 4]]], [[[1.0, 2.5]], [[3.0, 4.0]]], False),
        ([[1], ["x"]], ["[1]", '["x"]'], True),
        ([[1, [2]]], ["[1,[2]]"], True),
        ([[{"p": 1}]], ['[{"p":1}]'], True),
        ([{"a": 1}, 5], [None, 5], False),
    ],
)
def test_the_values_of_a_column_are_of_one_type(
    values: list[Any], column: list[Any], mixed: bool
) -> None:
    found = columns_of(*({"k": value} for value in values))
    assert found.columns["k"] == column
    assert list(map(type, found.columns["k"])) == list(map(type, column))
    assert found.mixed == (("k",) if mixed else ())
    assert (found.warning is not None) == mixed


def test_what_is_not_json_is_counted() -> None:
    deep = b"[" * 100_000
    found = columns_of({"a": 1}, b"pong", b"", b"\xff", b'{"a":', deep, b"9" * 5000)
    assert found.columns == {"a": [1, *[None] * 6]}
    assert found.not_json == 6
    assert found.warning == "not JSON, and so null in all columns: 6"


def test_what_is_json_but_no_object_has_a_column() -> None:
    assert columns_of(1, {"a": 2}, 3).columns == {
        "value": [1, None, 3],
        "a": [None, 2, None],
    }


def test_two_keys_that_would_be_one_column_lose_nothing_unsaid() -> None:
    found = columns_of({"a.b": 1, "a": {"b": 2}})
    assert found.columns == {"a.b": [1]}
    assert found.left_out == 1
    assert "1 values" in (found.warning or "")


def test_objects_far_inside_stay_json() -> None:
    inside: Any = 1
    for _ in range(20):
        inside = {"k": inside}
    (column,) = columns_of(inside).columns.items()
    assert column[0] == ".".join("k" * 8)
    assert json.loads(column[1][0])


def test_keys_without_end_are_bounded_and_counted() -> None:
    found = columns_of(*({f"order {n}": 1} for n in range(MAX_COLUMNS + 7)))
    assert len(found.columns) == MAX_COLUMNS
    assert found.left_out == 7
    assert "7 values" in (found.warning or "")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
_payload = st.binary() | _json.map(
    lambda value: json.dumps(value, allow_nan=True).encode(errors="replace")
)


@given(st.lists(_payload))
def test_anything_at_all_becomes_a_frame(payloads: list[bytes]) -> None:
    found = json_columns(payloads)
    assert all(len(column) == len(payloads) for column in found.columns.values())
    frame = pl.DataFrame([pl.Series(name, v) for name, v in found.columns.items()])
    assert frame.width == len(found.columns)
