"""The counts of a pool or a socket, as they cross from the pool's process."""

from collections.abc import Mapping

import msgspec

from ssc_rx.core.stats import Counts

__all__ = ["Books"]


class Books(msgspec.Struct, frozen=True, array_like=True):
    """What a pool, or one of its sockets, says it did; the checker adds it up."""

    received: int
    accepted: int
    refused: int
    handed_over: int
    queued: int
    failed: Mapping[str, int]
    dropped: Mapping[str, int]

    @classmethod
    def of(cls, counts: Counts) -> "Books":
        """The counts as the pool gives them, none of them added up by itself."""
        return cls(
            counts.messages_in,
            counts.accepted,
            counts.refused,
            counts.messages_out,
            counts.queued,
            dict(counts.failed),
            dict(counts.dropped),
        )

    @property
    def off_by(self) -> int:
        """How many of the accepted writes are not accounted for; 0 when all is well."""
        gone = sum(self.failed.values()) + sum(self.dropped.values())
        return self.accepted - self.handed_over - self.queued - gone

    def since(self, before: "Books") -> "Books":
        """What was added after an earlier reading."""
        return Books(
            self.received - before.received,
            self.accepted - before.accepted,
            self.refused - before.refused,
            self.handed_over - before.handed_over,
            self.queued - before.queued,
            {why: n - before.failed.get(why, 0) for why, n in self.failed.items()},
            {why: n - before.dropped.get(why, 0) for why, n in self.dropped.items()},
        )
