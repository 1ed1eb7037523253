"""Columns as data frames of polars and pandas, which are imported when asked for."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ssc_rx.collecting.columns import Columns
from ssc_rx.collecting.json_columns import JsonColumns
from ssc_rx.message import MessageType

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs] - it has none
    import polars as pl

__all__ = [
    "PANDAS_TYPES",
    "MissingPackageError",
    "encodable",
    "imported",
    "pandas_frame",
    "pandas_times",
    "polars_frame",
    "polars_times",
    "type_of",
]

_TYPE_NAMES = [f"type {opcode}" for opcode in range(256)]
for _kind in MessageType:
    _TYPE_NAMES[_kind] = _kind.name


class MissingPackageError(ImportError):
    """A package of an extra is not installed; says which, and how to get it."""

    def __init__(self, package: str, how: str) -> None:
        super().__init__(f"this needs {package}: {how}", name=package)


def imported(package: str) -> Any:
    """Polars or pandas.

    Raises:
        MissingPackageError: If it isn't installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise MissingPackageError(package, _HOW[package]) from error


_HOW = {
    "polars": "pip install 'ssc-rx[notebook]'",
    "pandas": "pip install pandas",
    "numpy": "pip install pandas",
}


def polars_times(seconds: Sequence[float]) -> "pl.Series":
    """UNIX seconds as datetimes in UTC, to the microsecond."""
    imported("polars")
    import polars as pl

    micros = (pl.Series(seconds, dtype=pl.Float64) * 1e6).round().cast(pl.Int64)
    return micros.cast(pl.Datetime("us", "UTC"))


def pandas_times(seconds: Sequence[float]) -> Any:
    """The same for pandas."""
    np, pd = imported("numpy"), imported("pandas")
    micros = (np.array(seconds, dtype="float64") * 1e6).round().astype("int64")
    return pd.to_datetime(micros, unit="us", utc=True)


def polars_frame(columns: Columns, json: JsonColumns | None) -> "pl.DataFrame":
    """A frame of polars: see `Recording.to_polars`.

    Raises:
        MissingPackageError: If polars isn't installed.
    """
    imported("polars")
    import polars as pl

    def named(names: Sequence[str], codes: Any) -> pl.Series:
        texts = pl.Series(names, dtype=pl.String).cast(pl.Categorical)
        return texts.gather(pl.Series(codes, dtype=pl.UInt32))

    found: dict[str, Any] = {
        "id": named(encodable(columns.ids), columns.codes),
        "time": polars_times(columns.times),
    }
    if json is None:
        found["type"] = named(_TYPE_NAMES, columns.types)
        found["size"] = pl.Series(columns.sizes, dtype=pl.UInt64).cast(pl.Int64)
        found["payload"] = pl.Series(columns.payloads, dtype=pl.Binary)
        return pl.DataFrame(found)
    for name, values in _beside(found, json):
        found[name] = pl.Series(name, values)
    return pl.DataFrame(found)


def pandas_frame(columns: Columns, json: JsonColumns | None) -> "pd.DataFrame":
    """A frame of pandas: see `Recording.to_pandas`.

    Raises:
        MissingPackageError: If pandas isn't installed.
    """
    pd = imported("pandas")  # it has no types
    import numpy as np

    def named(names: Sequence[str], codes: Any, dtype: str) -> Any:
        numbers: Any = np.array(np.frombuffer(codes, dtype)) if len(codes) else []
        coded = pd.Categorical.from_codes(numbers, categories=list(names))
        return coded.remove_unused_categories()

    found: dict[str, Any] = {
        "id": named(encodable(columns.ids), columns.codes, "uint32"),
        "time": pandas_times(columns.times),
    }
    if json is None:
        found["type"] = named(_TYPE_NAMES, columns.types, "uint8")
        found["size"] = np.array(columns.sizes, dtype="int64")
        found["payload"] = pd.Series(columns.payloads, dtype=object)
        return pd.DataFrame(found)
    for name, values in _beside(found, json):
        found[name] = pd.Series(values, dtype=PANDAS_TYPES.get(type_of(values), object))
    return pd.DataFrame(found)


PANDAS_TYPES: dict[type, Any] = {
    bool: "boolean",
    int: "Int64",
    float: "float64",
    str: "string",
}
"""Those that know of missing values."""


def type_of(values: Sequence[object]) -> type[object]:
    """Of the first that isn't missing."""
    for value in values:
        if value is not None:
            return value.__class__
    return object


def _beside(
    found: dict[str, Any], json: JsonColumns
) -> list[tuple[str, Sequence[Any]]]:
    """The columns of JSON, by names that aren't taken."""
    taken = set(found) | set(json.columns)
    named: list[tuple[str, Sequence[Any]]] = []
    for name, values in json.columns.items():
        if name in found:
            name = f"payload.{name}"
            while name in taken:
                name = f"payload.{name}"
        named.append((name, values))
    return named


def encodable(ids: Sequence[str]) -> list[str]:
    """The same, but that lone surrogates, which no frame can hold, are escapes."""
    return [id.encode(errors="backslashreplace").decode() for id in ids]
