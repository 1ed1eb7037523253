"""Streams without a pool: their home remembers what went wrong."""

from collections import deque
from collections.abc import Callable

import pytest
from reactivex.testing import TestScheduler

from ssc_rx.streams.stream import Home


class FakeHome(Home):
    """Defers until `turn`, on virtual time, and listens to itself."""

    __slots__ = ("deferred", "failures", "invalid", "sources")

    def __init__(self) -> None:
        super().__init__(
            scheduler=TestScheduler(),
            defer=self._defer,
            check_thread=lambda: None,
        )
        self.listener = self
        self.deferred: deque[Callable[[], None]] = deque()
        self.failures: list[tuple[str, BaseException, int, bool]] = []
        self.sources: list[tuple[str, str, Exception]] = []
        self.invalid: list[tuple[str, Exception]] = []

    def _defer(self, callback: Callable[[], None]) -> None:
        self.deferred.append(callback)

    def turn(self) -> None:
        """Run what was deferred so far."""
        for _ in range(len(self.deferred)):
            self.deferred.popleft()()

    def subscriber_failed(
        self, stream: str, id: str, error: BaseException, failures: int, ended: bool
    ) -> None:
        self.failures.append((stream, error, failures, ended))

    def source_failed(self, stream: str, id: str, error: Exception) -> None:
        self.sources.append((stream, id, error))

    def payload_invalid(self, id: str, error: Exception) -> None:
        self.invalid.append((id, error))


@pytest.fixture
def home() -> FakeHome:
    return FakeHome()
