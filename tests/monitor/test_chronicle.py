"""The last events, numbered, without secrets."""

from ssc_rx import (
    CloseInfo,
    DialFailed,
    LinkLostError,
    MessagesDropped,
    SocketClosed,
    SocketOpened,
    WritesLost,
)
from ssc_rx.monitor.chronicle import KEPT, PER_FRAME, Chronicle
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.wire import decode_frame, encode
from tests.monitor.fakes import FakePool


def chronicle() -> tuple[FakePool, Chronicle]:
    pool = FakePool()
    return pool, Chronicle(pool, Roll())


def opened(n: int) -> SocketOpened:
    return SocketOpened(id=f"s{n}", kind="client", generation=1, time=float(n))


def test_events_are_numbered_from_one() -> None:
    pool, told = chronicle()
    assert told.since(1) is None
    pool.events.on_next(opened(1))
    pool.events.on_next(opened(2))
    events = told.since(1)
    assert events is not None
    assert [e.sequence for e in events.events] == [1, 2]
    assert events.events[0].name == "SocketOpened"
    assert events.events[0].facts == {"kind": "client", "generation": 1, "gap": None}
    assert told.since(3) is None


def test_a_hole_is_announced() -> None:
    pool, told = chronicle()
    for n in range(KEPT + 100):
        pool.events.on_next(opened(n))
    events = told.since(51)
    assert events is not None
    assert events.missed == 50
    assert events.events[0].sequence == 101
    assert len(events.events) == PER_FRAME


def test_who_comes_late_gets_the_last_ones() -> None:
    pool, told = chronicle()
    assert told.start == 1
    for n in range(1000):
        pool.events.on_next(opened(n))
    assert told.start == 1000 - PER_FRAME + 1


def test_errors_and_close_records_are_told_without_secrets() -> None:
    pool, told = chronicle()
    lost = LinkLostError("wss://u:s3cr3t@a.example/ went away")
    info = CloseInfo(1006, "", "lost", False, lost)
    events = (
        SocketClosed(id="wss://u:s3cr3t@a/", kind="server", generation=1, info=info),
        DialFailed(id="a", error=ValueError()),
        WritesLost(id="a", reason="lost", messages=2, bytes=10),
        MessagesDropped(id="a", reason="oldest", messages=4),
    )
    for event in events:
        pool.events.on_next(event)
    frame = told.since(1)
    assert frame is not None
    assert decode_frame(encode(frame)) == frame
    assert b"s3cr3t" not in encode(frame)
    closed, failed, writes, drops = frame.events
    assert closed.facts["info"] == {
        "code": 1006,
        "reason": "",
        "by": "lost",
        "clean": False,
        "error": "LinkLostError: wss://a.example/ went away",
    }
    assert failed.facts == {"error": "ValueError()", "final": False}
    assert writes.facts == {"reason": "lost", "messages": 2, "bytes": 10}
    assert drops.facts == {"reason": "oldest", "messages": 4}


def test_a_lone_surrogate_can_be_told() -> None:
    pool, told = chronicle()
    pool.events.on_next(
        SocketOpened(id="\ud800", kind="client", generation=1, time=1.0)
    )
    frame = told.since(1)
    assert frame is not None
    encode(frame)


def test_after_closing_it_listens_no_more() -> None:
    pool, told = chronicle()
    told.close()
    pool.events.on_next(opened(1))
    assert told.since(1) is None
