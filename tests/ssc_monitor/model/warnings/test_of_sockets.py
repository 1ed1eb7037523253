"""Each rule about a socket, in plain numbers: when it warns, and when it stops."""

from typing import Any

import pytest

from ssc_monitor.model.warnings.of_sockets import SOCKET_RULES
from ssc_monitor.model.warnings.rule import Rule, SocketFacts

RULES = {rule.name: rule for rule in SOCKET_RULES}

FEED = {"heard": 500, "usual_gap_s": 0.5}
BOUND = {"outbox_messages": 100, "outbox_bytes": 1000, "overflow": "close"}
PINGED = {"ping_timeout": 20.0}


def found(rule: str, raised: bool = False, **facts: Any) -> str | None:
    return RULES[rule].check(SocketFacts(**facts), raised)


@pytest.mark.parametrize("rule", SOCKET_RULES, ids=list(RULES))
def test_of_a_socket_of_which_nothing_is_known_nothing_is_wrong(
    rule: Rule[SocketFacts],
) -> None:
    assert rule.check(SocketFacts(), False) is None
    assert rule.check(SocketFacts(), True) is None
    assert rule.advice


@pytest.mark.parametrize(
    ("rule", "calm", "wrong"),
    [
        ("silent", {**FEED, "quiet_s": 9.9}, {**FEED, "quiet_s": 10.0}),
        ("silent", {**FEED, "quiet_s": 59, "usual_gap_s": 20.0},
         {**FEED, "quiet_s": 60, "usual_gap_s": 20.0}),
        ("silent", {**FEED, "heard": 19, "quiet_s": 99}, {**FEED, "quiet_s": 99}),
        ("silent", {**FEED, "quiet_s": 99, "state": "reconnecting"},
         {**FEED, "quiet_s": 99}),
        ("flapping", {"opened": 3}, {"opened": 4}),
        ("slow-peer", {**BOUND, "queued": 49}, {**BOUND, "queued": 50}),
        ("slow-peer", {**BOUND, "queued": 2, "queued_bytes": 499},
         {**BOUND, "queued": 2, "queued_bytes": 500}),
        ("slow-peer", {**BOUND, "queued": 1, "queued_bytes": 999},
         {**BOUND, "queued": 2, "queued_bytes": 999}),
        ("slow-peer", {**BOUND, "queued": 90, "overflow": "latest"},
         {**BOUND, "queued": 90}),
        ("slow-peer", {"queued": 4000}, {**BOUND, "queued": 4000}),
        ("drops", {}, {"dropped": {"oldest": 1}}),
        ("losses", {}, {"lost": {"overflow": 1}}),
        ("no-pong", {**PINGED, "unanswered_s": 9.9}, {**PINGED, "unanswered_s": 10}),
        ("no-pong", {**PINGED, "unanswered_s": 99, "state": "closing"},
         {**PINGED, "unanswered_s": 99}),
        ("accounting", {}, {"unaccounted": 1}),
    ],
)  # fmt: skip
def test_it_warns_from_its_threshold_on(
    rule: str, calm: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert found(rule, **calm) is None
    assert found(rule, **wrong)


@pytest.mark.parametrize(
    ("rule", "still", "over"),
    [
        ("flapping", {"opened": 2}, {"opened": 1}),
        ("slow-peer", {**BOUND, "queued": 25}, {**BOUND, "queued": 24}),
    ],
)
def test_less_is_enough_to_go_on_than_to_begin(
    rule: str, still: dict[str, Any], over: dict[str, Any]
) -> None:
    assert found(rule, **still) is None
    assert found(rule, raised=True, **still)
    assert found(rule, raised=True, **over) is None


@pytest.mark.parametrize(
    ("rule", "facts", "text"),
    [
        ("silent", {**FEED, "quiet_s": 34},
         "silent for 34 s; it is seldom quiet for longer than 0.5 s"),
        ("silent", {**FEED, "quiet_s": 600, "usual_gap_s": 150.0},
         "silent for 10 min; it is seldom quiet for longer than 2 min"),
        ("flapping", {"opened": 7}, "opened 7 times within a minute"),
        ("slow-peer", {**BOUND, "queued": 8, "queued_bytes": 800},
         "outbox 80% full, 8 writes wait; when it is full, the socket is closed "  # noqa: ISC004
         "with 1013"),
        ("slow-peer", {**BOUND, "queued": 80, "overflow": "drop_oldest"},
         "outbox 80% full, 80 writes wait; when it is full, the oldest are dropped"),
        ("slow-peer", {**BOUND, "queued": 80, "overflow": "of a later version"},
         "outbox 80% full, 80 writes wait"),
        ("drops", {"dropped": {"oldest": 1204}},
         "1,204 writes dropped by its full outbox (oldest)"),
        ("losses", {"lost": {"overflow": 1, "lost": 2}},
         "3 writes lost with its connection (overflow 1, lost 2)"),
        ("no-pong", {**PINGED, "unanswered_s": 12},
         "no pong for 12 s (ping_timeout 20 s)"),
        ("accounting", {"unaccounted": 1},
         "nobody knows what became of 1 accepted write"),
        ("accounting", {"unaccounted": -2}, "2 writes accounted for twice"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_with_the_figure(
    rule: str, facts: dict[str, Any], text: str
) -> None:
    assert found(rule, **facts) == text
