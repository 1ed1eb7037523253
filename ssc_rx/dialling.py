"""How a server socket is opened, and opened again whenever its connection is gone.

`core.reconnect` decides; a `Dialling` waits, dials and lets `on_open` run, in a task that
lives only while its socket is down.
"""

import asyncio
import inspect
import random
import sys
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from ssc_rx.core.reconnect import delay_s, next_attempt, retries_close, retries_dial
from ssc_rx.errors import DialError, SocketClosedError, SscError
from ssc_rx.events import CloseInfo, DialFailed, ReconnectScheduled
from ssc_rx.options import Reconnect
from ssc_rx.ports import Transport
from ssc_rx.sending import ON_OPEN
from ssc_rx.shared import Shared
from ssc_rx.sockets import Socket
from ssc_rx.wording import bare

__all__ = ["Dialling", "Headers", "OnOpen", "Url", "dial_limit", "value_of"]

T = TypeVar("T")
Url = str | Callable[[], str | Awaitable[str]]
"""A URL, or what gives it at every dial."""
Headers = (
    Mapping[str, str] | Callable[[], Mapping[str, str] | Awaitable[Mapping[str, str]]]
)
"""Headers, or what gives them at every dial."""
OnOpen = Callable[[Socket], object]
"""Called with the socket; may be async."""


def dial_limit(reconnect: Reconnect | None) -> asyncio.Semaphore:
    """What a pool's dials share, so that not too many are in flight."""
    limit = None if reconnect is None else reconnect.max_dials
    return asyncio.Semaphore(sys.maxsize if limit is None else limit)


async def value_of(source: Any, what: str, id: str, limit_s: float) -> Any:
    """A URL or headers, asked for where a function gives them.

    Raises:
        DialError: If the function fails, or takes longer than `limit_s` seconds.
    """
    if not callable(source):
        return source
    try:
        async with asyncio.timeout(limit_s):
            value = source()
            return await value if inspect.isawaitable(value) else value
    except SscError:
        raise
    except TimeoutError as error:
        reason = f"its function for {what} took longer than open_timeout={limit_s} s"
        raise DialError(id, reason, kind="function") from error
    except Exception as error:
        reason = f"its function for {what} failed ({error!r})"
        raise DialError(id, reason, kind="function") from error


class Dialling:
    """What keeps one server socket open; implements `ports.Dialler`.

    Args:
        socket: The socket.
        shared: Its pool's.
        connect: Dials once.
        limit: Bounds the dials in flight, over all sockets of the pool.
        reconnect: When to dial again; `None` never.
        on_open: Called at every opening, before anybody else may write.
    """

    def __init__(
        self,
        socket: Socket,
        shared: Shared,
        connect: Callable[[], Coroutine[Any, Any, Transport]],
        *,
        limit: asyncio.Semaphore,
        reconnect: Reconnect | None,
        on_open: OnOpen | None = None,
    ) -> None:
        self._socket = socket
        self._shared = shared
        self._connect = connect
        self._limit = limit
        self._reconnect = reconnect
        self._on_open = on_open
        self._mark: object = None
        self._ready = False
        self._failure: DialError | None = None
        self._attempt = 0
        self._hook_failures = 0
        self._task: Task[None] | None = None
        self._first: Future[Exception | None] | None = None

    async def connect(self) -> Transport:
        """Dial once, when it is its turn."""
        async with self._limit:
            return await self._connect()

    def opened(self, transport: Transport) -> bool:
        """Give the socket its connection; False if it isn't wanted any more."""
        self._mark = None if self._on_open is None else object()
        wanted = self._socket.opened(transport, on_open=self._mark)
        if wanted and self._on_open is None:
            self._socket.returns(self)
        return wanted

    # Opening it for somebody who waits

    async def greeted(self) -> None:
        """Run the first `on_open` to its end.

        Raises:
            DialError: If it fails, or the connection ends meanwhile.
            SocketClosedError: If the socket is removed meanwhile.
        """
        socket = self._socket
        task = self._start(self._greet())
        socket.may_withdraw(task.cancel)
        try:
            await asyncio.wait([task])
            if self._ready:
                return
            info = await socket.ended()
        except asyncio.CancelledError:
            socket.end(1001, "going away")
            raise
        if self._failure is not None:
            raise self._failure
        if socket.asked:
            raise SocketClosedError(socket.id, socket.state)
        how = f"{info.code} {info.reason}".rstrip()
        raise self._error(f"it closed before on_open returned ({how})") from info.error

    def begin(self) -> Future[Exception | None]:
        """Dial in the background from now on, whatever becomes of the first attempt.

        Returns:
            When that is over, its error; `None` if it has none.
        """
        self._first = first = self._shared.driver.loop.create_future()
        self._socket.returns(self)
        self._start(self._bring_up(None))
        self._socket.may_withdraw(self._withdraw)
        return first

    # ports.Dialler: told by the socket

    def comes_back(self, cause: CloseInfo | DialError, uptime: float) -> bool:
        reconnect = self._reconnect
        if reconnect is None:
            return False
        self._attempt = next_attempt(self._attempt, uptime, reconnect.min_uptime)
        most = reconnect.max_attempts
        if most is not None and self._attempt > most:
            return False
        wanted = self._ask("Reconnect.retry", reconnect.retry, cause)
        if wanted is not None:
            return bool(wanted)
        if isinstance(cause, DialError):
            return retries_dial(cause)
        return retries_close(cause)

    def dial_again(self, cause: CloseInfo | DialError) -> None:
        delay = self._delay_s(cause)
        self._start(self._bring_up(delay))
        self._socket.may_withdraw(self._withdraw)
        self._tell_scheduled(delay, cause)

    # The task

    def _start(self, work: Coroutine[Any, Any, None]) -> Task[None]:
        if self._task is not None:
            self._task.cancel()  # an on_open whose connection has ended
        name = f"ssc-rx keeps {bare(self._socket.id)} open"
        self._task = task = self._shared.driver.spawn(work, name)
        return task

    def _withdraw(self) -> None:
        """Nobody wants it any more: end at once, whatever the task makes of that."""
        if self._task is not None:
            self._task.cancel()
        gone = SocketClosedError(self._socket.id, self._socket.state)
        self._first_was(gone)
        self._socket.failed(gone)

    async def _bring_up(self, delay: float | None) -> None:
        """Dial until it is open; then let `on_open` run."""
        while True:
            if delay is not None:
                await self._shared.driver.sleep(delay)
            transport = await self._dial_once()
            if not isinstance(transport, Exception):
                break
            self._first_was(transport)
            delay = self._failed(transport)
            if delay is None:
                return
        if self.opened(transport) and self._on_open is not None:
            await self._greet()
        self._first_was(None)

    async def _dial_once(self) -> Transport | Exception:
        """Dial once; an error is returned, so that hooks don't run as it is handled."""
        try:
            return await self.connect()
        except Exception as error:
            return error

    def _failed(self, error: Exception) -> float | None:
        """An attempt failed: how long to wait before the next one, if there is one."""
        socket = self._socket
        if not isinstance(error, DialError) or not self.comes_back(error, 0.0):
            if socket.generation:  # else that it failed is its last event
                self._tell_failed(error, final=True)
            socket.failed(error)
            return None
        self._tell_failed(error)
        if not socket.dropped():
            return None
        delay = self._delay_s(error)
        self._tell_scheduled(delay, error)
        return delay

    async def _greet(self) -> None:
        """Run `on_open`, under the mark by which it may write before all others."""
        assert self._on_open is not None
        mark = self._mark
        ON_OPEN.set(mark)
        try:
            done = self._on_open(self._socket)
            if inspect.isawaitable(done):
                await done
        except asyncio.CancelledError:
            # Its connection has ended; or else it cancelled itself.
            self._unwelcome(mark, self._error("on_open was cancelled"))
            raise
        except Exception as error:
            failure = self._error(f"on_open failed ({error!r})")
            failure.__cause__ = error
            self._unwelcome(mark, failure)
        else:
            if self._socket.ready(mark):
                self._ready = True
                self._socket.returns(self)

    def _unwelcome(self, mark: object, failure: DialError) -> None:
        if self._socket.unwelcome(mark, failure):
            self._failure = failure
            self._tell_failed(failure)

    # Small things

    def _first_was(self, error: Exception | None) -> None:
        if self._first is not None and not self._first.done():
            self._first.set_result(error)

    def _delay_s(self, cause: CloseInfo | DialError) -> float:
        reconnect = self._reconnect or Reconnect()
        jitter = self._ask("Reconnect.jitter", reconnect.jitter)
        return delay_s(
            self._attempt,
            reconnect.min_delay,
            reconnect.max_delay,
            random.random() if jitter is None else jitter,
            cause.retry_after if isinstance(cause, DialError) else None,
        )

    def _ask(
        self, name: str, hook: Callable[..., T | None] | None, *args: Any
    ) -> T | None:
        """What a user's function says; `None` if it fails, which is reported."""
        if hook is None:
            return None
        try:
            return hook(*args)
        except Exception as error:
            self._hook_failures += 1
            self._shared.home.listener.subscriber_failed(
                name, self._socket.id, error, self._hook_failures, False
            )
            return None

    def _error(self, reason: str) -> DialError:
        place = self._socket.url or self._socket.id
        return DialError(place, reason, kind="on_open")

    def _tell_failed(self, error: Exception, *, final: bool = False) -> None:
        self._shared.tell(
            DialFailed(
                id=self._socket.id,
                error=error,
                final=final,
                time=self._shared.driver.wall(),
            )
        )

    def _tell_scheduled(self, delay: float, cause: CloseInfo | DialError) -> None:
        self._shared.tell(
            ReconnectScheduled(
                id=self._socket.id,
                attempt=self._attempt,
                delay=delay,
                info=cause if isinstance(cause, CloseInfo) else None,
                error=cause if isinstance(cause, DialError) else None,
                time=self._shared.driver.wall(),
            )
        )
