"""Why sockets aren't open."""

from ssc_monitor.endings import CAPACITY, Endings
from ssc_rx.monitor import wire

NOW = 1000.0


def closed(id: str, code: int = 1001, n: int = 1) -> wire.Event:
    info = {"code": code, "reason": "", "by": "peer", "clean": True, "error": None}
    return wire.Event(n, 0.0, "SocketClosed", id, {"info": info})


def test_the_last_ending_is_kept_until_the_socket_opens() -> None:
    endings = Endings()
    endings.take(closed("a"))
    assert endings.of("a", NOW, gone=False) == "1001 going away, by peer"
    assert endings.of("a", NOW, gone=True) == "1001 going away, by peer"
    endings.take(wire.Event(2, 0.0, "DialFailed", "a", {"error": "refused"}))
    assert endings.of("a", NOW, gone=False) == "dial failed: refused"
    assert endings.of("a", NOW, gone=True) == "dial failed: refused"
    version = endings.version
    endings.take(wire.Event(3, 0.0, "SocketOpened", "a", {}))
    assert endings.of("a", NOW, gone=False) == ""
    assert endings.version > version
    assert endings.of("a", NOW, gone=True) == "1001 going away, by peer"


def test_of_one_that_is_dialled_again_they_count_down() -> None:
    endings = Endings()
    facts = {"attempt": 3, "delay": 4.2, "info": None, "error": "DialError: busy"}
    endings.take(wire.Event(1, NOW, "ReconnectScheduled", "a", facts))
    assert endings.of("a", NOW, gone=False) == "attempt 3 in 5 s: DialError: busy"
    assert endings.of("a", NOW + 3.5, gone=False).startswith("attempt 3 in 1 s: ")
    assert endings.of("a", NOW + 4.2, gone=False) == "attempt 3 now: DialError: busy"
    facts["delay"] = 1800
    endings.take(wire.Event(2, NOW, "ReconnectScheduled", "a", facts))
    assert endings.of("a", NOW, gone=False).startswith("attempt 3 in 30 min: ")


def test_other_events_change_nothing() -> None:
    endings = Endings()
    endings.take(wire.Event(1, 0.0, "WritesLost", "a", {}))
    assert (endings.of("a", NOW, gone=False), endings.version) == ("", 0)


def test_they_are_bounded() -> None:
    endings = Endings()
    for n in range(CAPACITY + 10):
        endings.take(closed(f"s{n}"))
    assert endings.of("s0", NOW, gone=True) == ""
    assert endings.of(f"s{CAPACITY + 9}", NOW, gone=True)
