"""Test pipelines and reconnect logic without a port or a sleep; see docs/testing.md.

Needs nothing that the library doesn't need: no pytest, though it goes well with it.
`import ssc_rx` doesn't import this package.
"""

from ssc_rx.testing.accounting import (
    assert_accounted,
    assert_delivered,
    assert_nothing_left,
)
from ssc_rx.testing.behaviours import echo, plays, rude, silent, slow
from ssc_rx.testing.dials import Answer, Dial, late, refuse
from ssc_rx.testing.fake_pool import FakePool
from ssc_rx.testing.peer import Behaviour, Peer
from ssc_rx.testing.pipelines import assert_marbles
from ssc_rx.testing.virtual_time import StuckError, VirtualTimeLoop, run_virtual

__all__ = [
    "Answer",
    "Behaviour",
    "Dial",
    "FakePool",
    "Peer",
    "StuckError",
    "VirtualTimeLoop",
    "assert_accounted",
    "assert_delivered",
    "assert_marbles",
    "assert_nothing_left",
    "echo",
    "late",
    "plays",
    "refuse",
    "rude",
    "run_virtual",
    "silent",
    "slow",
]
