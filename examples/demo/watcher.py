"""A third process: attaches to the desk's pool like `ssc-monitor`, and tells what it sees.

    python -m examples.demo.watcher PATH

It is started by `child.py`, asked through its standard input, and ends with it.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from examples.demo.event_loop import run
from examples.demo.inbox import Inbox
from examples.demo.pipe import Look, Seen, SocketSeen, Watching, say
from ssc_monitor.model.pool import PoolView
from ssc_monitor.sources.remote import RemoteSource
from ssc_rx.monitor import wire

__all__ = ["Watcher"]

ENDS = ("SocketClosed", "ReconnectScheduled")
"""Events of a connection that ended; of a dial that failed if they have no `info`."""


class Watcher:
    """Reads the monitor's frames into the model that the screens show."""

    def __init__(self, path: Path) -> None:
        self._source = RemoteSource(path)
        self._view = PoolView()
        self._samples = 0
        self._readings = 0
        self._read = asyncio.Event()
        self._attached = asyncio.Event()

    async def watch(self) -> None:
        """Read until cancelled."""
        self._source.request(wire.Watch(wire.Selection()))
        async for frame in self._source.frames():
            if isinstance(frame, wire.Frame):
                self._view.apply(frame)
                self._attached.set()
            if isinstance(frame, wire.Messages):
                self._samples += len(frame.samples)
            if isinstance(frame, wire.State) and frame.pool is not None:
                self._readings += 1
                self._read.set()

    async def attached(self) -> None:
        """Wait until there is a link."""
        await self._attached.wait()

    async def look(self) -> Seen:
        """What it sees, of a reading that began after the call."""
        wanted = self._readings + 2
        while self._readings < wanted:
            self._read.clear()
            await self._read.wait()
        view = self._view
        assert view.row is not None
        assert view.counts is not None
        opened = Counter(e.id for e in view.events if e.name == "SocketOpened")
        closed = Counter(
            e.id for e in view.events if e.name in ENDS and e.facts["info"]
        )
        return Seen(
            sockets={
                socket.id: SocketSeen(
                    messages_in=socket.messages_in,
                    bytes_in=socket.bytes_in,
                    messages_out=socket.messages_out,
                    opened=opened[socket.id],
                    closed=closed[socket.id],
                )
                for socket in view.sockets.values()
                if not socket.gone
            },
            messages_in=view.row.messages_in,
            accepted=view.row.accepted,
            messages_out=view.row.messages_out,
            queued=view.row.queued,
            failed=sum(view.row.failed.values()),
            events_missed=view.events_missed,
            seen=view.counts.seen,
            matched=view.counts.matched,
            sent=view.counts.sent,
            sampled_out=view.counts.sampled_out,
            dropped=view.counts.dropped,
            samples=self._samples,
        )


async def main() -> None:
    """Watch, until the parent closes the pipe."""
    inbox = Inbox()
    watcher = Watcher(Path(sys.argv[1]))
    watching = asyncio.create_task(watcher.watch(), name="watching")
    try:
        await watcher.attached()
        say(Watching())
        await inbox.get(Look)
        say(await watcher.look())
        await inbox.closed()
    except EOFError:
        pass
    finally:
        watching.cancel()
        await asyncio.wait([watching])


if __name__ == "__main__":
    run(main())
