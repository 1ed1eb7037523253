"""What operators give, as data frames: `to_polars(await bars.pipe(rx.to_list()))`."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from ssc_rx.collecting.frames import (
    PANDAS_TYPES,
    encodable,
    imported,
    pandas_times,
    polars_times,
    type_of,
)
from ssc_rx.errors import InvalidOptionError
from ssc_rx.message import Message

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs] - it has none
    import polars as pl

__all__ = ["to_pandas", "to_polars"]

_TIMES = ("start", "time")
"""Fields that are UNIX seconds, in all that operators and `pool.events` give."""


def to_polars(results: Iterable[object]) -> "pl.DataFrame":
    """Make a frame of what an operator or `pool.events` gave, a row for each.

    A column for each field. `start` and `time` are datetimes (UTC, microseconds) and `id`
    is categorical, as in `Recording.to_polars`, so the two can be joined.

    Args:
        results: `Rate`, `Statistics`, `Bar`, `Gap` or `SequenceGap`, or events: all of
            one kind. Of none there is a frame without columns.

    Raises:
        InvalidOptionError: If they are of several kinds, or of one that has no fields;
            says what to do instead.
        ImportError: If polars isn't installed; says what to install.
    """
    imported("polars")
    import polars as pl

    found: dict[str, Any] = {}
    for name, values in _columns(results).items():
        if name in _TIMES:
            found[name] = polars_times(values)
        elif name == "id":
            found[name] = pl.Series(encodable(values), dtype=pl.Categorical)
        else:
            found[name] = pl.Series(name, values)
    return pl.DataFrame(found)


def to_pandas(results: Iterable[object]) -> "pd.DataFrame":
    """Make a frame of pandas of them; see `to_polars`.

    Raises:
        InvalidOptionError: As there.
        ImportError: If pandas isn't installed; says what to install.
    """
    pd = imported("pandas")
    found: dict[str, Any] = {}
    for name, values in _columns(results).items():
        if name in _TIMES:
            found[name] = pandas_times(values)
        elif name == "id":
            found[name] = pd.Categorical(encodable(values))
        else:
            kind = PANDAS_TYPES.get(type_of(values), object)
            found[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(found)


def _columns(results: Iterable[object]) -> dict[str, list[Any]]:
    rows = list(results)
    kinds = {type(row): None for row in rows}
    if len(kinds) > 1:
        several = ", ".join(kind.__name__ for kind in kinds)
        raise InvalidOptionError(
            f"a frame is of one kind of results, not of {several}: filter them, as in "
            "[one for one in results if isinstance(one, Bar)]"
        )
    if not rows:
        return {}
    names = _fields(rows[0])
    return {name: [getattr(row, name) for row in rows] for name in names}


def _fields(row: object) -> list[str]:
    if isinstance(row, Message):
        raise InvalidOptionError(
            "of messages, Recording(messages).to_polars() makes a frame, and to_pandas() "
            "one of pandas"
        )
    if is_dataclass(row):
        names: list[str] = [field.name for field in fields(row)]
    else:
        names = list(getattr(row, "__struct_fields__", ()))
    if not names or any(isinstance(getattr(row, name), Message) for name in names):
        raise InvalidOptionError(
            f"{type(row).__name__} has no columns: map each to a dict of what you want of "
            "it, and give a list of them to polars or pandas"
        )
    return names
