"""A socket's pings for whose pong somebody waits."""

import asyncio
import os
from abc import ABC

from ssc_rx.core.echoes import Echoes
from ssc_rx.core.lifecycle import SocketState
from ssc_rx.errors import SocketClosedError, UnsupportedByTransportError, shown
from ssc_rx.receiving import Receiving

__all__ = ["Pinging"]


class Pinging(Receiving, ABC):
    """Pings besides those of the heartbeat; their pongs come in `Receiving`."""

    __slots__ = ()

    def ping(self) -> "asyncio.Future[float]":
        """Send a ping past the queue; gives the seconds until its pong.

        Like the pool's own pings it isn't counted. The future fails with
        `SocketClosedError` if the connection ends first; it doesn't time out.

        Raises:
            SocketClosedError: If it isn't open.
            UnsupportedByTransportError: If a web server keeps pings to itself.
        """
        transport = self._transport
        if transport is None or self._life.state is not SocketState.OPEN:
            raise SocketClosedError(self.id, self.state)
        self._check_can_ping()
        echoes = self._echoes = self._echoes or Echoes()
        payload = os.urandom(8)
        waiter: asyncio.Future[float] = self._shared.driver.loop.create_future()
        waiter.add_done_callback(lambda _: echoes.forget(payload))
        echoes.sent(payload, self._shared.driver.now(), waiter)
        transport.ping(payload)
        return waiter

    def _check_can_ping(self) -> None:
        if self._transport is not None and not self._transport.can_ping:
            raise UnsupportedByTransportError(
                f"the connection of {shown(self.id)} can't send PING or PONG; "
                "its web server sends pings by a setting of its own"
            )

    def _lose_pings(self) -> None:
        """Their pongs won't come: the connection is gone."""
        echoes, self._echoes = self._echoes, None
        for waiter in () if echoes is None else echoes.lost():
            if not waiter.done():
                waiter.set_exception(SocketClosedError(self.id, self.state))
