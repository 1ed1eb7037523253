"""The pictures of the notebooks: whole, and harmless whatever they are of."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pandas as pd
import polars as pl
import pytest

from notebooks.pictures import Picture, candles, lines, marbles, shares
from ssc_rx.operators import Bar

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = {
    "time": [BEGIN + timedelta(seconds=n) for n in range(4)],
    "price": [1.0, 3.0, 2.0, 2.0],
    "symbol": ["<A>", "B", "<A>", "B"],
}


def elements(picture: Picture, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(picture._repr_html_()).iter(tag))


@pytest.mark.parametrize("frame", [pl.DataFrame(COLUMNS), pd.DataFrame(COLUMNS)])
def test_a_frame_is_a_line_for_each_name(frame: pl.DataFrame) -> None:
    picture = lines(frame, x="time", y="price", by="symbol")
    assert len(elements(picture, "polyline")) == 2
    texts = [element.text for element in elements(picture, "text")]
    assert {"<A>", "B", "price", "3.0 s", "1.00"} <= set(texts)


def test_a_bar_is_a_candle_of_its_colour() -> None:
    rose = Bar("x", 0.0, 1.0, 4.0, 1.0, 3.0, 0.0, 5)
    fell = Bar("x", 1.0, 3.0, 3.0, 1.0, 2.0, 0.0, 5)
    up, down = elements(candles("price", [rose, fell], 1.0), "rect")
    heights = [float(bar.attrib["height"]) for bar in (up, down)]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    colours = {g.attrib["fill"] for g in elements(candles("", [rose, fell], 1.0), "g")}
    assert len(colours) == 2


def test_shares_are_as_wide_as_they_are_large() -> None:
    one, three = elements(shares("writes", {"sent": 1, "lost": 3}), "rect")
    assert float(three.attrib["width"]) == pytest.approx(
        3 * float(one.attrib["width"]), abs=5
    )


def test_marbles_are_where_they_are_drawn() -> None:
    picture = marbles(("source", "--a-b-|"), ("result", "--a----"))
    at = [float(element.attrib["cx"]) for element in elements(picture, "circle")]
    assert at[0] == at[2] < at[1]


@pytest.mark.parametrize("frame", [pl.DataFrame(COLUMNS).clear()])
def test_of_nothing_there_is_a_picture(frame: pl.DataFrame) -> None:
    for picture in (
        lines(frame, x="time", y="price", by="symbol"),
        candles("price", [], 1.0),
        shares("writes", {}),
        marbles(("source", "")),
    ):
        assert elements(picture, "text")
