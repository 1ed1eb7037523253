"""Operators typed for streams of `Message`; see `ssc_rx.streams.operators`."""

from ssc_rx.streams.operators import filter, from_id, json, map, text, where

__all__ = ["filter", "from_id", "json", "map", "text", "where"]
