"""The pictures."""

from pathlib import Path
from xml.etree import ElementTree as ET

from benchmarks.bar import Bar
from benchmarks.plot import bars_of, svg, write_plots
from benchmarks.verdict import Line
from tests.benchmarks.results import SETTINGS, line, table

BAR = Bar("at least", 3.0, 3.5)


def test_a_picture_shows_each_case_once_the_cheapest_first() -> None:
    found = line(BAR, (1.0, 4.0), (2.0, 5.0), (3.0, 6.0))
    picture = svg(table(found.row), "cpu_us", bars_of([found, found], "cpu_us"))
    texts = [element.text or "" for element in ET.fromstring(picture).iter()]
    assert "Fan-in <in bursts>" in texts
    assert [text for text in texts if text.endswith("µs")] == ["2.00 µs", "5.00 µs"]
    assert texts.index("ssc-rx, filter and map") < texts.index("websockets")


def test_there_is_no_picture_of_what_was_not_measured(tmp_path: Path) -> None:
    failed = Line(line(BAR).row, "uvloop", failure="a message is missing")
    unequal = line(BAR, (1.0, 5.0), settings=SETTINGS | {"subject TCP_NODELAY": "0"})
    for found in (failed, unequal):
        assert write_plots(tmp_path, [(table(found.row), [found])]) == []
