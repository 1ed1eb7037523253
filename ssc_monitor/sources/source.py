"""What a viewer watches: the frames of a pool, and how the link to it comes and goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from ssc_monitor.model.transport import Transport
from ssc_rx.monitor import wire

__all__ = [
    "NOT_ALLOWED",
    "RECORDED",
    "Attached",
    "Found",
    "GivenUp",
    "Item",
    "Lost",
    "Played",
    "Sought",
    "Source",
]

NOT_ALLOWED = (
    "this pool may only be watched. To allow more, in its program: "
    'Pool(..., monitor="control")'
)
RECORDED = "this is a recording, which can't be acted on"


@dataclass(frozen=True, slots=True)
class Attached:
    """There is a link: what follows is of this process, and begins anew.

    Attributes:
        path: The Unix socket.
        hello: What the process said first; it follows as a frame as well.
    """

    path: Path
    hello: wire.Hello


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no link, or no longer.

    Attributes:
        reason: Why, for people; fit for a terminal.
        retry: Whether the source goes on trying.
    """

    reason: str
    retry: bool = True


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One that was to be watched won't come, or not again: there is no hope.

    Attributes:
        id: Its ID; fit for a terminal.
        reason: Why, for people; fit for a terminal.
        how: What became of it, in words between the two.
    """

    id: str
    reason: str
    how: str = " was given up"

    @property
    def text(self) -> str:
        """All of it, in a line."""
        return f"{self.id}{self.how}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Found:
    """A monitor of this machine.

    Attributes:
        path: Its Unix socket.
        hello: What its process says of itself; `None` if it can't be attached to.
        problem: Why not, for people; fit for a terminal.
    """

    path: Path
    hello: wire.Hello | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was told so far is void: the same pool at another time is told of from here.

    It begins with a `State` of all sockets.
    """


Item = wire.Frame | Attached | Lost | GivenUp | Sought


class Source(Protocol):
    """A pool that is watched. It belongs to the event loop that reads it."""

    @property
    def name(self) -> str:
        """What it is called, for people; fit for a terminal."""
        ...

    def frames(self) -> AsyncIterator[Item]:
        """What it says: `Attached`, then its frames, beginning with `Hello`, or `Lost`.

        Ends with `close()`, or after a `Lost` that isn't tried again. To be read by one
        reader at a time.
        """
        ...

    @property
    def why_not(self) -> str:
        """Why the pool takes no commands now; fit for a terminal, empty if it does."""
        ...

    def request(self, request: wire.Request) -> None:
        """Ask the process for something; never waits.

        Without a link it is dropped, but the latest `Watch` is sent with every new one.
        A command isn't dropped while `why_not` is empty.
        """
        ...

    async def close(self) -> None:
        """Leave; ends `frames()`. May be called again."""
        ...


@runtime_checkable
class Played(Source, Protocol):
    """A source that isn't live: one may pause it, and go to another time."""

    transport: Transport
