"""Subscribers, those that react inside `on_next`, and streams for coroutines."""

from collections.abc import Callable
from typing import Any

from ssc_rx import ConsumerTooSlowError, Message, Overflow
from ssc_rx import operators as ops
from tests.state_machine.listening import Delivery, Listener, Tank, WriteWatcher
from tests.state_machine.lives import Life
from tests.state_machine.stage import Mishap, Stage

__all__ = ["Hearers"]


class Hearers(Stage):
    """Who listens."""

    _inside = 0

    # Who listens

    def subscribe(self, to: str, id: str, reaction: Callable[[], None] | None) -> None:
        """Listen to `to`: "pool", "name", "socket", "group"."""
        life = self.lives.last_of(id)
        if to == "socket" and life is None:
            return
        listener = Listener(self._wanted(to, id, life), len(self.log))
        listener.came_vaguely = self._inside > 0 and bool(self.log)
        listener.of = life if to == "socket" else None
        react = self._reacting(reaction)

        def on_next(message: Message) -> None:
            listener.got.append(message.text)
            react()

        def on_completed() -> None:
            listener.completed += 1

        self.listeners.append(listener)
        listener.subscription = self._source(to, id, life).subscribe(
            on_next, on_completed=on_completed
        )

    def _source(self, to: str, id: str, life: Life | None) -> Any:
        if to == "pool":
            return self.pool.messages
        if to == "name":
            return self.pool.messages.pipe(ops.from_id(id or "a"))
        if to == "group":
            return self.pool.tagged("red").messages
        assert life is not None
        assert life.socket is not None
        return life.socket.messages

    def _wanted(
        self, to: str, id: str, life: Life | None
    ) -> Callable[[Delivery], bool]:
        if to == "pool":
            return lambda delivery: True
        if to == "name":
            return lambda delivery: delivery.life.id == (id or "a")
        if to == "group":
            return lambda delivery: "red" in delivery.tags
        return lambda delivery: delivery.life is life

    def dispose(self, n: int) -> None:
        present = [lis for lis in self.listeners if lis.end is None]
        if present:
            listener = present[n % len(present)]
            listener.went_vaguely = self._inside > 0
            listener.end = len(self.log)
            if listener.subscription is not None:
                listener.subscription.dispose()

    def raise_mishap(self) -> None:
        raise Mishap

    def watch_writes(self, reaction: Callable[[], None] | None) -> None:
        begin = {}
        for life in self.lives.all:
            life.learn()
            begin[life] = life.line.accepted
        watcher = WriteWatcher(begin)
        react = self._reacting(reaction)

        def on_next(message: Message) -> None:
            watcher.got.append((message.id, message.text))
            react()

        self.watchers.append(watcher)
        watcher.subscription = self.pool.writes.subscribe(on_next)

    def watch_events(self, reaction: Callable[[], None]) -> None:
        react = self._reacting(reaction)
        self.pool.events.subscribe(lambda event: react())

    def _reacting(self, reaction: Callable[[], None] | None) -> Callable[[], None]:
        """What a subscriber does inside `on_next`, eight times at most.

        Not inside a write that has effects in between, which the model has all at once.
        """
        left = 0 if reaction is None else 8

        def react() -> None:
            nonlocal left
            if reaction is None or not left or self.busy:
                return
            left -= 1
            self._inside += 1
            try:
                reaction()
            except Mishap:
                self.failures += 1
                raise
            except BaseException as error:
                self.faults.append(error)
            finally:
                self._inside -= 1

        return react

    # Streams for coroutines

    def open_stream(
        self, to: str, id: str, overflow: Overflow, buffer: int, block_timeout: float
    ) -> None:
        life = self.lives.last_of(id)
        if to == "socket":
            if life is None or life.socket is None:
                return
            stream = life.socket.stream(
                overflow=overflow, buffer=buffer, block_timeout=block_timeout
            )
        else:
            ids = (id or "a",) if to == "name" else ()
            stream = self.pool.stream(
                *ids, overflow=overflow, buffer=buffer, block_timeout=block_timeout
            )
        self.tanks.append(
            Tank(
                stream,
                self._wanted(to, id, life),
                overflow,
                buffer,
                block_timeout,
                life if to == "socket" else None,
            )
        )

    def _tank(self, n: int) -> Tank | None:
        held = [tank for tank in self.tanks if tank.stream is not None]
        return held[n % len(held)] if held else None

    def take(self, n: int) -> None:
        tank = self._tank(n)
        if tank is None:
            return

        async def taking() -> None:
            assert tank.stream is not None
            try:
                message = await anext(tank.stream)
            except StopAsyncIteration:
                assert not tank.queue
                assert tank.stream.ended
            except ConsumerTooSlowError:
                assert not tank.queue
                assert tank.blocks
            else:
                assert tank.queue.pop(0) == message.text

        tank.takers.append(self.spawn(taking()))

    def close_stream(self, n: int) -> None:
        tank = self._tank(n)
        if tank is not None and tank.stream is not None:
            tank.close()
            tank.stream.close()

    def forget_stream(self, n: int) -> None:
        """Let go of a stream, if no cancelled task's traceback holds it as well."""
        tank = self._tank(n)
        if tank is not None and all(
            task.done() and not task.cancelled() for task in tank.takers
        ):
            tank.stream = None
