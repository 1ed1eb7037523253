"""One message gone astray, on purpose: to see that a checker notices."""

from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

__all__ = ["Fault", "Mistreatment"]

T = TypeVar("T")
Fault = Literal["none", "drop", "repeat", "swap"]


class Mistreatment(Generic[T]):
    """What becomes of the messages of one connection, of which one is mistreated."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._kept: T | None = None

    def __call__(self, item: T, this_one: bool) -> Sequence[T]:
        """What to pass on in place of `item`; mistreats it if it is `this_one`."""
        kept, self._kept = self._kept, None
        if kept is not None:
            return [item, kept]
        if not this_one or self._fault == "none":
            return [item]
        if self._fault == "repeat":
            return [item, item]
        if self._fault == "swap":  # with the next one
            self._kept = item
        return []
