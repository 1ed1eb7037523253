import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import Message, MessageType, Outbox, Overflow
from ssc_rx.core.outbox import OutboxQueue, Verdict
from ssc_rx.ports import Outgoing


def item(size: int = 1) -> Outgoing:
    return Outgoing(Message("x", MessageType.BINARY, bytes(size)))


def queue(
    messages: int = 3, size: int = 100, overflow: Overflow = Overflow.ERROR
) -> OutboxQueue:
    return OutboxQueue(Outbox(messages=messages, bytes=size, overflow=overflow))


@pytest.mark.parametrize(
    ("overflow", "verdict"),
    [(Overflow.ERROR, Verdict.FULL), (Overflow.CLOSE, Verdict.FULL_CLOSE)],
)
def test_a_full_outbox_follows_its_policy(overflow: Overflow, verdict: Verdict) -> None:
    outbox = queue(messages=2, overflow=overflow)
    assert [outbox.put(item()) for _ in range(3)] == [Verdict.QUEUED] * 2 + [verdict]
    assert (len(outbox), outbox.accepted) == (2, 2)


def test_it_is_bounded_in_bytes_as_well() -> None:
    outbox = queue(size=10)
    assert outbox.put(item(6)) is Verdict.QUEUED
    assert outbox.put(item(5)) is Verdict.FULL
    assert outbox.put(item(4)) is Verdict.QUEUED


def test_an_empty_outbox_takes_one_message_of_any_size() -> None:
    outbox = queue(size=10)
    assert outbox.put(item(50)) is Verdict.QUEUED
    assert outbox.put(item(0)) is Verdict.FULL
    assert [len(i.payload) for i in outbox.take(8)] == [50]


def test_what_is_taken_keeps_its_order_and_bound() -> None:
    outbox = queue(messages=9)
    items = [item(n) for n in (3, 3, 3, 3)]
    for i in items:
        outbox.put(i)
    assert outbox.take(7) == items[:2]
    assert outbox.take(100) == items[2:]
    assert (outbox.handed_over, outbox.handed_over_bytes) == (4, 12)


def test_what_fails_is_counted_by_its_reason() -> None:
    outbox = queue()
    outbox.put(item(2))
    outbox.put(item(3))
    assert outbox.fail("lost") == (2, 5)
    assert outbox.fail("closed") == (0, 0)
    outbox.put(item(1))
    assert outbox.fail("lost") == (1, 1)
    assert outbox.failed == {"lost": 3}


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 60)),
            st.tuples(st.just("take"), st.integers(1, 90)),
            st.tuples(st.just("fail"), st.just(0)),
        )
    )
)
def test_every_accepted_write_is_accounted_for_at_every_instant(
    steps: list[tuple[str, int]],
) -> None:
    outbox = queue(messages=5, size=100)
    waiting: list[Outgoing] = []
    for action, n in steps:
        if action == "put":
            new = item(n)
            if outbox.put(new) is Verdict.QUEUED:
                waiting.append(new)
        elif action == "take" and waiting:
            batch = outbox.take(n)
            assert batch == waiting[: len(batch)]
            assert len(batch) == 1 or sum(len(i.payload) for i in batch) <= n
            del waiting[: len(batch)]
        elif action == "fail":
            assert outbox.fail("closed")[0] == len(waiting)
            waiting.clear()
        failed = sum(outbox.failed.values())
        assert outbox.accepted == outbox.handed_over + len(outbox) + failed
        assert len(outbox) == len(waiting) <= 5
        assert outbox.queued_bytes == sum(len(i.payload) for i in waiting)
        assert outbox.queued_bytes <= 100
