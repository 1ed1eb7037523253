"""What becomes a record, decided on events alone."""

import logging

import pytest

from ssc_rx import CloseInfo, ReconnectScheduled, SocketClosed
from ssc_rx.logbook import WARNINGS_AT_ONCE, Logbook


def dropped(attempt: int = 1, time: float = 0.0) -> ReconnectScheduled:
    info = CloseInfo(1006, "", "lost", clean=False)
    return ReconnectScheduled(id="x", attempt=attempt, delay=1.0, info=info, time=time)


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]


def test_the_warnings_of_one_outage_come_ever_more_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = Logbook("pool")
    for attempt in range(1, 1200):
        book.enter(dropped(attempt, time=attempt * 60))
    attempts = [
        text.partition("attempt ")[2].partition(" ")[0] for text in warned(caplog)
    ]
    assert attempts == ["1", "10", "100", "1000"]


def test_after_a_storm_it_is_told_how_many_were_held_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = Logbook("pool")
    for _ in range(WARNINGS_AT_ONCE + 5):
        book.enter(dropped())
    assert len(warned(caplog)) == WARNINGS_AT_ONCE
    book.enter(dropped(time=60.0))
    assert warned(caplog)[-1].endswith("in 1.0 s (5 more such warnings before)")


@pytest.mark.parametrize(
    ("kind", "by", "code", "level"),
    [
        ("server", "peer", 1008, logging.WARNING),
        ("server", "peer", 1000, logging.INFO),
        ("server", "us", 4000, logging.INFO),
        ("client", "lost", 1006, logging.INFO),
    ],
)
def test_only_a_server_socket_that_is_lost_for_good_is_a_warning(
    caplog: pytest.LogCaptureFixture, kind: str, by: str, code: int, level: int
) -> None:
    info = CloseInfo(code, "", by)  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG, "ssc_rx"):
        event = SocketClosed(id="x", kind=kind, generation=1, info=info)  # type: ignore[arg-type]
        Logbook("pool").enter(event)
    assert [record.levelno for record in caplog.records] == [level]
