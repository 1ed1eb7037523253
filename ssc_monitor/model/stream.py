"""The stream of sampled messages, and the account of those that are not in it."""

from collections.abc import Mapping

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.ring import Ring
from ssc_monitor.model.sockets import SocketView
from ssc_rx.monitor import wire

__all__ = ["Stream"]

_NONE = wire.Messages((), 0, 0, 0, 0, 0)


class Stream:
    """Batches of samples in, lines out.

    Args:
        capacity: How many lines are kept.

    Attributes:
        ring: The lines.
        counts: The counters of the last batch, cumulative since the last `Watch`.
        matched, sampled: How many matched and came since `take`.
    """

    __slots__ = (
        "_asked",
        "_missing",
        "_restarted",
        "_words",
        "counts",
        "matched",
        "ring",
        "sampled",
    )

    def __init__(self, capacity: int) -> None:
        self.ring: Ring[Entry] = Ring(capacity)
        self._asked: tuple[str, ...] = ()
        self.reset()

    def reset(self) -> None:
        """A new attachment: the counters start anew, the lines stay."""
        self.counts: wire.Messages | None = None
        self.matched = self.sampled = 0
        self._missing = 0
        self._restarted = False
        self._words: tuple[str, ...] = ()

    def watching(self, selection: wire.Selection | None) -> None:
        """A `Watch` was sent: from its first batch on, its words hold for the samples."""
        words = selection.words if selection is not None else ()
        self._asked = tuple(word.lower() for word in words)

    def apply(
        self,
        batch: wire.Messages,
        sockets: Mapping[int, SocketView],
        attachment: int,
    ) -> None:
        """Add the samples of a batch."""
        self._account(batch)
        ring, words, missing = self.ring, self._words, self._missing
        for sample in batch.samples:
            number = sample.number
            socket = sockets.get(number)
            ring.append(
                Entry(
                    sample.sequence,
                    ring.end,
                    number,
                    f"#{number}" if socket is None else socket.id,
                    sample.direction,
                    sample.type,
                    sample.size,
                    sample.time,
                    sample.preview,
                    missing,
                    attachment,
                    words,
                )
            )
            missing = 0
        self._missing = missing

    def take(self) -> tuple[int, int, bool]:
        """How many matched, and how many came, since this was asked last.

        And whether they are the first of what another `Watch` asked for.
        """
        taken = self.matched, self.sampled, self._restarted
        self.matched = self.sampled = 0
        self._restarted = False
        return taken

    def _account(self, batch: wire.Messages) -> None:
        before = self.counts or _NONE
        # The counters start anew with each Watch: of its first batch, which `sent`
        # includes, nothing was sent before.
        if (
            batch.sent < before.sent + len(batch.samples)
            or batch.seen < before.seen
            or batch.matched < before.matched
        ):
            before = _NONE
            self._restarted = True
            self.matched = self.sampled = 0
        if before.sent == 0:
            self._words = self._asked
        lost = batch.sampled_out + batch.dropped - before.sampled_out - before.dropped
        self._missing += max(0, lost)
        self.matched += batch.matched - before.matched
        self.sampled += batch.sent - before.sent
        self.counts = wire.Messages(
            (),
            batch.seen,
            batch.matched,
            batch.sent,
            batch.sampled_out,
            batch.dropped,
        )
