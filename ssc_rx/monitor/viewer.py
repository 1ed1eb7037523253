"""One attached viewer: what it wants, what it has been told, whether it keeps up."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from ssc_rx.logs import about, logger_of
from ssc_rx.monitor.chronicle import Chronicle
from ssc_rx.monitor.sampler import Sampler
from ssc_rx.monitor.survey import Survey
from ssc_rx.monitor.wire import Frame, encode

__all__ = ["Viewer"]

logger = logger_of(__name__)

PATIENCE_S = 10.0
"""A viewer that reads nothing for so long is cut off."""


class Viewer:
    """Sends what is published, one batch at a time.

    A viewer that is still busy with the last batch misses this one: it gets all counters
    anew when it is done, the events that are still known, and of the samples what its
    sampler still holds. So what waits for it is bounded.

    Attributes:
        connection: To it.
        sampler: Takes its samples; `None` if it wants none.
        idle: Set while nothing is on its way.
    """

    def __init__(
        self,
        connection: ServerConnection,
        survey: Survey,
        chronicle: Chronicle,
        *,
        pool: str = "",
    ) -> None:
        self._pool = pool
        self.connection = connection
        self.sampler: Sampler | None = None
        self._survey = survey
        self._chronicle = chronicle
        self._next_event = chronicle.start
        self._behind = True
        self._batch: Iterator[bytes] = iter(())
        self._published = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()

    def publish(self, reading: Sequence[bytes]) -> None:
        """Let it have what is new.

        Args:
            reading: Frames of the reading that was just made; empty if none was.
        """
        if not self.idle.is_set():
            self._behind = self._behind or bool(reading)
            return
        state: Iterator[bytes] = iter(reading)
        if reading and self._behind:
            self._behind = False
            state = self._survey.whole()
        self._batch = chain(state, self._news())
        self.idle.clear()
        self._published.set()

    def _news(self) -> Iterator[bytes]:
        while (events := self._chronicle.since(self._next_event)) is not None:
            self._next_event = events.events[-1].sequence + 1
            yield encode(events)
        if self.sampler is not None:
            yield encode(self.sampler.batch())

    async def pump(self) -> None:
        """Send until the connection ends or the viewer's time is up."""
        try:
            while True:
                await self._published.wait()
                self._published.clear()
                for frame in self._batch:
                    async with asyncio.timeout(PATIENCE_S):
                        await self.connection.send(frame, text=True)
                self.idle.set()
        except TimeoutError:
            logger.warning(
                "a monitor's viewer read nothing for %s s and was cut off",
                PATIENCE_S,
                extra=about(self._pool),
            )
            self.connection.transport.abort()
        except ConnectionClosed:
            pass
        except Exception:  # a fault of ours must not become the pool's
            extra = about(self._pool)
            logger.exception("the monitor failed to tell a viewer", extra=extra)
            self.connection.transport.abort()
        finally:
            self.idle.set()

    async def reply(self, frame: Frame) -> None:
        """Answer a request; waits until it is sent."""
        await self.connection.send(encode(frame), text=True)
