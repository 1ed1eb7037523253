"""What became of a command, in words."""

import pytest

from ssc_monitor.model.receipt import pong, receipt
from ssc_rx.monitor import wire


@pytest.mark.parametrize(
    ("answer", "text", "well"),
    [
        (wire.Answer(1, queued=9), "queued to 9", True),
        (
            wire.Answer(1, queued=1200, dropped=2, closed=1),
            "queued to 1,200, dropped by 2: no room, not open: 1",
            True,
        ),
        (wire.Answer(1, dropped=1), "dropped by 1: no room", False),
        (wire.Answer(1), "there is no socket", False),
        (wire.Answer(1, "no\x1b[2J"), "no␛[2J", False),
    ],
)
def test_receipt(answer: wire.Answer, text: str, well: bool) -> None:
    assert receipt(answer) == (text, well)


def test_pong() -> None:
    assert pong(wire.Answer(1, round_trip=0.0234)) == "pong after 23ms"
    assert pong(wire.Answer(1, "no pong\x07")) == "ping: no pong␇"
