"""What a viewer has a pool do, and what it hears of it."""

from ssc_monitor.acting import MAX_WAITING, TOO_MANY, UNKNOWN, Acting
from ssc_monitor.feed import Feed
from ssc_monitor.sources.source import Attached, Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.scripted import Pool, Scripted


def acting() -> tuple[Scripted, Acting, list[wire.Answer]]:
    source = Scripted()
    return source, Acting(source), []


def test_who_asked_is_told_what_came_of_it() -> None:
    source, act, told = acting()
    act.send(b"x", 1, told.append, number=3)
    act.send(b"y", 2, told.append, tag="room")
    act.send(b"z", 1, told.append)
    act.kick(3, 4000, "enough", told.append)
    act.ping(3, told.append)
    assert source.requests == [
        wire.Send(1, b"x", 1, numbers=(3,)),
        wire.Send(2, b"y", 2, tag="room"),
        wire.Send(3, b"z", 1),
        wire.Kick(4, 3, 4000, "enough"),
        wire.Ping(5, 3),
    ]
    assert told == []
    act.answered(wire.Answer(5, round_trip=0.1))
    act.answered(wire.Answer(1, queued=1))
    act.answered(wire.Answer(1, queued=1))  # once is enough
    act.answered(wire.Answer(77))
    assert told == [wire.Answer(5, round_trip=0.1), wire.Answer(1, queued=1)]


def test_what_can_not_be_asked_for_is_told_at_once() -> None:
    source, act, told = acting()
    source.bars = "only watching"
    act.ping(1, told.append)
    source.bars = ""
    act.send(bytes(wire.MAX_SENT_BYTES + 1), 2, told.append)
    assert [answer.refusal for answer in told] == [
        "only watching",
        "a monitor sends 2,097,152 bytes at most",
    ]
    assert source.requests == []


def test_a_pool_that_does_not_answer_is_not_asked_for_ever() -> None:
    source, act, told = acting()
    for _ in range(MAX_WAITING + 1):
        act.ping(1, told.append)
    assert [answer.refusal for answer in told] == [TOO_MANY]
    assert len(source.requests) == MAX_WAITING


def test_with_the_link_the_answers_are_lost() -> None:
    pool, source, told = Pool([("a", "client")]), Scripted(), list[wire.Answer]()
    feed = Feed(source, lambda: 0.0)
    for lose in (Lost("gone"), pool.greet()[0]):
        assert isinstance(lose, Attached | Lost)
        feed.acting.ping(1, told.append)
        feed.take(lose)
        assert told.pop().refusal == UNKNOWN
    feed.acting.ping(1, told.append)
    feed.take(wire.Answer(3, round_trip=0.5))
    assert told == [wire.Answer(3, round_trip=0.5)]
