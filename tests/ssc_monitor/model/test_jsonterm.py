import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.jsonterm import MAX_STEPS, read_path


def values(path: str, payload: bytes, *, whole: bool = True) -> list[str | float]:
    """What is found at a path."""
    found: list[str | float] = []
    steps = read_path(path)
    assert steps is not None
    steps.find(payload, whole, lambda value: found.append(value) is not None)
    return found


@pytest.mark.parametrize(
    ("path", "document", "found"),
    [
        ("s", {"s": "BTC"}, ["btc"]),
        ("data.s", {"data": {"s": "BTC"}}, ["btc"]),
        ("data.1.s", {"data": [{"s": "a"}, {"s": "b"}]}, ["b"]),
        ("data.s", {"data": [{"s": "a"}, {"s": "b"}]}, ["a", "b"]),
        ("data.9", {"data": [1]}, []),
        ("0.s", [{"s": 1}], [1]),
        ("tags", {"tags": ["x", "y", {"z": 1}]}, ["x", "y"]),
        ("1", {"1": "numeric name"}, ["numeric name"]),
        ("a", {"a": None}, ["null"]),
        ("a", {"a": True}, ["true"]),
        ("a", {"a": 1.5}, [1.5]),
        ("a", {"a": {}}, []),
        ("a.b", {"a": 1}, []),
        ("a", "a", []),
        ("é", {"é": 1}, [1]),
    ],
)
def test_values_at_a_path(path: str, document: Any, found: list[str | float]) -> None:
    assert values(path, json.dumps(document, ensure_ascii=False).encode()) == found


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (b'{"a":{"s":"BTC","p', ["btc"]),
        (b'{"s" : 12.5, "q":', [12.5]),
        (b'{"s":true,"x":[', ["true"]),
        (b'{"s":"cut of', []),
        (b'{"s":', []),
        (b'[{"s":1},{"s":2},{', [1, 2]),
        (b'{"s":{"deep":1},', []),
        (b'{"s":nonsense,', []),
        (b'{"s":"\\u0042\\"C","', ['b"c']),
    ],
)
def test_of_a_beginning_each_member_of_that_name_is_tried(
    payload: bytes, found: list[str | float]
) -> None:
    assert values("x.s", payload, whole=False) == found


def test_what_is_no_json_holds_nothing() -> None:
    for payload in (b"", b"s", b'{"s":}', b'"s"' * 10, b"[" * 100_000 + b'"s"'):
        assert values("s", payload) == []


def test_paths() -> None:
    assert read_path("a.b.0") is not None
    for text in ("", ".", "a.", ".a", "a..b", ".".join("a" * (MAX_STEPS + 1))):
        assert read_path(text) is None


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(min_size=1, max_size=10), st.booleans())
def test_any_payload_is_survived(payload: bytes, path: str, whole: bool) -> None:
    steps = read_path(path)
    if steps is not None:
        steps.find(payload, whole, lambda _: False)
