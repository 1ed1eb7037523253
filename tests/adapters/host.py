"""A web server with a pool in it, in a process of its own.

`python -m tests.adapters.host NAME` listens on a free port of 127.0.0.1 and says in JSON
lines on stdout where, and what the pool and its handlers do. The path of a request is
what its handler does, `?id=` the socket's ID; other parameters are options.
"""

import asyncio
import hashlib
import json
import logging
import os
import random
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ssc_rx import Message, Outbox, Overflow, Pool, SocketClosed, SocketClosedError
from tests.adapters.shapes import accept, read_to_the_end

MIB = 1024 * 1024
FLOOD_BYTES = 64 * MIB
FULL_S = 1.0
"""Seconds in which a full outbox moves no message until it counts as stuck."""


class Host:
    """The pool, and what handlers do with it."""

    def __init__(self, *, lazy: bool = False) -> None:
        self.lazy = lazy
        """The server runs no lifespan: the first handler starts the pool."""
        self.pool = Pool(ping_interval=None, close_timeout=2.0, name="host")
        self.narrow = Pool(ping_interval=None, max_sockets=1, name="narrow")
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._gates: dict[str, asyncio.Event] = {}
        self._load: asyncio.Task[None] | None = None
        self._dice = random.Random(4)
        self.pool.messages.subscribe(self._hear)
        self.pool.events.subscribe(self._tell, on_completed=self.tell_the_end)

    # What it says

    def say(self, what: str, id: str = "", **facts: Any) -> None:
        sys.stdout.write(json.dumps({"what": what, "id": id, **facts}) + "\n")
        sys.stdout.flush()

    def tell_the_end(self) -> None:
        stats = self.pool.stats()
        self.say("stopped", balanced=stats.balanced, state=stats.state)

    def _tell(self, event: Any) -> None:
        facts = {}
        if isinstance(event, SocketClosed):
            facts = {"info": _facts(event.info)}
        self.say(type(event).__name__, event.id, **facts)

    def _hear(self, message: Message) -> None:
        """A peer says what is to be done with its socket."""
        id, does = message.id, message.id.partition("-")[0]
        data = message.payload
        if does == "echo":
            self.pool.write(message)
        elif does == "digest":
            self.pool.write(Message.of(id, f"{len(data)} {_digest(data)}"))
        elif data == b"close":
            self.pool[id].close(4002, "ours")
        elif data == b"cancel":
            self._tasks[id].cancel()
        elif data.startswith(b"go "):
            self._gates[message.text[3:]].set()

    # What its handlers do

    async def handle(self, connection: Any, target: str) -> None:
        """A route handler; `target` is the path and query of the opening request."""
        url = urlsplit(target)
        options = dict(parse_qsl(url.query, keep_blank_values=True))
        id, does = options.pop("id"), url.path.strip("/").replace("-", "_")
        self._tasks[id] = _current_task()
        if self.lazy:
            await self.pool.start()
        try:
            handler: Callable[..., Awaitable[Any]] = getattr(self, f"do_{does}")
            info = await handler(connection, id, **options)
        except BaseException as error:
            cause = error.__context__ or error
            name = type(cause if "HTTP" in _bases(error) else error).__name__
            self.say("handler", id, raised=name, text=str(error)[:200])
            raise
        else:
            self.say("handler", id, info=_facts(info))
        finally:
            del self._tasks[id]

    async def do_add(self, connection: Any, id: str, limit: str = "") -> Any:
        """The one line."""
        if not limit:
            return await self.pool.add_client_socket(id, connection)
        size = int(limit)
        return await self.pool.add_client_socket(id, connection, max_message_size=size)

    async def do_return(self, connection: Any, id: str) -> Any:
        async with self.pool.add_client_socket(id, connection) as socket:
            pass
        return socket.close_info

    async def do_raise(self, connection: Any, id: str) -> Any:
        async with self.pool.add_client_socket(id, connection):
            raise RuntimeError("the body of a handler")

    async def do_narrow(self, connection: Any, id: str) -> Any:
        await self.narrow.start()
        return await self.narrow.add_client_socket(id, connection)

    async def do_flood(self, connection: Any, id: str) -> Any:
        """Write to a peer that doesn't read, until that gets stuck or all is gone."""
        outbox = Outbox(overflow=Overflow.ERROR)
        adding = self.pool.add_client_socket(id, connection, outbox=outbox)
        async with adding as socket:
            stuck, queued = False, 0
            for _ in range(FLOOD_BYTES // 65_536):
                try:
                    async with asyncio.timeout(FULL_S):
                        await socket.send(self._dice.randbytes(65_536))
                except TimeoutError:
                    stuck, queued = True, socket.stats.queued_bytes
                    break
                except SocketClosedError:
                    break
                await asyncio.sleep(0)
            taken = socket.stats.bytes_out
            self.say("flooded", id, stuck=stuck, queued=queued, taken=taken)
            await socket.wait_closed()
        return socket.close_info

    async def do_load(self, connection: Any, id: str) -> Any:
        if self._load is None:
            self._load = asyncio.create_task(self._write_on())
        outbox = Outbox(overflow=Overflow.DROP_OLDEST)
        return await self.pool.add_client_socket(id, connection, outbox=outbox)

    async def _write_on(self) -> None:
        while self.pool.stats().state == "running":
            self.pool.write_all(self._dice.randbytes(1024))
            await asyncio.sleep(0.002)  # its pace

    async def do_late(self, connection: Any, id: str) -> Any:
        """Not before somebody says so."""
        gate = self._gates[id] = asyncio.Event()
        self.say("waiting", id)
        await gate.wait()
        return await self.pool.add_client_socket(id, connection)

    async def do_accepted(self, connection: Any, id: str) -> Any:
        connection = await accept(connection)
        return await self.pool.add_client_socket(id, connection)

    async def do_ended(self, connection: Any, id: str) -> Any:
        connection = await accept(connection)
        await read_to_the_end(connection)
        return await self.pool.add_client_socket(id, connection, open_timeout=0.5)


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bases(error: BaseException) -> str:
    return " ".join(base.__name__ for base in type(error).__mro__)


def _facts(info: Any) -> dict[str, Any]:
    error = None if info.error is None else type(info.error).__name__
    return {
        "code": info.code,
        "reason": info.reason,
        "by": info.by,
        "clean": info.clean,
        "error": error,
    }


def _end_with_the_tests() -> None:
    """A run that its time limit ends leaves no server behind."""
    sys.stdin.read()
    os._exit(1)


def main(name: str) -> None:
    from tests.adapters.rows import ROWS

    logging.basicConfig(level=logging.WARNING)
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    ROWS[name].run()


if __name__ == "__main__":
    main(sys.argv[1])
