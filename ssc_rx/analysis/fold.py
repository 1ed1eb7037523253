"""What all of them are: a fold with an end, that counts what it leaves out."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from ssc_rx.message import Message

__all__ = ["Fold", "Tally"]

R_co = TypeVar("R_co", covariant=True)


class Tally:
    """What an operator did without.

    Attributes:
        skipped: Messages without the value that was asked for.
        evicted: IDs, or keys, that were forgotten to make room for others.
    """

    __slots__ = ("evicted", "skipped")

    def __init__(self) -> None:
        self.skipped = 0
        self.evicted = 0


class Fold(Protocol[R_co]):
    """What it has seen so far, of one subscription."""

    def take(self, message: Message) -> Iterable[R_co]:
        """See one more; gives what is to be emitted."""
        ...

    def end(self) -> Iterable[R_co]:
        """There is no more; gives what is left to be emitted."""
        ...
