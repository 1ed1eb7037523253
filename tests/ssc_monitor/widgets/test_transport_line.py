"""Where a recording is played, in one line."""

import math

import pytest

from ssc_monitor.model.transport import Transport
from ssc_monitor.model.visible import cell_width
from ssc_monitor.widgets.transport_line import transport_line


def at(position_s: float, length_s: float = 200.0, read: float = 1.0) -> Transport:
    transport = Transport()
    transport.learn(length_s, read, None)
    transport.reach(position_s)
    return transport


def test_state_speed_position_and_keys() -> None:
    text = transport_line(at(50), 140).text
    for part in ("▶ PLAYING", "1×", "0:50 / 3:20", "━", "space pause", "T go to"):
        assert part in text
    bar = text.count("━"), text.count("─")
    assert bar[0] / sum(bar) == pytest.approx(0.25, abs=0.02)


def test_what_is_not_read_yet_is_told() -> None:
    text = transport_line(at(10, 86, read=0.43), 140).text
    assert "0:10 / 1:26 and more, 43% read" in text
    assert "·" in text
    waiting = at(10, 86, read=0.43)
    waiting.go(300)
    assert "READING" in transport_line(waiting, 140).text
    assert "5:00 /" in transport_line(waiting, 140).text


def test_states_have_a_word_each() -> None:
    transport = at(200)
    transport.pause()
    assert "PAUSED" in transport_line(transport, 100).text
    transport.reach(200, ended=True)
    assert "ENDED" in transport_line(transport, 100).text
    transport.speed = math.inf
    transport.damage = "it was cut off"
    assert "max" in transport_line(transport, 100).text
    assert "damaged" in transport_line(transport, 100).text


def test_an_empty_recording_has_a_line_too() -> None:
    assert "0:00 / 0:00" in transport_line(at(0, 0), 100).text


@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 100, 140, 300])
def test_it_keeps_what_is_needed_most_and_its_width(width: int) -> None:
    text = transport_line(at(50), width).text
    if width >= 40:
        assert len(text) <= width
        assert "0:50 / 3:20" in text


def test_in_ascii_the_names_of_its_keys_have_room() -> None:
    for width in (60, 80, 100, 120):
        line = transport_line(at(50), width, ascii=True)
        assert cell_width(line.text) <= width
    assert "left right 10 s" in line.text
