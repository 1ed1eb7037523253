"""Messages as columns: `await collect(pool.messages, n=1000)`, to frames and files."""

from ssc_rx.collecting.collect import CollectTimeoutError, collect
from ssc_rx.collecting.json_columns import JsonColumns
from ssc_rx.collecting.recording import Recording
from ssc_rx.collecting.results import to_pandas, to_polars

__all__ = [
    "CollectTimeoutError",
    "JsonColumns",
    "Recording",
    "collect",
    "to_pandas",
    "to_polars",
]
