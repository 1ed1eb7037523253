"""Counters from lines, whatever these say."""

from typing import Any

import msgspec
import pytest

from ssc_monitor.sources.tally import Tally
from ssc_rx.recording import Happened, Missed, Present, Received, Written

HOSTILE = ["x", None, -1, 2**60, 1.5, True, [1], {"a": 1}]


def test_a_tally_is_a_value_that_can_be_kept() -> None:
    tally = Tally(100.0)
    tally.take(Present(0, "a", "server", "open", 3, 99.0))
    tally.take(Received(5, "a", "grüße"))
    tally.take(Written(6, "b", None, b"12"))
    tally.take(Missed(7, 4))
    kept = msgspec.msgpack.encode(tally)
    tally.take(Received(9, "a", "more"))
    again = msgspec.msgpack.decode(kept, type=Tally)
    assert (again.messages_in, again.bytes_in, again.messages_out) == (1, 7, 1)
    assert (again.missed, again.at_us) == (4, 7)
    assert again.sockets["a"].generation == 3
    assert tally.messages_in == 2


def test_open_sockets_are_those_whose_last_state_is_open() -> None:
    tally = Tally(0.0)
    tally.take(Present(0, "a", "server", "reconnecting"))
    tally.take(Happened(1, "SocketOpening", "b", {"kind": "client"}))
    assert (tally.row().sockets, tally.row().open_sockets) == (2, 0)
    tally.take(Happened(2, "SocketOpened", "b", {"kind": "client", "generation": 1}))
    tally.take(Happened(2, "SocketOpened", "a", {"kind": "server", "generation": 2}))
    assert tally.row().open_sockets == 2
    tally.take(Happened(3, "SocketClosed", "b", {}))
    tally.take(Happened(3, "SocketClosed", "unknown", {}))
    assert (tally.row().sockets, tally.row().open_sockets) == (1, 1)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "name", ["SocketOpened", "SocketClosed", "WritesLost", "SubscriberFailed", "Else"]
)
def test_facts_of_any_kind_leave_counters_whole(name: str, value: Any) -> None:
    tally = Tally(0.0)
    facts = dict.fromkeys(
        ("kind", "generation", "failures", "messages", "reason"), value
    )
    tally.take(Happened(1, name, "a", facts))
    row = tally.row()
    assert isinstance(row.subscriber_failures, int)
    assert all(isinstance(n, int) and n >= 0 for n in row.failed.values())
    for socket in tally.sockets.values():
        assert isinstance(socket.generation, int)
        assert isinstance(socket.kind, str)


def test_reasons_are_bounded() -> None:
    tally = Tally(0.0)
    for n in range(1000):
        facts = {"reason": f"reason {n}", "messages": 1}
        tally.take(Happened(1, "WritesLost", "a", facts))
    assert len(tally.failed) < 100
