"""Sockets come and go, and what their peers do."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Literal

from ssc_rx import (
    DialError,
    DuplicateIdError,
    EmptyIdError,
    Outbox,
    PoolNotRunningError,
    SocketClosedError,
    SscError,
    TooManySocketsError,
    UnknownSocketError,
)
from tests.state_machine.lives import Life
from tests.state_machine.stage import MAX_SOCKETS, RECONNECT, Mishap, Stage
from tests.state_machine.world import Link

__all__ = ["Duplicate", "Members"]

Duplicate = Literal["reject", "replace"]


class Members(Stage):
    """How sockets come and go."""

    # Sockets come

    def add_client(
        self,
        id: str,
        bound: Outbox,
        tags: Sequence[str],
        on_duplicate: Duplicate,
        *,
        until_closed: bool,
    ) -> None:
        life = Life(id, "client", bound, on_duplicate)
        life.links.append(Link())
        near = life.links[-1].near

        async def add() -> None:
            entering = self.pool.add_client_socket(
                id, near, tags=tags, outbox=bound, on_duplicate=on_duplicate
            )
            if until_closed:
                info = await entering
                assert life.socket is not None
                assert info is life.socket.close_info
            else:
                assert await entering.__aenter__() is life.socket

        life.add = self.spawn(self._adding(life, add))

    def add_server(
        self,
        id: str,
        bound: Outbox,
        tags: Sequence[str],
        on_duplicate: Duplicate,
        *,
        on_open: str | None,
        back: bool,
    ) -> None:
        life = Life(id, "server", bound, on_duplicate)
        life.on_open = on_open
        life.returns = back

        async def add() -> None:
            socket = await self.pool.add_server_socket(
                f"ws://{len(self.lives.all)}.example",
                id=id,
                tags=tags,
                on_open=None if on_open is None else lambda _: self._greet(life),
                outbox=bound,
                on_duplicate=on_duplicate,
                reconnect=RECONNECT if back else None,
            )
            assert socket is life.socket

        life.add = self.spawn(self._adding(life, add))

    async def _adding(
        self, life: Life, add: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        refusal = self._refusal_of(life)
        if refusal is None:
            self.lives.added_by[asyncio.current_task()] = life
            self.lives.all.append(life)
        try:
            error = await self.error_when(add())
        except asyncio.CancelledError:
            life.asked = True
            raise
        if refusal is not None:
            assert type(error) is refusal, (life, error, refusal)
        elif isinstance(error, DialError):
            assert life.kind == "server"
        elif error is not None:
            assert isinstance(error, SocketClosedError), error
            assert life.asked or life.replaced, (life, error)

    def _refusal_of(self, life: Life) -> type[SscError] | None:
        if self.lives.stopping:
            return PoolNotRunningError
        if not life.id:
            return EmptyIdError
        if life.id in self.lives.owners:
            return None if life.on_duplicate == "replace" else DuplicateIdError
        full = len(self.lives.owners) >= MAX_SOCKETS
        return TooManySocketsError if full else None

    async def _greet(self, life: Life) -> None:
        """An `on_open`."""
        generation = life.generation
        if life.on_open == "writes":
            text = self.text(1)
            life.learn()
            if life.asked or life.socket is None or life.socket.state == "closing":
                return
            assert life.link is not None
            verdict = life.line.write(
                text, writable=life.link.near.writable, ready=False
            )
            assert verdict == "queued"
            life.socket.write(text)
        elif life.on_open == "waits":
            life.gate = asyncio.get_running_loop().create_future()
            await life.gate
        elif life.on_open == "fails":
            life.excuses.add("on_open failed")
            raise Mishap
        assert life.socket is not None
        if life.generation == generation and life.socket.state != "closing":
            life.learn()
            life.ready = life.was_ready = True

    def let_on_open_go(self, id: str) -> None:
        life = self.lives.of(id)
        if life is not None and life.gate is not None and not life.gate.done():
            life.gate.set_result(None)

    # They go

    def remove(self, id: str, code: int, *, by_socket: bool) -> None:
        if self.lags():
            return  # inside an event, while the next one waits
        if by_socket:
            life = self.lives.last_of(id)
        else:
            life = self.lives.of(id)
            expected: type[SscError] | None = None
            if self.lives.stopped:
                expected = PoolNotRunningError
            elif life is None:
                expected = UnknownSocketError if id else EmptyIdError
            if expected is not None:
                error = self.error_of(lambda: self.pool.remove_socket(id, code))
                assert error is expected, (error, expected)
                return
        if life is None:
            return
        life.asked = True
        assert life.socket is not None
        life.ends.append(
            life.socket.close(code) if by_socket else self.pool.remove_socket(id, code)
        )
        assert life.socket.state in ("closing", "closed")

    def stop(self, deadline: float) -> None:
        self.lives.stopping = True
        self.stop_by = min(self.stop_by, self.world.now + deadline)
        for life in self.lives.here:
            life.asked = True
        self.stopping_now = True
        try:
            self.stops.append(self.pool.stop(deadline))
        finally:
            self.stopping_now = False

    def cancel(self, n: int) -> None:
        pending = self.pending()
        if not pending:
            return
        task = pending[n % len(pending)]
        for life in self.lives.all:
            life.learn()
            for waiter in list(life.line.waiting):
                if waiter.task is task:
                    life.line.withdraw(waiter)
                    life.line.refused += life.refuses_senders  # too late, then
        task.cancel()

    # What peers do

    def link(self, id: str) -> Link | None:
        life = self.lives.of(id)
        return life.links[-1] if life is not None and life.links else None

    def stall(self, id: str, stalled: bool) -> None:
        if (link := self.link(id)) is not None:
            link.far.stalled = stalled

    def mute(self, id: str) -> None:
        if (link := self.link(id)) is not None:
            link.far.answers = False

    def silence_counts(self) -> None:
        """So much time passes that a peer which doesn't answer may be taken for dead."""
        for life in self.lives.here:
            for link in life.links:
                if link.far.stalled or not link.far.answers:
                    link.touched = True

    def peer_sends(self, id: str, n: int) -> None:
        life, link = self.lives.of(id), self.link(id)
        if life is not None and link is not None:
            for _ in range(n):
                text = self.text(1)
                self.origins[text] = life, link
                link.send(text)

    def peer_closes(self, id: str, code: int) -> None:
        if (link := self.link(id)) is not None:
            link.close(code)

    def lose(self, id: str) -> None:
        if (link := self.link(id)) is not None:
            link.lose()
