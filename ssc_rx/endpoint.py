"""How a socket lives: the shell around its life and its heartbeat.

`core` decides; an `Endpoint` acts on its transport and tells its pool. `Socket` is the
face that users see of it.
"""

import asyncio
import math
import os
from collections.abc import Callable

from ssc_rx.core.heartbeat import Beat, Heartbeat
from ssc_rx.core.lifecycle import Action, Cause, SocketState, step
from ssc_rx.errors import (
    CloseTimeoutError,
    DialError,
    PingTimeoutError,
    SocketClosedError,
)
from ssc_rx.events import (
    CloseInfo,
    DialFailed,
    Event,
    LostReason,
    SocketClosed,
    SocketKind,
    SocketOpened,
)
from ssc_rx.options import Options
from ssc_rx.pinging import Pinging
from ssc_rx.ports import Dialler, Transport
from ssc_rx.receiving import Deaf
from ssc_rx.shared import Shared

__all__ = ["Endpoint"]

_ENDING = (SocketState.CLOSING, SocketState.CLOSED)
_REPLACED = (4501, "replaced")
_LOST_BY: dict[Cause, LostReason] = {
    Cause.OVERFLOWED: "overflow",
    Cause.REPLACED: "replaced",
}


class Endpoint(Pinging):
    """One end of a connection, from the reservation of its ID to its last event."""

    __slots__ = (
        "__weakref__",
        "_down_since",
        "_last_info",
        "_stopping",
        "_up_since",
        "_violated",
        "_waiters",
        "_withdraw",
        "due",
        "kind",
        "opened_at",
    )

    def __init__(
        self, shared: Shared, id: str, kind: SocketKind, options: Options
    ) -> None:
        super().__init__(shared, id, options)
        self._withdraw: Callable[[], object] | None = None
        self._up_since = 0.0
        self._down_since: float | None = None
        self._last_info: CloseInfo | None = None
        self._stopping = False
        self._violated = False
        self._waiters: tuple[asyncio.Future[CloseInfo], ...] = ()
        self.due = math.inf
        self.kind: SocketKind = kind
        self.opened_at: float | None = None

    # Its beginning: told by the pool

    def may_withdraw(self, withdraw: Callable[[], object]) -> None:
        """It is being opened; calling `withdraw` gives that up."""
        self._withdraw = withdraw
        if self._life.state in _ENDING:  # nobody wants it any more
            withdraw()

    def returns(self, dialler: Dialler) -> None:
        """When its connection ends from now on, it is for `dialler` to say what follows."""
        self._dialler = dialler

    def opened(self, transport: Transport, *, on_open: object = None) -> bool:
        """Its connection is open; False if it isn't wanted any more, and has ended.

        With a mark `on_open`, nobody may write until `ready()` but what runs under it.
        """
        if self._happened(Cause.OPENED) is not Action.REPORT_OPENED:
            transport.abort()
            self.failed(SocketClosedError(self.id, self._life.state))
            return False
        self._transport = transport
        self.generation += 1
        now = self._up_since = self._shared.driver.now()
        self.opened_at = now + self._shared.driver.wall_offset
        self._mark = on_open
        if on_open is None:
            self._withdraw = None
            self._let_all_write()
        interval = self._options.ping_interval
        if interval is not None and transport.can_ping:
            self._heartbeat = Heartbeat(
                interval, self._options.ping_timeout, now, self._shared.next_spread()
            )
            self._shared.driver.schedule(self, self._heartbeat.due)
        if self.generation == 1:
            self._shared.takes_place(self)
        self._shared.tell(
            SocketOpened(
                id=self.id,
                kind=self.kind,
                generation=self.generation,
                gap=None if self._down_since is None else now - self._down_since,
                time=self._shared.driver.wall(),
            )
        )
        self._shared.holds.apply_to(self)
        if self._holders:
            transport.pause_reading()
        transport.attach(self)
        if self._accepts:
            self._accept_all()
        return True

    def ready(self, on_open: object) -> bool:
        """What ran under that mark is done: from now on anybody may write.

        False if its connection, or a later one, is not waiting for that.
        """
        if self._mark is not on_open or self._life.state is not SocketState.OPEN:
            return False
        self._withdraw = None
        self._accept_all()
        return True

    def unwelcome(self, on_open: object, error: DialError) -> bool:
        """What ran under that mark failed: its connection is to end. Otherwise alike."""
        if self._mark is not on_open or self._life.state is not SocketState.OPEN:
            return False
        self._close_frame = (1011, "internal error")
        self._cause = error
        self._happened(Cause.UNWELCOME)
        return True

    def dropped(self) -> bool:
        """It could not be opened, and is to be dialled again; False if nobody wants it."""
        self._happened(Cause.DROPPED)
        return self._life.state is SocketState.RECONNECTING

    def replaced(self) -> None:
        """Another socket has its ID now: it delivers and sends nothing more, and closes.

        It has left its pool; `close_info` waits for the end of its connection.
        """
        if self._gone:
            return
        if self._close_frame is None:
            self._close_frame = _REPLACED
        if self._transport is not None:
            self._hear_no_more(self._transport)
        self._happened(Cause.REPLACED)
        gone = None if self.generation else SocketClosedError(self.id, self.state)
        self._depart(CloseInfo(*self._close_frame, "us", False, gone))

    def _hear_no_more(self, transport: Transport) -> None:
        """Deliver nothing more, not even the rest of what is being delivered."""
        self._holders = None
        transport.pause_reading()
        transport.attach(Deaf(self))
        transport.resume_reading()

    def failed(self, error: Exception) -> None:
        """It could not be opened, and that is its end."""
        if self.generation == 0:
            self._cause = self._cause or error
            info = CloseInfo(1006, "", "lost", False, self._cause)
        elif self._life.asked and self._close_frame is not None:
            info = CloseInfo(*self._close_frame, "us", False)
        else:
            info = self._last_info or CloseInfo(1006, "", "lost", False, error)
        self._end(Cause.FAILED, info)

    # ports.Receiver: told by the transport

    def on_writable(self) -> None:
        self._flush_soon()

    def on_closing(self, error: Exception | None) -> None:
        self._violated = error is not None
        self._happened(Cause.PEER_CLOSING if error is None else Cause.VIOLATED)

    def on_closed(self, info: CloseInfo) -> None:
        cause = self._cause
        if cause is not None and not (
            info.clean and isinstance(cause, CloseTimeoutError)
        ):
            by = "us" if info.by == "lost" else info.by
            info = CloseInfo(info.code, info.reason, by, info.clean, cause)
        self._shared.connection_ended(self.kind, info.code)
        dialler = self._dialler
        if dialler is None or self._life.asked:
            self._end(Cause.LOST, info)
            return
        attempt = cause if isinstance(cause, DialError) else info
        uptime = self._shared.driver.now() - self._up_since
        again = dialler.comes_back(attempt, uptime)
        self._end(Cause.DROPPED if again else Cause.LOST, info)
        if self._life.state is SocketState.RECONNECTING:
            dialler.dial_again(attempt)
        elif (
            self._life.state is SocketState.CLOSING
        ):  # who was told of WritesLost asked
            self.failed(SocketClosedError(self.id, self.state))

    # ports.Driven: told by the driver

    def on_due(self, now: float) -> None:
        heartbeat = self._heartbeat
        if self._life.state is not SocketState.OPEN or heartbeat is None:
            self._happened(Cause.DUE)
            return
        if self._holders:  # its silence is our doing
            heartbeat.excuse()
        payload = os.urandom(4)
        match heartbeat.beat(now, self._last_seen, payload):
            case Beat.DEAD:
                self._close_frame = (1011, "keepalive ping timeout")
                self._cause = PingTimeoutError(self._options.ping_timeout)
                self._happened(Cause.UNANSWERED)
                return
            case Beat.PING if self._transport is not None:
                self._transport.ping(payload)
            case _:
                pass
        self._shared.driver.schedule(self, heartbeat.due)

    # Its end

    @property
    def hosted(self) -> bool:
        """Whether its connection ends with the route handler that was given it."""
        return self._transport is not None and self._transport.hosted

    @property
    def asked(self) -> bool:
        """Whether our side asked for its end."""
        return self._life.asked

    def end(
        self, code: int, reason: str, *, stop_deadline: float | None = None
    ) -> "asyncio.Future[CloseInfo]":
        """Close after what is queued; acts at once. The first code given counts.

        When the pool stops, `stop_deadline` seconds bound the flush instead of the close
        timeout, which then bounds the closing handshake alone.
        """
        if self._close_frame is None:
            self._close_frame = (code, reason)
        self._stopping = self._stopping or stop_deadline is not None
        self._happened(Cause.ASKED, stop_deadline)
        return self.ended()

    def ended(self) -> "asyncio.Future[CloseInfo]":
        """How it ended; a future of its own for each caller."""
        waiter: asyncio.Future[CloseInfo] = self._shared.driver.loop.create_future()
        if self.close_info is not None:
            waiter.set_result(self.close_info)
        else:
            self._waiters += (waiter,)
        return waiter

    def _happened(self, cause: Cause, grace: float | None = None) -> Action:
        """Take a step in its life, and do what follows."""
        driver = self._shared.driver
        if grace is None:
            grace = self._options.close_timeout
        self._life, action = step(self._life, cause, driver.now(), grace)
        if self._life.state is not SocketState.OPEN:
            self._accepts = False
        if self._life.state is SocketState.CLOSING and self.due != self._life.deadline:
            driver.schedule(self, self._life.deadline)
        match action:
            case Action.WITHDRAW:
                if self._withdraw is not None:
                    self._withdraw()
            case Action.CLOSE_AFTER_FLUSH:
                self._refuse_senders()
                self.flush()
            case Action.CLOSE_NOW:
                self._lose_queue(_LOST_BY.get(cause, "lost"))
                self.flush()
            case Action.AWAIT_LOSS:
                self._lose_queue("closed")
            case Action.ABORT:
                self._abort()
            case _:
                pass
        return action

    def _abort(self) -> None:
        if self._cause is None and not self._violated:
            limit = (
                "the deadline of stop()"
                if self._stopping
                else f"close_timeout={self._options.close_timeout} s"
            )
            self._cause = CloseTimeoutError(f"the close took longer than {limit}")
        if self._transport is not None:
            self._transport.abort()

    def _end(self, cause: Cause, info: CloseInfo) -> None:
        action = self._happened(cause)
        if action is Action.REPORT_CLOSED:
            self._leave(info)
        elif action is Action.DIAL_AGAIN:
            self._fall(info)

    def _lose_link(self, info: CloseInfo) -> None:
        self._shared.driver.schedule(self, math.inf)
        self._lose_pings()
        if self._stopping:
            self._lose_queue("stopped")
        else:
            self._lose_queue("lost" if info.by == "lost" else "closed")

    def _fall(self, info: CloseInfo) -> None:
        """Keep nothing of the connection that ended: another will come."""
        self._transport = self._heartbeat = self._close_frame = self._cause = None
        self._violated = False
        self._last_info = info
        self._down_since = self._shared.driver.now()
        self._lose_link(info)

    def _leave(self, info: CloseInfo) -> None:
        """Be gone for good."""
        withdraw, self._withdraw = self._withdraw, None
        if withdraw is not None:
            withdraw()
        self._dialler = self._mark = None
        self._lose_link(info)
        self.close_info = info
        self._depart(info)
        self._shared.ended(self)
        waiters, self._waiters = self._waiters, ()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(info)

    def _depart(self, info: CloseInfo) -> None:
        """Leave the pool, and say so."""
        if self._gone:
            return
        self._gone = True
        self._shared.gone(self)
        self._shared.tell(self._last_event(info, self._shared.driver.wall()))
        if self._hub is not None:
            self._hub.end = info
            self._hub.complete()
        if self._writes is not None:
            self._writes.complete()

    def _last_event(self, info: CloseInfo, time: float) -> Event:
        if self.generation == 0 and self.kind == "server" and info.error is not None:
            return DialFailed(id=self.id, error=info.error, final=True, time=time)
        return SocketClosed(
            id=self.id,
            kind=self.kind,
            generation=self.generation,
            info=info,
            time=time,
        )
