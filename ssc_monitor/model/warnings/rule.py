"""What rules look at, and what they find."""

from collections.abc import Mapping
from typing import ClassVar, Protocol, TypeVar

import msgspec

__all__ = ["Finding", "PoolFacts", "Rule", "SocketFacts", "SubscriberFacts"]

Facts = TypeVar("Facts", contravariant=True)
NONE: Mapping[str, int] = {}


class SocketFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a socket; what isn't known has its default.

    Attributes:
        state: "opening", "open", "reconnecting", "closing" or "closed".
        heard: How many messages came while somebody looked.
        quiet_s: Seconds since the last of them.
        usual_gap_s: The longest that it is usually quiet, in seconds.
        opened: How often it opened within a minute.
        queued, queued_bytes: What waits in its outbox.
        outbox_messages, outbox_bytes: What may wait there; 0 if that isn't known.
        overflow: What happens to a write that finds no room there.
        dropped, lost: Accepted writes given up lately, by reason.
        unanswered_s: Seconds since a ping left that isn't answered.
        ping_timeout: Seconds without a sign of life after a ping that close it.
        unaccounted: Accepted writes of which nobody knows what became of them.
    """

    state: str = "open"
    heard: int = 0
    quiet_s: float = 0.0
    usual_gap_s: float = 0.0
    opened: int = 0
    queued: int = 0
    queued_bytes: int = 0
    outbox_messages: int = 0
    outbox_bytes: int = 0
    overflow: str = ""
    dropped: Mapping[str, int] = NONE
    lost: Mapping[str, int] = NONE
    unanswered_s: float = 0.0
    ping_timeout: float = 20.0
    unaccounted: int = 0


class SubscriberFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a subscriber.

    Attributes:
        name: Of its function, visible.
        stream: What it subscribes to, visible.
        mean_s: Seconds that it takes for a message, lately.
        share: Of the event loop's time; `None` if that isn't known.
        timed: How many messages that is known from.
    """

    name: str
    stream: str
    mean_s: float
    share: float | None = None
    timed: int = 100


class PoolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a pool.

    Attributes:
        lag: The longest delay of its event loop at the last reading, in seconds.
        unaccounted: Accepted writes of which nobody knows what became of them.
        events_missed: Events that were lost on the way here, lately.
    """

    lag: float = 0.0
    unaccounted: int = 0
    events_missed: int = 0


class Rule(Protocol[Facts]):
    """What makes a warning of facts.

    Attributes:
        name: What it is called, in code and in JSON.
        advice: What to do about it.
        after_s: For how many seconds it has to be true before it is told.
        hold_s: For how many seconds it is told when it isn't true any more.
    """

    name: ClassVar[str]
    advice: ClassVar[str]
    after_s: ClassVar[float]
    hold_s: ClassVar[float]

    def check(self, facts: Facts, raised: bool) -> str | None:
        """What is wrong, with the figure; `None` if nothing is.

        Args:
            facts: What is known now.
            raised: Whether it was wrong before: then less of it is enough.
        """
        ...


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A warning.

    Attributes:
        rule: The name of its rule.
        text: What is wrong, visible; does not name the socket.
        advice: What to do.
        since: UNIX seconds, by the pool's clock.
        number: The socket's, 0 for the pool.
        id: The socket's ID, visible; empty for the pool.
        raw_id: The same as it came: not fit for a terminal.
        over: Whether it isn't true any more, and told for a moment longer.
    """

    rule: str
    text: str
    advice: str
    since: float
    number: int = 0
    id: str = ""
    raw_id: str = ""
    over: bool = False
