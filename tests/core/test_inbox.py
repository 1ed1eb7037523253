"""The buffer of a stream, against a list and three lines for each policy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import InvalidOptionError, Outbox, Overflow
from ssc_rx.core.inbox import Inbox
from ssc_rx.options import Buffering

POLICIES = [
    Overflow.DROP_OLDEST,
    Overflow.DROP_NEWEST,
    Overflow.LATEST,
    Overflow.BLOCK,
]


@given(
    st.sampled_from(POLICIES), st.integers(1, 5), st.lists(st.booleans(), max_size=60)
)
def test_it_holds_what_its_policy_says(
    overflow: Overflow, buffer: int, puts: list[bool]
) -> None:
    inbox: Inbox[int] = Inbox(Buffering(buffer, overflow, 10.0))
    capacity = 1 if overflow is Overflow.LATEST else buffer
    model: list[int] = []
    taken: list[int] = []
    lost = came = 0
    for n, put in enumerate(puts):
        if not put:
            if model:
                assert inbox.queue.popleft() == model[0]
                taken.append(model.pop(0))
            continue
        if overflow is Overflow.BLOCK and inbox.full:
            continue  # who feeds it has stopped
        came += 1
        inbox.put(n)
        model.append(n)
        if len(model) > capacity:
            lost += 1
            del model[-1 if overflow is Overflow.DROP_NEWEST else 0]
        assert list(inbox.queue) == model
        assert len(model) <= capacity
        assert inbox.full == (len(model) == capacity)
        assert inbox.half_empty == (len(model) <= capacity / 2)
    assert inbox.lost == lost
    assert came == len(taken) + len(model) + lost
    assert taken == sorted(taken)
    if overflow is Overflow.BLOCK:
        assert lost == 0


@pytest.mark.parametrize("overflow", [Overflow.CLOSE, Overflow.ERROR])
def test_a_stream_refuses_what_is_for_outboxes(overflow: Overflow) -> None:
    with pytest.raises(InvalidOptionError, match="overflow of a stream must be one of"):
        Buffering(1, overflow, 10.0)


def test_an_outbox_refuses_what_is_for_streams() -> None:
    with pytest.raises(InvalidOptionError, match="a write never blocks"):
        Outbox(overflow=Overflow.BLOCK)


@pytest.mark.parametrize(
    ("buffer", "overflow", "block_timeout"),
    [
        (0, Overflow.BLOCK, 1.0),
        (1.5, Overflow.BLOCK, 1.0),
        (True, Overflow.BLOCK, 1.0),
        (1, "block", 1.0),
        (1, Overflow.BLOCK, 0),
        (1, Overflow.BLOCK, float("inf")),
        (1, Overflow.BLOCK, None),
    ],
)
def test_what_can_not_be_is_refused(
    buffer: int, overflow: Overflow, block_timeout: float
) -> None:
    with pytest.raises(InvalidOptionError):
        Buffering(buffer, overflow, block_timeout)
