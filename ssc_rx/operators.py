"""Operators typed for streams of `Message`; see `ssc_rx.streams.operators`, and for those
of analysts `ssc_rx.streams.analysis` and `ssc_rx.streams.joining`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ssc_rx.streams.operators import (
    fail_on_close,
    filter,
    from_id,
    json,
    map,
    text,
    where,
)

if TYPE_CHECKING:
    from ssc_rx.analysis.asof import Joined
    from ssc_rx.analysis.bars import Bar
    from ssc_rx.analysis.pacing import Gap, Rate
    from ssc_rx.analysis.sequences import SequenceGap
    from ssc_rx.analysis.statistics import Statistics
    from ssc_rx.streams.analysis import (
        Analysis,
        bars,
        distinct,
        gaps,
        latest,
        rates,
        sequence_gaps,
        statistics,
    )
    from ssc_rx.streams.joining import Joining, asof

__all__ = [
    "Analysis",
    "Bar",
    "Gap",
    "Joined",
    "Joining",
    "Rate",
    "SequenceGap",
    "Statistics",
    "asof",
    "bars",
    "distinct",
    "fail_on_close",
    "filter",
    "from_id",
    "gaps",
    "json",
    "latest",
    "map",
    "rates",
    "sequence_gaps",
    "statistics",
    "text",
    "where",
]

_LATE = {
    "ssc_rx.analysis.asof": ("Joined",),
    "ssc_rx.analysis.bars": ("Bar",),
    "ssc_rx.analysis.pacing": ("Gap", "Rate"),
    "ssc_rx.analysis.sequences": ("SequenceGap",),
    "ssc_rx.analysis.statistics": ("Statistics",),
    "ssc_rx.streams.joining": ("Joining", "asof"),
    "ssc_rx.streams.analysis": (
        "Analysis",
        "bars",
        "distinct",
        "gaps",
        "latest",
        "rates",
        "sequence_gaps",
        "statistics",
    ),
}
"""What only analysts need, and so is imported when they ask for it."""


def __getattr__(name: str) -> Any:
    for module, names in _LATE.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
