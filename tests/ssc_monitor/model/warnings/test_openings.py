from ssc_monitor.model.warnings import openings
from ssc_monitor.model.warnings.openings import Openings
from tests.ssc_monitor.model.frames import event


def test_openings_within_a_minute_count_by_id() -> None:
    seen = Openings()
    for at in (1, 31, 41):
        seen.take(event(at, "SocketOpened", "a"))
    seen.take(event(42, "SocketClosed", "a"))
    seen.take(event(43, "SocketOpened", "b"))
    assert [seen.of("a", 1000.0 + now) for now in (61, 62, 92, 102)] == [3, 2, 1, 0]
    assert seen.of("b", 1060.0) == 1
    assert seen.of("c", 1060.0) == 0


def test_how_many_are_known_has_a_bound() -> None:
    seen = Openings()
    for n in range(openings.CAPACITY + 10):
        seen.take(event(n, "SocketOpened", str(n)))
    assert len(seen._times) == openings.CAPACITY
