"""The pool's side."""

from benchmarks.job import Job
from benchmarks.tally import Tally
from benchmarks.viewer import Viewer
from ssc_rx import Message, Pool, PoolStats
from ssc_rx import operators as ops
from ssc_rx.options import MonitorLevel

__all__ = ["PoolReading", "PoolWriting"]


class PoolReading:
    """`pool.messages`, with a subscriber behind nothing, two operators, or an ID."""

    def __init__(self, job: Job) -> None:
        monitor: MonitorLevel = "traffic" if job.side == "watched" else "off"
        self._pool = Pool(ping_interval=job.keepalive_s, monitor=monitor)
        self._job = job
        self._viewer: Viewer | None = None

    def observe(self, tally: Tally) -> None:
        messages = self._pool.messages
        match self._job.subscriber:
            case "bare":
                messages.subscribe(tally.add_message)
            case "pipeline":
                messages.pipe(
                    ops.filter(lambda message: message.payload.startswith(b"{")),
                    ops.map(lambda message: len(message.payload)),
                ).subscribe(tally.add_size)
            case "keyed":
                for n in range(self._job.sockets):
                    messages.pipe(ops.from_id(f"feed-{n}")).subscribe(tally.add_message)

    async def start(self) -> None:
        await self._pool.start()
        if self._pool.monitor_path is not None:
            self._viewer = await Viewer.attach(
                self._pool.monitor_path, self._job.load_core
            )

    async def dial(self, url: str, id: str) -> None:
        await self._pool.add_server_socket(url, id=id)

    def check(self, job: Job) -> None:
        stats = self._pool.stats()
        if stats.messages_in != job.total or stats.subscriber_failures:
            raise RuntimeError(f"the pool lost messages: {_shown(stats)}")
        if self._viewer is not None:
            self._viewer.check()


class PoolWriting:
    """`pool.serve`, then `pool.write_all` or `pool.write`."""

    def __init__(self, job: Job) -> None:
        self._pool = Pool(ping_interval=job.keepalive_s)

    async def serve(self) -> int:
        await self._pool.start()
        server = await self._pool.serve().__aenter__()
        return server.port

    def ids(self) -> list[str]:
        return self._pool.list()

    async def write_all(self, text: str) -> None:
        self._pool.write_all(text)

    async def write(self, ids: list[str], text: str) -> None:
        write = self._pool.write
        for id in ids:
            write(Message.of(id, text))

    def check(self, job: Job) -> None:
        stats = self._pool.stats()
        good = (
            stats.balanced
            and stats.messages_out == stats.accepted == job.total
            and stats.refused == stats.failed_total == stats.queued == 0
        )
        if not good:
            raise RuntimeError(f"the pool lost writes: {_shown(stats)}")


def _shown(stats: PoolStats) -> str:
    return (
        f"{stats.messages_in} in, {stats.accepted} accepted, {stats.refused} refused, "
        f"{stats.messages_out} out, {stats.queued} queued, failed: {dict(stats.failed)}, "
        f"{stats.subscriber_failures} failures of subscribers"
    )
