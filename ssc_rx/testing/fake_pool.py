"""A real pool that dials and accepts in memory: no port, no wait."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cached_property
from types import TracebackType
from typing import Any, Unpack, cast

from ssc_rx.events import Event, SocketClosed, SocketOpened
from ssc_rx.options import Options, SocketOptions
from ssc_rx.pool import Pool
from ssc_rx.ports import Transport
from ssc_rx.testing.dials import Answer, Dial, Network, answer_of
from ssc_rx.testing.peer import Behaviour, Peer

__all__ = ["FakePool"]


class FakePool(Pool):
    """A `Pool` whose connections are in memory; everything else is the real one's.

    Takes the arguments of `Pool`. Its server sockets meet what `answer` says, its client
    sockets come by `join`; the far end of each is a `Peer`. In virtual time (see
    `run_virtual`) keepalive, back-off and time-outs take no time at all.

        async def main() -> None:
            pool = FakePool({"feed": "wss://a.example/feed"})
            pool.answer(refuse(), echo)
            async with pool:
                ...

    Leaving `async with` raises what a peer's behaviour raised; of several peers, an
    `ExceptionGroup`.
    """

    @cached_property
    def _network(self) -> Network:
        return Network()

    @property
    def dials(self) -> Sequence[Dial]:
        """All dials that were begun, in order."""
        return self._network.dials

    @property
    def peers(self) -> Sequence[Peer]:
        """The far ends of all connections there ever were, in order."""
        return self._network.peers

    def answer(
        self, *answers: Behaviour | Answer | None, url: str | None = None
    ) -> None:
        """Say what dials meet from now on; by default, a peer that is led by hand.

        Args:
            answers: The next dial meets the first, and so on; all further ones meet the
                last. A behaviour lets it in, as does `None`, which leaves the peer to
                the test; `refuse(...)` and `late(...)` are there besides.
            url: Where; `None` is anywhere that has no answers of its own.

        Raises:
            ValueError: If there are no answers.
        """
        if not answers:
            raise ValueError("answer() needs an answer: echo, refuse(), ...")
        self._network.set_answers(url, [answer_of(answer) for answer in answers])

    async def join(
        self,
        id: str,
        behaviour: Behaviour | None = None,
        *,
        tags: Iterable[str] = (),
        **options: Unpack[SocketOptions],
    ) -> Peer:
        """Let a peer come in as a client socket, as by `add_client_socket`.

        Args:
            id: The socket's ID.
            behaviour: What the peer does; `None` leaves it to the test.
            tags: What the socket bears at birth.
            **options: Override the pool's options for this socket.

        Returns:
            The far end. The socket is `pool[id]`, and lives until somebody closes it.

        Raises:
            As `add_client_socket`.
        """
        own = self._options.override(**options)
        near, peer = self._network.connect(id, own, behaviour)
        try:
            await self.add_client_socket(id, near, tags=tags, **options).__aenter__()
        except BaseException:
            peer.cut()
            raise
        return peer

    def peer(self, id: str) -> Peer:
        """The far end of the connection that the socket of this ID has.

        Raises:
            UnknownSocketError: If the pool has no such socket.
            LookupError: If it has no connection now; see `next_peer`.
        """
        address = self[id].remote_address
        if address is None:
            raise LookupError(
                f"{id!r} has no connection now: it is {self[id].state}; to wait for it: "
                "await pool.next_peer(...), and pool.dials tells what was tried"
            )
        _memory, number = cast("tuple[str, int]", address)
        return self._network.peers[number]

    async def next_peer(self, id: str) -> Peer:
        """Wait until a socket of this ID opens, or opens again; gives its far end.

        Subscribers of `events` and `on_open` may be at work still. A peer that has just
        been `cut()` is not gone yet: this waits for the one after it.

        Raises:
            LookupError: If the socket goes for good instead, or the pool stops.
        """
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def gone() -> None:
            if not opened.done():
                opened.set_exception(LookupError(f"{id!r} is gone, and won't open"))

        def look(event: Event) -> None:
            if isinstance(event, SocketOpened) and event.id == id:
                if not opened.done():
                    opened.set_result(None)
            elif isinstance(event, SocketClosed) and event.id == id:
                gone()

        subscription = self.events.subscribe(look, on_completed=gone)
        try:
            await opened
        finally:
            subscription.dispose()
        return self.peer(id)

    async def _dial(self, url: str, options: Options, **how: Any) -> Transport:
        return await self._network.dial(url, options, **how)

    async def __aenter__(self) -> "FakePool":
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await super().__aexit__(exc_type, exc, traceback)
        await asyncio.gather(*(peer.dismissed() for peer in self.peers))
        failures = [(peer, peer.error) for peer in self.peers if peer.error is not None]
        for peer, error in failures:
            error.add_note(f"raised by the behaviour of {peer}")
            if exc is not None:
                exc.add_note(f"the behaviour of {peer} had raised {error!r}")
        if exc is None and len(failures) == 1:
            raise failures[0][1]
        if exc is None and failures:
            errors = [error for _, error in failures]
            raise ExceptionGroup("behaviours of several peers failed", errors)
