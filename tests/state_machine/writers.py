"""Writes, by every door."""

import asyncio

from ssc_rx import (
    EmptyIdError,
    Message,
    OutboxFullError,
    PoolNotRunningError,
    SocketClosedError,
    SscError,
    UnknownSocketError,
)
from tests.state_machine.lives import Life
from tests.state_machine.stage import Stage

__all__ = ["Writers"]


class Writers(Stage):
    """What is written, and what becomes of it."""

    # Writes

    def write(self, id: str, door: str, size: int) -> None:
        text = self.text(size)
        by_socket = door.startswith("socket")
        life = self.lives.last_of(id) if by_socket else self.lives.of(id)
        if (by_socket and life is None) or self.halfway():
            return
        waits = life is not None and bool(life.line.waiting)
        expected = self._expect(life, id, text)
        pushed = door.endswith("on_next")
        if pushed and expected is not None and not self.lives.stopped:
            self.refusals += 1
        self.busy = self.busy or waits
        error = self.error_of(lambda: self._push(life, id, door, text))
        self.busy = False
        assert error is (None if pushed else expected), (error, expected, life)

    def _push(self, life: Life | None, id: str, door: str, text: str) -> None:
        socket = None if life is None else life.socket
        if door == "write":
            self.pool.write(Message.of(id, text))
        elif door == "writes.on_next":
            self.pool.writes.on_next(Message.of(id, text))
        elif socket is not None and door == "socket.write":
            socket.write(text)
        elif socket is not None:
            socket.writes.on_next(text)

    def _expect(self, life: Life | None, id: str, text: str) -> type[SscError] | None:
        """What is to become of a write, in the model; the error, if it is refused."""
        if life is None:
            if self.lives.stopping:
                return PoolNotRunningError
            self.refused += 1
            return UnknownSocketError if id else EmptyIdError
        verdict = self._verdict(life, text)
        if verdict == "closed":
            return SocketClosedError
        if verdict in ("refused", "closing"):
            return OutboxFullError
        return None

    def _verdict(self, life: Life, text: str) -> str:
        life.learn()
        if not life.takes_writes:
            life.line.refused += 1
            return "closed"
        assert life.link is not None
        verdict = life.line.write(text, writable=life.link.near.writable, ready=True)
        if verdict in ("refused", "closing"):
            life.line.refused += 1
        if verdict == "closing":
            life.excuses.add("overflow")
        return verdict

    def write_all(self, size: int, exclude: str, *, inbound: bool) -> None:
        text = self.text(size)
        if self.halfway():
            return
        expected: dict[str, str] = {}
        for id, life in list(self.lives.owners.items()):
            if inbound or id != exclude:
                expected[id] = self._verdict(life, text)
        refused = [v for v in expected.values() if v not in ("queued", "dropped")]
        self.busy = True
        try:
            if inbound:
                if not self.lives.stopped:
                    self.refusals += len(refused)
                self.pool.inbound.on_next(Message.of("", text))
                return
            result = self.pool.write_all(text, exclude=exclude and [exclude])
        except PoolNotRunningError:
            assert self.lives.stopped
            return
        finally:
            self.busy = False
        assert result.queued == list(expected.values()).count("queued")
        assert list(result.dropped) == [
            id for id, v in expected.items() if v in ("dropped", "refused")
        ]
        assert list(result.closed) == [
            id for id, v in expected.items() if v in ("closed", "closing")
        ]

    def send(self, id: str, size: int, *, by_socket: bool) -> None:
        text = self.text(size)

        async def sending() -> None:
            life = self.lives.last_of(id) if by_socket else self.lives.of(id)
            if life is None:
                await self._send_to_nobody(id, text)
                return
            life.learn()
            hopeless = life.asked or life.phase == "gone"
            waiter = life.line.send(text, ready=life.takes_writes)
            waiter.task = asyncio.current_task()
            assert life.socket is not None
            error = await self.error_when(
                life.socket.send(text)
                if by_socket
                else self.pool.send(Message.of(id, text))
            )
            if error is not None:
                assert isinstance(error, SocketClosedError), error
                assert not waiter.admitted
                assert life.socket.state in ("closing", "closed"), life.socket
                life.line.withdraw(waiter)
                life.line.refused += 1
            else:
                life.learn()
                assert waiter.admitted, f"{life} took {text} too early"
                assert not hopeless, f"{life} is ending, and took {text}"

        self.spawn(sending())

    async def _send_to_nobody(self, id: str, text: str) -> None:
        expected = self._expect(None, id, text)
        error = await self.error_when(self.pool.send(Message.of(id, text)))
        assert type(error) is expected, (error, expected)
