"""The books of a pool, read while sockets leave it."""

from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import SocketState, SocketStats
from ssc_rx.ledger import Ledger
from ssc_rx.streams.stream import Home


class Leaver:
    """A socket that received one message."""

    stats = SocketStats(
        id="x",
        kind="client",
        state=SocketState.CLOSED,
        generation=1,
        latency=None,
        opened_at=1.0,
        last_received=1.0,
        messages_in=1,
    )


class Leaving:
    """Two sockets, of which the first leaves: step by step, as `Members` does it."""

    def __init__(self) -> None:
        home: Any = Home(scheduler=None, defer=None, check_thread=None)  # type: ignore[arg-type]
        self.ledger = Ledger(home)
        self.sockets = [Leaver(), Leaver()]
        leaver = self.sockets[0]
        self.steps: list[Callable[[], None]] = [
            lambda: self.ledger.gone(leaver, leaver.stats),
            lambda: self.sockets.remove(leaver),
        ]

    def go_on(self, steps: int) -> None:
        for _ in range(min(steps, len(self.steps))):
            self.steps.pop(0)()

    def counted(self, before: int, within: int) -> int:
        """What a reader counts, if so many steps are done as it looks at the sockets."""

        def look() -> list[Leaver]:
            self.go_on(before)
            here = list(self.sockets)
            self.go_on(within)
            return here

        gone, here = self.ledger.divide(look)
        return gone.messages_in + sum(socket.stats.messages_in for socket in here)


@pytest.mark.parametrize("done", range(3))
@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("within", range(3))
def test_a_socket_is_counted_once_at_every_moment_of_its_leaving(
    done: int, before: int, within: int
) -> None:
    leaving = Leaving()
    leaving.go_on(done)
    assert leaving.counted(before, within) == 2
    assert leaving.counted(2, 0) == 2
