import reactivex as rx

from ssc_rx import Message
from ssc_rx.streams.writes import Writes
from tests.streams.conftest import FakeHome


def test_no_source_ends_it(home: FakeHome) -> None:
    written: list[object] = []
    writes = Writes("pool.writes", home, written.append, "x")
    rx.of("a", "b").subscribe(writes)
    rx.throw(error := ValueError()).subscribe(writes)
    assert home.sources == [("pool.writes", "x", error)]
    rx.empty().subscribe(writes)
    writes.on_next(b"c")
    assert written == ["a", "b", b"c"]
    assert not writes.completed


def test_it_shows_what_was_accepted_not_what_was_pushed(home: FakeHome) -> None:
    shown: list[Message] = []
    writes = Writes("pool.writes", home, lambda _: None)
    writes.subscribe(shown.append)
    writes.on_next("refused")
    writes.emit_in_turn(Message.of("x", "accepted"))
    assert [m.text for m in shown] == ["accepted"]
