"""Remember what streams emit, and wait for it without sleeping."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import operators as ops

from ssc_rx import Event, LoopLagged, Message, Pool, Stream

T = TypeVar("T")
E = TypeVar("E", bound=Event)


class Seen(list[T]):
    """A list that a stream fills; `until` waits until it satisfies a condition."""

    def __init__(self, stream: Stream[T]) -> None:
        super().__init__()
        self.completed = False
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        stream.subscribe(self._add, on_completed=self._complete)

    def _add(self, value: T) -> None:
        self.append(value)
        self._check()

    def _complete(self) -> None:
        self.completed = True
        self._check()

    def _check(self) -> None:
        for holds, future in self._waiting:
            if holds() and not future.done():
                future.set_result(None)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait; the test's own time limit bounds it."""
        if not holds():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((holds, future))
            await future

    async def reach(self, n: int) -> None:
        """Wait until it holds `n` values."""
        await self.until(lambda: len(self) >= n)


class Recorder:
    """What a pool's streams have said so far, but for how busy the machine is."""

    def __init__(self, pool: Pool) -> None:
        self.messages: Seen[Message] = Seen(pool.messages)
        self.events: Seen[Event] = Seen(
            pool.events.pipe(
                ops.filter(lambda event: not isinstance(event, LoopLagged))
            )
        )

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def event(self, kind: type[E], /, **fields: Any) -> E:
        """Wait for an event of this kind with these fields."""

        def matching() -> list[E]:
            return [
                event
                for event in self.of(kind)
                if all(getattr(event, name) == fields[name] for name in fields)
            ]

        await self.events.until(lambda: bool(matching()))
        return matching()[0]
