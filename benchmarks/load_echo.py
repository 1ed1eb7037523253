"""The load of rows in which the subject echoes: clients that answer each echo.

On every connection the same number of messages is under way, so while the subject works
for one, those of all others wait for it.
"""

import asyncio
from dataclasses import asdict
from typing import cast

from benchmarks.acks import AckWriter
from benchmarks.job import Job
from benchmarks.load_receiver import Client, Receiver
from benchmarks.span import start_span
from benchmarks.wire import masked_frame

__all__ = ["Echoed"]


class _Sayer(Client):
    """One connection: it says its share, and no more of it than is under way."""

    def __init__(self, clients: "Echoed") -> None:
        super().__init__(clients)
        self._clients = clients
        self._left = 0
        self._part = 0  # bytes of an echo that has not come whole

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        super().connection_made(transport)

    def say(self, share: int, at_once: int) -> None:
        """Say that many messages, that many of them before there is an echo."""
        self._left = share
        self._say(at_once)

    def _say(self, some: int) -> None:
        some = min(some, self._left)
        if some:
            self._left -= some
            self._transport.write(self._clients.said[some])

    def buffer_updated(self, nbytes: int) -> None:
        if not self.opened.done():
            super().buffer_updated(nbytes)
            return
        echoes, self._part = divmod(self._part + nbytes, self._clients.echo_bytes)
        self._say(echoes)
        self._clients.came(echoes)


class Echoed(Receiver):
    """Clients of a subject that echoes; counts what comes back.

    Attributes:
        echo_bytes: Of an echo's frame.
        said: So many frames, ready-made.
    """

    def __init__(self, job: Job, acks: AckWriter) -> None:
        super().__init__(job, acks)
        frame = masked_frame(job)
        self.echo_bytes = len(frame) - 4
        self.said = [frame * n for n in range(job.repeat + 2)]
        self._sayers: list[_Sayer] = []
        self._came = 0
        self._until = 0
        self._reached: asyncio.Future[None] = self.loop.create_future()
        self._told: asyncio.Future[None] = self.loop.create_future()

    def new_client(self) -> Client:
        sayer = _Sayer(self)
        self._sayers.append(sayer)
        return sayer

    async def run(self, port: int) -> dict[str, object]:
        """Connect, warm up, and, when the subject says so, say the measured messages.

        Returns how many echoes came, and what the measured cost.
        """
        job = self._job
        await self._connect_all(port, job.sockets)
        settings = self._settings()
        self._acks.ready()
        await self._say(job.warmup)
        await self._told
        started = start_span()
        await self._say(job.measured)
        span = started.stop()
        await self._all_lost
        return {"messages": self._came, "settings": settings, **asdict(span)}

    async def _say(self, messages: int) -> None:
        """Let all clients say the same share; returns when the echoes have come."""
        self._reached = self.loop.create_future()
        self._until += messages
        for sayer in self._sayers:
            sayer.say(messages // len(self._sayers), self._job.repeat)
        await self._reached

    def came(self, echoes: int) -> None:
        """Echoes arrived, or, between the phases, the subject's word to go on."""
        if not echoes:
            return
        if self._reached.done() and not self._told.done():
            self._told.set_result(None)
            return
        self._came += echoes
        if self._came == self._until:
            self._reached.set_result(None)
        self._acks.arrived(self._came)

    def lost(self) -> None:
        for waiter in (self._reached, self._told):
            if not waiter.done():
                waiter.set_exception(EOFError(f"the subject left after {self._came}"))
        super().lost()
