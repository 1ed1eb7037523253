"""Who bears which tag: found at the cost of those who bear it."""

from collections.abc import Iterable
from typing import Generic, TypeVar, cast

from ssc_rx.errors import InvalidOptionError

__all__ = ["Tags", "check_tags"]

T = TypeVar("T")
NO_TAGS: frozenset[str] = frozenset()
"""One for all: an empty frozenset takes 216 bytes."""


def check_tags(tags: object) -> frozenset[str]:
    """Let tags through.

    Raises:
        InvalidOptionError: If they aren't non-empty strings.
    """
    if isinstance(tags, str):
        raise InvalidOptionError(f"tags is one string; give a list: [{tags!r}]")
    if not isinstance(tags, Iterable):
        raise InvalidOptionError(f"tags must be strings, not {type(tags).__name__}")
    found: list[str] = []
    for tag in cast("Iterable[object]", tags):
        if not isinstance(tag, str) or not tag:
            raise InvalidOptionError(f"a tag must be a non-empty string, not {tag!r}")
        found.append(tag)
    return frozenset(found) if found else NO_TAGS


class Tags(Generic[T]):
    """The bearers of each tag, in the order in which they came to it."""

    __slots__ = ("_bearers",)

    def __init__(self) -> None:
        self._bearers: dict[str, dict[T, None]] = {}

    def add(self, bearer: T, tags: Iterable[str]) -> None:
        """`bearer` bears these from now on."""
        for tag in tags:
            self._bearers.setdefault(tag, {})[bearer] = None

    def remove(self, bearer: T, tags: Iterable[str]) -> None:
        """`bearer` doesn't bear these any more."""
        for tag in tags:
            bearers = self._bearers.get(tag, {})
            bearers.pop(bearer, None)
            if not bearers:
                self._bearers.pop(tag, None)

    def bearers(self, tag: str) -> list[T]:
        """Who bears it: a copy."""
        return list(self._bearers.get(tag, ()))

    def count(self, tag: str) -> int:
        """How many bear it."""
        return len(self._bearers.get(tag, ()))

    def __len__(self) -> int:
        """How many tags are borne by somebody."""
        return len(self._bearers)
