"""Operators typed for streams of `Message`; see `ssc_rx.streams.operators`, and for those
of analysts `ssc_rx.streams.analysis` and `ssc_rx.streams.joining`."""

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
from ssc_rx.streams.operators import (
    fail_on_close,
    filter,
    from_id,
    json,
    map,
    text,
    where,
)

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
