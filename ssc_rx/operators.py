"""Operators typed for streams of `Message`; see `ssc_rx.streams.operators`."""

from ssc_rx.streams.operators import (
    fail_on_close,
    filter,
    from_id,
    json,
    map,
    text,
    where,
)

__all__ = ["fail_on_close", "filter", "from_id", "json", "map", "text", "where"]
