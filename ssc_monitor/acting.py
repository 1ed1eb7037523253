"""`Acting`: what a viewer has a pool do, and who waits to hear what came of it."""

from collections.abc import Callable

from ssc_monitor.sources.source import Source
from ssc_rx.monitor import wire

__all__ = ["Acting", "Told"]

MAX_WAITING = 32
"""Commands that wait for their answer; a pool that is well answers in milliseconds."""

TOO_MANY = f"{MAX_WAITING} commands wait for their answers: is the program blocked?"
UNKNOWN = "the link was lost before the answer came: it may have been done, or not"

Told = Callable[[wire.Answer], None]


class Acting:
    """Gives commands to a source; every one of them is answered, whatever happens.

    Args:
        source: Whose pool is acted on.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._last = 0
        self._waiting: dict[int, Told] = {}

    @property
    def why_not(self) -> str:
        """Why nothing can be done to the pool, for people; empty if it can."""
        return self._source.why_not

    def send(
        self,
        payload: bytes,
        type: int,
        told: Told,
        *,
        number: int | None = None,
        tag: str | None = None,
    ) -> None:
        """Write a message to a socket, to the group of a tag, or to all sockets.

        Args:
            payload: What to write.
            type: 1 TEXT, 2 BINARY.
            told: Takes what came of it; maybe at once.
            number: The socket's.
            tag: Of the group.
        """
        if len(payload) > wire.MAX_SENT_BYTES:
            told(
                wire.Answer(0, f"a monitor sends {wire.MAX_SENT_BYTES:,} bytes at most")
            )
            return
        numbers = None if number is None else (number,)
        self._do(wire.Send(self._next(), payload, type, numbers, tag), told)

    def kick(self, number: int, code: int, reason: str, told: Told) -> None:
        """Close a socket for good; `told` as for `send`."""
        self._do(wire.Kick(self._next(), number, code, reason), told)

    def ping(self, number: int, told: Told) -> None:
        """Measure a socket's round trip; `told` as for `send`."""
        self._do(wire.Ping(self._next(), number), told)

    def answered(self, answer: wire.Answer) -> None:
        """The process said what came of a command."""
        told = self._waiting.pop(answer.request, None)
        if told is not None:
            told(answer)

    def lost(self) -> None:
        """There is no link any more: what wasn't answered never will be."""
        waiting, self._waiting = self._waiting, {}
        for request, told in waiting.items():
            told(wire.Answer(request, UNKNOWN))

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _do(self, command: wire.Command, told: Told) -> None:
        why_not = self.why_not
        if not why_not and len(self._waiting) >= MAX_WAITING:
            why_not = TOO_MANY
        if why_not:
            told(wire.Answer(command.request, why_not))
            return
        self._waiting[command.request] = told
        self._source.request(command)
