"""Payloads of JSON to columns, whatever is in them. Pure.

{"price": 1, "book": {"bid": 2}}      price   book.bid
{"price": 1.5}                    →     1.0          2
pong                                    1.5       None
                                       None       None
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

__all__ = ["JsonColumns", "Values", "json_columns"]

MAX_COLUMNS = 256
"""More keys than that are an index of something, not columns."""
MAX_DEPTH = 8
"""Objects within more objects than that stay JSON."""
WHOLE = "value"
"""The column of what is JSON, but no object."""

Values = list[Any]
_INT64 = range(-(2**63), 2**63)
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class JsonColumns:
    """What payloads hold, a column for each key.

    Attributes:
        columns: By key, those of objects within objects joined with a dot; a value for
            each payload, `None` where it has none. JSON that is no object is in `value`.
            The values of a column are of one type: `bool`, `int`, `float`, `str`, or
            lists of one; where they were not, each is text.
        not_json: How many payloads aren't JSON; they are `None` in all columns.
        mixed: Keys whose values were of more than one type, and so are text now: strings
            as they are, all else as JSON. (Numbers that are partly whole become `float`.)
        left_out: How many values of further keys are in no column, as there are 256.
    """

    columns: dict[str, Values]
    not_json: int = 0
    mixed: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def warning(self) -> str | None:
        """What of it one should know; `None` if it all went well."""
        says: list[str] = []
        if self.not_json:
            says.append(f"not JSON, and so null in all columns: {self.not_json:,}")
        if self.mixed:
            shown = ", ".join(repr(key[:80]) for key in self.mixed[:10])
            more = len(self.mixed) - 10
            says.append(
                "of several types, and so text: "
                + shown
                + (f" and {more} more" if more > 0 else "")
            )
        if self.left_out:
            says.append(
                f"left out, as there are {MAX_COLUMNS} columns: {self.left_out:,} values"
            )
        return "; ".join(says) or None


def json_columns(payloads: Iterable[bytes]) -> JsonColumns:
    """Decode payloads; never fails, whatever they are."""
    table = _Table()
    rows = 0
    for payload in payloads:
        try:
            value = _decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            table.not_json += 1
        else:
            if type(value) is dict:
                table.put_object(rows, cast("dict[str, Any]", value))
            else:
                table.put(rows, WHOLE, value)
        rows += 1
    mixed: list[str] = []
    for name, column in table.columns.items():
        column.extend([None] * (rows - len(column)))
        if not _made_of_one_kind(column):
            mixed.append(name)
    return JsonColumns(table.columns, table.not_json, tuple(mixed), table.left_out)


@dataclass(slots=True)
class _Table:
    columns: dict[str, Values] = field(default_factory=dict[str, Values])
    not_json: int = 0
    left_out: int = 0

    def put_object(
        self, row: int, value: dict[str, Any], prefix: str = "", depth: int = 1
    ) -> None:
        columns = self.columns
        for key, one in value.items():
            name = prefix + key
            if type(one) is dict and depth < MAX_DEPTH:
                inner = cast("dict[str, Any]", one)
                self.put_object(row, inner, f"{name}.", depth + 1)
            elif (column := columns.get(name)) is not None and len(column) == row:
                column.append(one)
            else:
                self.put(row, name, one)

    def put(self, row: int, name: str, value: Any) -> None:
        """Also where a row is missing, or has it already ("a.b" beside {"a": {"b"}})."""
        column = self.columns.get(name)
        if column is None:
            if len(self.columns) >= MAX_COLUMNS:
                self.left_out += 1
                return
            column = self.columns[name] = []
        if len(column) > row:
            self.left_out += 1
            return
        column.extend([None] * (row - len(column)))
        column.append(value)


def _made_of_one_kind(column: Values) -> bool:
    """Make the values of a column alike; tells if it took text to do so."""
    types = set(map(type, column)) - {type(None)}
    if types <= {bool} or types <= {str} or types <= {float}:
        return True
    kind = _kind_of(column)
    if kind is float:
        column[:] = [_as_floats(value) for value in column]
    elif kind is None:
        column[:] = [_as_text(value) for value in column]
    return kind is not None or types == {dict}


def _kind_of(values: Values, depth: int = 1) -> type | None:
    """What values are, or what is in them if all are lists; `None` if it isn't one."""
    types = set(map(type, values)) - {type(None)}
    if types <= {int, float}:
        if not all(value in _INT64 for value in values if type(value) is int):
            return None
        return float if float in types else int
    if types == {list} and depth < MAX_DEPTH:
        inner = [one for value in values if value is not None for one in value]
        return _kind_of(inner, depth + 1)
    return types.pop() if len(types) == 1 and types <= {bool, str} else None


def _as_floats(value: list[Any] | float | None) -> list[Any] | float | None:
    if isinstance(value, list):
        return [_as_floats(one) for one in value]
    return None if value is None else float(value)


def _as_text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:  # it could just be read, from higher up
        return "…"
