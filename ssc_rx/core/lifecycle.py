"""The life of one socket: what may happen to it, and what follows.

    opening ──▶ open ──▶ closing ──▶ closed
       │         ▲ │        │           ▲
       ▼         │ ▼        ▼           │
      reconnecting ◀────────┘ ──────────┘

`step` decides; the socket acts. Deadlines are loop time in seconds.
"""

import enum
import math

import msgspec

__all__ = ["Action", "Cause", "Life", "SocketState", "step"]

VIOLATION_GRACE_S = 1.0
"""How long a peer that broke the protocol, or is dead, may keep TCP open."""


class SocketState(enum.StrEnum):
    """Where a socket is in its life."""

    OPENING = "opening"
    OPEN = "open"
    RECONNECTING = "reconnecting"
    CLOSING = "closing"
    CLOSED = "closed"


class Cause(enum.Enum):
    """What happened."""

    OPENED = enum.auto()
    """The opening handshake succeeded."""
    FAILED = enum.auto()
    """The dial or opening handshake failed."""
    ASKED = enum.auto()
    """Our side wants it closed, after what is queued."""
    REPLACED = enum.auto()
    """Another socket has its ID now."""
    OVERFLOWED = enum.auto()
    """The outbox ran over and its policy is to close."""
    UNANSWERED = enum.auto()
    """A ping was not answered in time."""
    PEER_CLOSING = enum.auto()
    """The peer sent a Close frame."""
    VIOLATED = enum.auto()
    """The peer broke the protocol."""
    DUE = enum.auto()
    """The deadline of this life came."""
    FLUSHED = enum.auto()
    """What was queued has left, and our Close frame."""
    UNWELCOME = enum.auto()
    """What was to happen first on the open connection failed."""
    DROPPED = enum.auto()
    """The connection is gone, or can't be had yet, and is to be dialled again."""
    LOST = enum.auto()
    """The connection is gone for good."""


class Action(enum.Enum):
    """What the socket is to do."""

    NOTHING = enum.auto()
    REPORT_OPENED = enum.auto()
    WITHDRAW = enum.auto()
    """Give up the dial or handshake that is under way."""
    CLOSE_AFTER_FLUSH = enum.auto()
    CLOSE_NOW = enum.auto()
    """Fail the queue and begin the closing handshake."""
    AWAIT_LOSS = enum.auto()
    """Fail the queue; the connection is about to end by itself."""
    ABORT = enum.auto()
    DIAL_AGAIN = enum.auto()
    REPORT_CLOSED = enum.auto()


class Life(msgspec.Struct, frozen=True, gc=False):
    """Where a life is.

    Attributes:
        state: The state.
        deadline: Loop time at which an unfinished end is cut short.
        asked: Whether our side asked for the end, which is final then.
    """

    state: SocketState = SocketState.OPENING
    deadline: float = math.inf
    asked: bool = False


_DONE = Life(SocketState.CLOSED)
_AWAY = Life(SocketState.RECONNECTING)
_BEGINNINGS_OF_THE_END = {
    Cause.ASKED: Action.CLOSE_AFTER_FLUSH,
    Cause.REPLACED: Action.CLOSE_NOW,
    Cause.OVERFLOWED: Action.CLOSE_NOW,
    Cause.UNANSWERED: Action.CLOSE_NOW,
    Cause.UNWELCOME: Action.CLOSE_NOW,
    Cause.PEER_CLOSING: Action.AWAIT_LOSS,
    Cause.VIOLATED: Action.AWAIT_LOSS,
}
_SHORT = frozenset({Cause.UNANSWERED, Cause.VIOLATED})
_WISHES = frozenset({Cause.ASKED, Cause.REPLACED})
"""Our side's, which are final."""


def step(life: Life, cause: Cause, now: float, grace: float) -> tuple[Life, Action]:
    """Decide what a cause does to a life.

    Args:
        life: The life before.
        cause: What happened.
        now: Loop time in seconds.
        grace: Seconds that the closing handshake may take, flushing included.

    Returns:
        The life after, and what to do now.
    """
    match life.state:
        case SocketState.OPENING | SocketState.RECONNECTING:
            return _while_down(life, cause)
        case SocketState.OPEN:
            return _while_open(life, cause, now, grace)
        case SocketState.CLOSING:
            return _while_closing(life, cause, now, grace)
        case _:
            return life, Action.NOTHING


def _while_down(life: Life, cause: Cause) -> tuple[Life, Action]:
    match cause:
        case Cause.OPENED:
            return Life(SocketState.OPEN), Action.REPORT_OPENED
        case Cause.FAILED | Cause.LOST:
            return _DONE, Action.REPORT_CLOSED
        case Cause.DROPPED:
            return _AWAY, Action.DIAL_AGAIN
        case Cause.ASKED | Cause.REPLACED:
            return Life(SocketState.CLOSING, asked=True), Action.WITHDRAW
        case _:
            return life, Action.NOTHING


def _while_open(
    life: Life, cause: Cause, now: float, grace: float
) -> tuple[Life, Action]:
    if cause is Cause.LOST:
        return _DONE, Action.REPORT_CLOSED
    if cause is Cause.DROPPED:
        return _AWAY, Action.DIAL_AGAIN
    if action := _BEGINNINGS_OF_THE_END.get(cause):
        if cause in _SHORT:
            grace = VIOLATION_GRACE_S
        asked = cause in _WISHES
        return Life(SocketState.CLOSING, now + grace, asked), action
    return life, Action.NOTHING


def _while_closing(
    life: Life, cause: Cause, now: float, grace: float
) -> tuple[Life, Action]:
    match cause:
        case Cause.LOST | Cause.FAILED:
            return Life(SocketState.CLOSED, asked=life.asked), Action.REPORT_CLOSED
        case Cause.DROPPED if life.asked:
            return Life(SocketState.CLOSED, asked=True), Action.REPORT_CLOSED
        case Cause.DROPPED:
            return _AWAY, Action.DIAL_AGAIN
        case Cause.DUE if now >= life.deadline:
            return Life(SocketState.CLOSING, asked=life.asked), Action.ABORT
        case Cause.ASKED:  # again, perhaps in more of a hurry
            return _no_later(_final(life), now + grace), Action.NOTHING
        case Cause.REPLACED:
            return _no_later(_final(life), now + grace), Action.CLOSE_NOW
        case Cause.FLUSHED:
            return _no_later(life, now + grace), Action.NOTHING
        case Cause.PEER_CLOSING:
            return life, Action.AWAIT_LOSS
        case Cause.VIOLATED:
            return _no_later(life, now + VIOLATION_GRACE_S), Action.AWAIT_LOSS
        case _:
            return life, Action.NOTHING


def _final(life: Life) -> Life:
    return Life(life.state, life.deadline, asked=True)


def _no_later(life: Life, deadline: float) -> Life:
    """Cut short earlier; a life whose deadline has passed is being cut off already."""
    if life.deadline == math.inf:
        return life
    return Life(life.state, min(life.deadline, deadline), life.asked)
