"""`MessageStream`: one stream, the coroutines that take from it, and its gate."""

import asyncio
import gc
import random
from collections import deque
from collections.abc import Callable

import pytest

from ssc_rx import ConsumerTooSlowError, Message, MessageStream, Overflow
from ssc_rx.options import Buffering
from ssc_rx.streams.bridge import Intake
from ssc_rx.streams.hub import Hub
from tests.streams.conftest import FakeHome


class Source:
    """A hub, a stream of it, and a gate that remembers how it stands."""

    def __init__(self, home: FakeHome, overflow: Overflow, buffer: int = 4) -> None:
        self.hub: Hub[Message] = Hub("messages", home)
        self.later: deque[Callable[[], None]] = deque()
        self.is_shut = False
        self.turns_of_the_gate = 0
        self.intake = Intake("stream", Buffering(buffer, overflow, 10.0), self)
        self.stream: MessageStream | None = MessageStream(
            self.intake, lambda call: None, self.later.append
        )
        self.intake.subscribe([self.hub])
        self.sent = 0

    def shut(self, intake: Intake) -> None:
        assert not self.is_shut
        self.is_shut = True
        self.turns_of_the_gate += 1

    def open(self) -> None:
        assert self.is_shut
        self.is_shut = False

    def send(self, n: int = 1) -> None:
        """The next numbers, while the gate lets them in."""
        for _ in range(n):
            if not self.is_shut:
                self.hub.emit(Message.of("x", str(self.sent)))
                self.sent += 1

    async def take(self, n: int = 1) -> list[int]:
        assert self.stream is not None
        return [int((await anext(self.stream)).text) for _ in range(n)]


async def ends(stream: MessageStream | None) -> bool:
    """Whether it is at its end."""
    assert stream is not None
    try:
        await anext(stream)
    except StopAsyncIteration:
        return True
    return False


@pytest.mark.parametrize(
    ("overflow", "kept", "lost"),
    [
        (Overflow.DROP_OLDEST, [6, 7, 8, 9], 6),
        (Overflow.DROP_NEWEST, [0, 1, 2, 3], 6),
        (Overflow.LATEST, [9], 9),
        (Overflow.BLOCK, [0, 1, 2, 3], 0),
    ],
)
async def test_a_full_buffer_does_as_its_policy_says(
    home: FakeHome, overflow: Overflow, kept: list[int], lost: int
) -> None:
    source = Source(home, overflow)
    source.send(10)
    assert source.stream is not None
    assert source.stream.buffered == len(kept)
    assert source.stream.lost == lost
    assert source.is_shut == (overflow is Overflow.BLOCK)
    assert await source.take(len(kept)) == kept
    assert f"{lost} lost" in repr(source.stream)


async def test_it_waits_for_a_message(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    taking = asyncio.ensure_future(source.take(2))
    await asyncio.sleep(0)
    source.send()
    await asyncio.sleep(0)
    source.send()
    assert await taking == [0, 1]


async def test_the_gate_opens_when_half_of_the_buffer_is_free(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK)
    source.send(10)
    await source.take()
    assert source.is_shut
    await source.take()
    assert not source.is_shut
    source.send(10)
    assert source.is_shut
    assert await source.take(4) == [2, 3, 4, 5]


async def test_a_buffer_of_one_works(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK, buffer=1)
    for n in range(3):
        source.send(5)
        assert source.is_shut
        assert await source.take() == [n]
        assert not source.is_shut


async def test_an_impatient_gate_opens_at_any_room(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK)
    source.send(4)
    source.intake.grow_impatient()
    assert source.is_shut  # there is none
    await source.take()
    assert not source.is_shut
    source.send()
    await source.take()
    assert source.is_shut  # patient again
    source.intake.grow_impatient()
    assert not source.is_shut


async def test_completion_comes_after_what_is_buffered(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK)
    source.send(10)
    source.hub.complete()
    assert source.stream is not None
    assert source.stream.ended
    assert not source.is_shut
    assert await source.take(4) == [0, 1, 2, 3]
    assert await ends(source.stream)
    assert await ends(source.stream)


async def test_completion_wakes_all_who_wait(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    waiting = [asyncio.ensure_future(ends(source.stream)) for _ in range(3)]
    await asyncio.sleep(0)
    source.hub.complete()
    assert await asyncio.gather(*waiting) == [True] * 3


async def test_giving_up_fails_the_consumer_after_what_is_buffered(
    home: FakeHome,
) -> None:
    source = Source(home, Overflow.BLOCK)
    source.send(10)
    source.intake.give_up()
    assert not source.is_shut
    source.send()
    assert await source.take(4) == [0, 1, 2, 3]
    for _ in range(2):
        with pytest.raises(ConsumerTooSlowError, match="block_timeout=10") as caught:
            await source.take()
    assert (caught.value.buffer, caught.value.stream) == (4, "stream")


async def test_closing_lets_go_of_everything(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK)
    source.send(10)
    stream = source.stream
    assert stream is not None
    stream.close()
    stream.close()
    assert not source.is_shut
    assert not source.hub.observed
    assert stream.buffered == stream.lost == 0
    assert await ends(stream)
    async with stream:
        assert await ends(stream)


async def test_leaving_closes(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    source.send(3)
    assert source.stream is not None
    async with source.stream as stream:
        async for message in stream:
            assert message.text == "0"
            break
        assert source.hub.observed
    assert not source.hub.observed


async def test_a_loop_goes_on_where_another_was_left(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    source.send(3)
    source.hub.complete()
    assert source.stream is not None
    async for message in source.stream:
        assert message.text == "0"
        break
    assert [message.text async for message in source.stream] == ["1", "2"]


async def test_a_stream_that_nobody_holds_closes_itself(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK)
    source.send(10)
    source.stream = None
    gc.collect()
    assert source.is_shut  # in a turn of its own
    source.later.popleft()()
    assert not source.is_shut
    assert not source.hub.observed
    assert not source.later


async def test_without_a_loop_the_next_message_closes_it(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    source.stream = None
    gc.collect()
    source.later.clear()
    source.send()
    assert not source.hub.observed
    assert not source.intake.inbox.queue


async def test_a_loop_over_a_stream_without_a_name_keeps_it(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    source.send(2)
    source.hub.complete()
    assert source.stream is not None
    streams = [source.stream]
    source.stream = None
    assert [m.text async for m in streams.pop()] == ["0", "1"]


async def test_each_message_goes_to_one_consumer(home: FakeHome) -> None:
    source = Source(home, Overflow.BLOCK, buffer=100)
    taken: list[list[int]] = [[], []]

    async def consume(mine: list[int]) -> None:
        assert source.stream is not None
        async for message in source.stream:
            mine.append(int(message.text))
            await asyncio.sleep(0)

    consumers = [asyncio.ensure_future(consume(mine)) for mine in taken]
    for _ in range(50):
        source.send(2)
        await asyncio.sleep(0)
    source.hub.complete()
    await asyncio.gather(*consumers)
    assert sorted(taken[0] + taken[1]) == list(range(100))
    assert all(mine == sorted(mine) and len(mine) > 20 for mine in taken)


@pytest.mark.parametrize("seed", range(5))
async def test_a_cancelled_wait_loses_nothing(home: FakeHome, seed: int) -> None:
    source = Source(home, Overflow.BLOCK, buffer=1000)
    rng = random.Random(seed)
    taken: list[int] = []

    async def one() -> None:
        taken.extend(await source.take())

    for _ in range(200):
        waiting = [asyncio.ensure_future(one()) for _ in range(3)]
        if rng.random() < 0.8:
            await asyncio.sleep(0)
        source.send(rng.randrange(4))
        if rng.random() < 0.5:
            await asyncio.sleep(0)
        rng.shuffle(waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert source.stream is not None
    taken += await source.take(source.stream.buffered)
    assert sorted(taken) == list(range(source.sent))


async def test_a_cancelled_waiter_passes_its_turn_on(home: FakeHome) -> None:
    source = Source(home, Overflow.DROP_OLDEST)
    first, second = (asyncio.ensure_future(source.take()) for _ in range(2))
    await asyncio.sleep(0)
    source.send()
    first.cancel()  # woken, but not yet run
    assert await second == [0]
