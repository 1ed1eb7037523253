"""A pool of another process, watched through its Unix socket."""

import asyncio
import os
from asyncio import Task
from collections.abc import AsyncGenerator
from pathlib import Path

from ssc_monitor.model.visible import visible
from ssc_monitor.sources.link import GoneError, Link, attach
from ssc_monitor.sources.pause import pause
from ssc_monitor.sources.source import NOT_ALLOWED, Attached, Found, Item, Lost
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError, directory, living, pid_of

__all__ = ["Found", "RemoteSource", "find", "hello_of"]

FIRST_DELAY_S = 0.2
MAX_DELAY_S = 2.0
HELLO_TIMEOUT_S = 2.0


class RemoteSource:
    """Attaches, and attaches again whenever the link is lost, until it is closed.

    Again means: at the same path; when nobody listens there any more, to the youngest
    monitor whose pool has the same name and program, for a program that was started
    anew has a new path.

    Args:
        path: The Unix socket.
        hello: What its process says of itself, if that is known already.
    """

    def __init__(self, path: Path, hello: wire.Hello | None = None) -> None:
        self.path = path
        self._hello = hello
        self._watch: wire.Watch | None = None
        self._link: Link | None = None
        self._attempt: Task[Link] | None = None
        self._closing = asyncio.Event()
        self._strangers: set[Path] = set()

    @property
    def name(self) -> str:
        """The pool's name; before that is known, the socket's."""
        return visible(self._hello.pool if self._hello else self.path.name, 80)

    async def frames(self) -> AsyncGenerator[Item, None]:
        """See `Source.frames`."""
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY_S
        told: Lost | None = None
        while not self._closing.is_set():
            try:
                link = await self._attached()
            except GoneError as error:
                # Why the last link ended says more than that nobody is there now.
                lost = told or Lost(str(error))
            except MonitorError as error:
                lost = Lost(str(error))
            else:
                if link is None:
                    return
                attached_at = loop.time()
                try:
                    yield Attached(link.path, link.hello)
                    yield link.hello
                    while not self._closing.is_set():
                        yield await link.receive()
                    return
                except MonitorError as error:
                    lost, told = Lost(str(error)), None
                except GeneratorExit:  # the event loop may be at its very end
                    link.abort()
                    raise
                finally:
                    self._link = None
                    await link.close()
                if loop.time() - attached_at > MAX_DELAY_S:
                    delay = FIRST_DELAY_S
            if self._closing.is_set():
                return
            if lost != told:
                yield lost
            told = lost
            await pause(delay, self._closing)
            delay = min(2 * delay, MAX_DELAY_S)

    @property
    def why_not(self) -> str:
        """See `Source.why_not`."""
        link = self._link
        if link is None:
            return "there is no link to the pool now"
        if not set(wire.COMMANDS) <= set(link.hello.capabilities):
            return NOT_ALLOWED
        return "" if link.has_room else "the program takes no more commands now"

    def request(self, request: wire.Request) -> None:
        """See `Source.request`."""
        if isinstance(request, wire.Watch):
            self._watch = request
        if self._link is not None:
            self._link.post(request)

    async def close(self) -> None:
        """See `Source.close`."""
        self._closing.set()
        if self._attempt is not None:
            self._attempt.cancel()
        if self._link is not None:
            await self._link.close()

    async def _attached(self) -> Link | None:
        """A new link that knows what is wanted; `None` if the source was closed."""
        self._attempt = attempt = asyncio.create_task(
            self._attach(), name=f"attaches to {self.path.name}"
        )
        try:
            self._link = link = await attempt
        except asyncio.CancelledError:
            if attempt.done() and not attempt.cancelled() and not attempt.exception():
                await attempt.result().close()
            current = asyncio.current_task()
            if self._closing.is_set() and not (current and current.cancelling()):
                return None
            raise
        finally:
            self._attempt = None
        self.path, self._hello = link.path, link.hello
        if self._watch is not None:
            link.post(self._watch)
        return link

    async def _attach(self) -> Link:
        try:
            return await attach(self.path)
        except GoneError:
            if (link := await self._attach_to_successor()) is not None:
                return link
            raise

    async def _attach_to_successor(self) -> Link | None:
        wanted = self._hello
        # A path from elsewhere may be a forwarded one: a pool of this machine with the
        # same name is another pool.
        if wanted is None or self.path.parent != directory():
            return None
        for path in reversed(living()):
            if path in self._strangers:
                continue
            try:
                link = await attach(path, HELLO_TIMEOUT_S)
            except MonitorError:
                continue
            if _same_pool(link.hello, wanted):
                return link
            self._strangers.add(path)
            await link.close()
        return None


def _same_pool(one: wire.Hello, other: wire.Hello) -> bool:
    return (one.pool, one.program) == (other.pool, other.program)


async def hello_of(path: Path, timeout: float = HELLO_TIMEOUT_S) -> wire.Hello:
    """What the process at a monitor's path says of itself.

    Args:
        path: The Unix socket.
        timeout: Seconds until it must have answered.

    Raises:
        MonitorError: If it can't be attached to.
    """
    link = await attach(path, timeout)
    await link.close()
    return link.hello


async def find(target: str | None = None) -> list[Found]:
    """The monitors of this user, oldest first.

    Args:
        target: Only those with this pid, of pools with this name, or at this path;
            `None` for all.

    Raises:
        MonitorError: If the directory of monitors can't be trusted.
    """
    if target is not None and _is_path(target):
        return [await _found(Path(target))]
    found = await asyncio.gather(*(_found(path) for path in living()))
    return [one for one in found if target is None or _is_meant(one, target)]


def _is_path(target: str) -> bool:
    # A pool's name may hold slashes too.
    return os.sep in target and os.path.lexists(target)


async def _found(path: Path) -> Found:
    try:
        return Found(path, await hello_of(path))
    except MonitorError as error:
        return Found(path, None, str(error))


def _is_meant(found: Found, target: str) -> bool:
    names = {str(pid_of(found.path)), found.path.name, found.path.stem}
    if found.hello is not None:
        names |= {str(found.hello.pid), found.hello.pool, visible(found.hello.pool)}
    return target in names
