"""What of a filter the watched process can do before it sends anything."""

from dataclasses import dataclass, field

from ssc_monitor.model.entry import Direction
from ssc_rx.monitor import wire

__all__ = ["Pushed"]

MAX_WORDS = 16
"""How many words the source looks for."""


@dataclass(slots=True)
class Pushed:
    """Conditions, one after the other; all have to hold."""

    directions: set[Direction] = field(default_factory=lambda: {"in", "out"})
    types: set[int] | None = None
    words: list[str] = field(default_factory=list[str])
    min_size: int = 0
    max_size: int | None = None

    def only_types(self, types: set[int]) -> None:
        """Of these opcodes only."""
        self.types = types if self.types is None else self.types & types

    def at_least(self, size: int) -> None:
        """Payloads of so many bytes or more."""
        self.min_size = max(self.min_size, size)

    def at_most(self, size: int) -> None:
        """Payloads of so many bytes at most."""
        self.max_size = size if self.max_size is None else min(self.max_size, size)

    def selection(self) -> wire.Selection:
        """As the wire says it."""
        max_size = self.max_size
        if not self.directions or (self.types is not None and not self.types):
            max_size = -1  # nothing can match, and that is how the wire says so
        direction = next(iter(self.directions)) if len(self.directions) == 1 else None
        return wire.Selection(
            direction=direction,
            types=tuple(sorted(self.types)) if self.types else None,
            words=tuple(self.words[:MAX_WORDS]),
            min_size=self.min_size,
            max_size=max_size,
        )
