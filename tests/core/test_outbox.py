import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import MessageType, Outbox, Overflow
from ssc_rx.core.outbox import OutboxQueue, Verdict
from ssc_rx.ports import Outgoing

POLICIES = [
    Overflow.CLOSE,
    Overflow.ERROR,
    Overflow.DROP_OLDEST,
    Overflow.DROP_NEWEST,
    Overflow.LATEST,
]


def item(size: int = 1) -> Outgoing:
    return Outgoing(MessageType.BINARY, bytes(size))


def queue(
    messages: int = 3, size: int = 100, overflow: Overflow = Overflow.ERROR
) -> OutboxQueue:
    return OutboxQueue(Outbox(messages=messages, bytes=size, overflow=overflow))


def sizes(outbox: OutboxQueue) -> list[int]:
    return [len(i.payload) for i in outbox.queue]


def fill(outbox: OutboxQueue, *sizes: int) -> None:
    for size in sizes:
        assert outbox.put(item(size))


@pytest.mark.parametrize(
    ("overflow", "verdict", "left", "dropped"),
    [
        (Overflow.CLOSE, Verdict.REFUSED_CLOSE, [1, 2], {}),
        (Overflow.ERROR, Verdict.REFUSED, [1, 2], {}),
        (Overflow.DROP_OLDEST, Verdict.QUEUED, [2, 3], {"oldest": 1}),
        (Overflow.DROP_NEWEST, Verdict.DROPPED, [1, 2], {"newest": 1}),
    ],
)
def test_a_full_outbox_follows_its_policy(
    overflow: Overflow, verdict: Verdict, left: list[int], dropped: dict[str, int]
) -> None:
    outbox = queue(messages=2, overflow=overflow)
    fill(outbox, 1, 2)
    assert not outbox.put(item(3))
    assert outbox.overflow(item(3)) is verdict
    assert (sizes(outbox), outbox.queued_bytes) == (left, sum(left))
    assert outbox.dropped == dropped
    assert outbox.accepted == len(left) + sum(dropped.values())


def test_the_latest_supersedes_what_waits_whatever_the_bounds() -> None:
    outbox = queue(messages=9, size=10, overflow=Overflow.LATEST)
    fill(outbox, 1)
    assert not outbox.put(item(2))
    for size in (2, 50, 3):
        assert outbox.overflow(item(size)) is Verdict.QUEUED
        assert sizes(outbox) == [size]
    assert (outbox.accepted, outbox.dropped) == (4, {"superseded": 3})


def test_it_is_bounded_in_bytes_as_well() -> None:
    outbox = queue(size=10)
    assert outbox.put(item(6))
    assert not outbox.put(item(5))
    assert outbox.put(item(4))


@pytest.mark.parametrize(("size", "left"), [(3, [4, 3, 3]), (8, [8]), (50, [50])])
def test_as_many_of_the_oldest_are_dropped_as_need_be(
    size: int, left: list[int]
) -> None:
    outbox = queue(messages=9, size=10, overflow=Overflow.DROP_OLDEST)
    fill(outbox, 3, 4, 3)
    outbox.overflow(item(size))
    assert (sizes(outbox), outbox.queued_bytes) == (left, sum(left))
    assert outbox.dropped == {"oldest": 4 - len(left)}


def test_an_empty_outbox_takes_one_message_of_any_size() -> None:
    outbox = queue(size=10)
    assert outbox.put(item(50))
    assert not outbox.put(item(0))
    assert [len(i.payload) for i in outbox.take(8)] == [50]


@pytest.mark.parametrize(
    ("overflow", "verdict", "left"),
    [
        (Overflow.CLOSE, Verdict.REFUSED, [1]),
        (Overflow.ERROR, Verdict.REFUSED, [1]),
        (Overflow.DROP_NEWEST, Verdict.DROPPED, [1]),
    ],
)
def test_a_write_that_may_not_take_the_room_there_is_closes_nothing(
    overflow: Overflow, verdict: Verdict, left: list[int]
) -> None:
    outbox = queue(overflow=overflow)
    fill(outbox, 1)
    assert outbox.overflow(item(2)) is verdict
    assert sizes(outbox) == left


def test_drops_are_told_ever_more_rarely() -> None:
    outbox = queue(messages=1, overflow=Overflow.DROP_NEWEST)
    told = []
    for _ in range(20):
        if not outbox.put(item()):
            outbox.overflow(item())
        told.append(outbox.drops_to_tell())
    assert [t for t in told if t is not None] == [
        ("newest", n) for n in (1, 2, 4, 8, 16)
    ]


def test_drops_at_one_stroke_are_told_once() -> None:
    outbox = queue(messages=9, size=9, overflow=Overflow.DROP_OLDEST)
    fill(outbox, *[1] * 7)
    outbox.overflow(item(9))
    assert outbox.drops_to_tell() == ("oldest", 7)
    assert outbox.drops_to_tell() is None
    outbox.overflow(item(9))
    assert outbox.drops_to_tell() == ("oldest", 8)


@pytest.mark.parametrize("overflow", [Overflow.CLOSE, Overflow.ERROR])
def test_who_drops_nothing_tells_nothing(overflow: Overflow) -> None:
    outbox = queue(messages=1, overflow=overflow)
    fill(outbox, 1)
    outbox.overflow(item())
    assert outbox.drops_to_tell() is None


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


def expected(
    overflow: Overflow, waiting: list[Outgoing], new: Outgoing
) -> list[Outgoing]:
    """What should wait after a write: the policies, said in another way."""
    messages = 1 if overflow is Overflow.LATEST else 5

    def fits(items: list[Outgoing]) -> bool:
        size = sum(len(i.payload) for i in items)
        return len(items) == 1 or (len(items) <= messages and size <= 100)

    wanted = [*waiting, new]
    if fits(wanted):
        return wanted
    if overflow in (Overflow.DROP_OLDEST, Overflow.LATEST):
        return next(wanted[n:] for n in range(len(wanted)) if fits(wanted[n:]))
    return waiting


@given(
    st.sampled_from(POLICIES),
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 120)),
            st.tuples(st.just("put"), st.integers(0, 30)),
            st.tuples(st.just("take"), st.integers(1, 90)),
            st.tuples(st.just("fail"), st.just(0)),
        )
    ),
)
def test_every_accepted_write_is_accounted_for_at_every_instant(
    overflow: Overflow, steps: list[tuple[str, int]]
) -> None:
    outbox = queue(messages=5, size=100, overflow=overflow)
    waiting: list[Outgoing] = []
    writes = refused = 0
    for action, n in steps:
        if action == "put":
            new = item(n)
            writes += 1
            waiting = expected(overflow, waiting, new)
            if not outbox.put(new):
                verdict = outbox.overflow(new)
                refused += verdict in (Verdict.REFUSED, Verdict.REFUSED_CLOSE)
        elif action == "take" and waiting:
            batch = outbox.take(n)
            assert batch == waiting[: len(batch)]
            assert len(batch) == 1 or sum(len(i.payload) for i in batch) <= n
            del waiting[: len(batch)]
        elif action == "fail":
            assert outbox.fail("closed")[0] == len(waiting)
            waiting.clear()
        assert list(outbox.queue) == waiting
        dropped, failed = sum(outbox.dropped.values()), sum(outbox.failed.values())
        assert outbox.accepted == outbox.handed_over + len(outbox) + dropped + failed
        assert writes == outbox.accepted + refused
        assert len(outbox) <= (1 if overflow is Overflow.LATEST else 5)
        assert outbox.queued_bytes == sum(len(i.payload) for i in waiting)
        assert outbox.queued_bytes <= 100 or len(outbox) == 1
