from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.story import Story, tell
from ssc_rx import events
from tests.ssc_monitor.hostile import HOSTILE, unfit
from tests.ssc_monitor.model.frames import event

CLOSED = {"code": 1000, "reason": "", "by": "us", "clean": True, "error": None}

GOLDEN: list[tuple[str, dict[str, Any], str, str]] = [
    ("SocketOpening", {"kind": "server"}, "dialling", "plain"),
    ("SocketOpening", {"kind": "client"}, "accepting", "plain"),
    ("SocketOpened", {"kind": "server", "generation": 1}, "open", "good"),
    ("SocketOpened", {"generation": 3}, "open, connection 3", "good"),
    (
        "SocketOpened",
        {"generation": 2, "gap": 4.25},
        "open, connection 2, 4.2 s after it dropped",
        "good",
    ),
    (
        "ReconnectScheduled",
        {
            "attempt": 2,
            "delay": 0.4,
            "info": {**CLOSED, "code": 1006, "by": "lost"},
            "error": None,
        },
        "dial again in 0.4 s, attempt 2: 1006 no closing handshake",
        "warn",
    ),
    (
        "ReconnectScheduled",
        {"attempt": 12, "delay": 86_400.0, "info": None, "error": "DialError: busy"},
        "dial again in 1440 min, attempt 12: DialError: busy",
        "warn",
    ),
    (
        "SocketClosed",
        {"info": CLOSED},
        "closed 1000 normal closure, by us",
        "plain",
    ),
    (
        "SocketClosed",
        {"info": {**CLOSED, "code": 1001, "by": "peer", "reason": "bye"}},
        "closed 1001 going away, by peer: “bye”",
        "plain",
    ),
    (
        "SocketClosed",
        {"info": {**CLOSED, "code": 1013, "by": "us"}},
        "closed 1013 try again later, by us",
        "warn",
    ),
    (
        "SocketClosed",
        {"info": {**CLOSED, "code": 4000, "by": "peer"}},
        "closed 4000, by peer",
        "warn",
    ),
    (
        "SocketClosed",
        {
            "info": {
                "code": 1006,
                "reason": "",
                "by": "lost",
                "clean": False,
                "error": "LinkLostError",
            }
        },
        "closed 1006 no closing handshake (LinkLostError)",
        "bad",
    ),
    ("DialFailed", {"error": "DialError: no"}, "dial failed: DialError: no", "bad"),
    (
        "DialFailed",
        {"error": "DialError: can't open ws://a:1/b: no connection; is it there?"},
        "dial failed: no connection; is it there?",
        "bad",
    ),
    (
        "WritesLost",
        {"reason": "lost", "messages": 1, "bytes": 71},
        "1 queued write lost, 71B: the link was lost",
        "bad",
    ),
    (
        "WritesLost",
        {"reason": "overflow", "messages": 1200, "bytes": 9_100_000},
        "1,200 queued writes lost, 9.1MB: the outbox was full",
        "bad",
    ),
    (
        "MessagesDropped",
        {"reason": "oldest", "messages": 1},
        "outbox full, 1 write dropped so far: the oldest",
        "warn",
    ),
    (
        "MessagesDropped",
        {"reason": "superseded", "messages": 4096},
        "outbox full, 4,096 writes dropped so far: all but the latest",
        "warn",
    ),
    ("WriteRefused", {"error": "no"}, "write refused: no", "warn"),
    (
        "SubscriberFailed",
        {"stream": "messages", "error": "KeyError", "failures": 1, "ended": False},
        "a subscriber of messages raised: KeyError",
        "bad",
    ),
    (
        "SubscriberFailed",
        {"stream": "messages", "error": "KeyError", "failures": 32, "ended": True},
        "a subscriber of messages raised, 32 times so far, and gets no more: KeyError",
        "bad",
    ),
    (
        "SourceFailed",
        {"stream": "writes", "error": "no"},
        "a source of writes failed: no",
        "bad",
    ),
    (
        "PayloadInvalid",
        {"error": "no JSON", "failures": 4},
        "a payload couldn't be decoded, 4 so far: no JSON",
        "warn",
    ),
    (
        "ConsumerTooSlow",
        {"stream": "pool.stream", "block_timeout": 10.0, "buffered": 1024},
        "pool.stream was ended: its consumer is too slow, 1,024 messages wait",
        "bad",
    ),
    (
        "LoopLagged",
        {"lag": 0.5, "lags": 1},
        "the event loop was held up for 0.50 s",
        "warn",
    ),
    (
        "LoopLagged",
        {"lag": 1.25, "lags": 1024},
        "the event loop was held up for 1.25 s, 1,024 times so far",
        "warn",
    ),
    (
        "MonitorActed",
        {"action": "send", "to": "all", "sockets": 9, "uid": 1000, "pid": 7},
        "a monitor (user 1000, process 7) wrote to all, 9 sockets",
        "warn",
    ),
    (
        "MonitorActed",
        {"action": "send", "to": "socket", "sockets": 1},
        "a monitor wrote to it",
        "warn",
    ),
    (
        "MonitorActed",
        {"action": "kick", "refusal": "99 is no close code"},
        "a monitor kicked it: refused, 99 is no close code",
        "warn",
    ),
    ("PoolStopped", {"aborted": 0}, "pool stopped", "plain"),
    ("PoolStopped", {"aborted": 2}, "pool stopped, 2 sockets cut off", "warn"),
    ("Newcomer", {"a": 1, "b": "c"}, "Newcomer a=1 b=c", "plain"),
]


@pytest.mark.parametrize(("name", "facts", "text", "tone"), GOLDEN)
def test_story(name: str, facts: dict[str, Any], text: str, tone: str) -> None:
    assert tell(event(1, name, "a", **facts)) == Story(text, tone, "a")


def test_every_event_of_the_library_has_its_story() -> None:
    told = {name for name, *_ in GOLDEN}
    assert {kind.__name__ for kind in events.Event.__subclasses__()} <= told


def test_every_event_can_do_without_facts() -> None:
    for name, *_ in GOLDEN:
        assert tell(event(1, name)).text


@pytest.mark.parametrize(
    "text", [text for _, text in HOSTILE], ids=[n for n, _ in HOSTILE]
)
def test_nothing_remote_in_a_story_is_unfit_for_a_terminal(text: str) -> None:
    info = {"code": 1000, "reason": text, "by": text, "clean": True, "error": text}
    names_of_facts = ("error", "stream", "reason", "kind", "gap", "delay", text)
    facts = dict.fromkeys(names_of_facts, text)
    names = ("SocketClosed", "DialFailed", "SubscriberFailed", "WritesLost")
    for name in (*names, "ReconnectScheduled", "MessagesDropped", text):
        story = tell(event(1, name, text, **facts, info=info))
        assert not unfit(story.text + story.subject)
        assert len(story.text) < 500


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)
FACTS = (
    "kind generation gap attempt delay info error reason messages bytes stream "
    "failures ended aborted"
)
INFO = "code reason by clean error"


@settings(deadline=None)
@given(
    st.sampled_from([name for name, *_ in GOLDEN]),
    st.dictionaries(st.sampled_from(FACTS.split()), json),
    st.dictionaries(st.sampled_from(INFO.split()), json),
)
def test_facts_may_be_anything(
    name: str, facts: dict[str, Any], info: dict[str, Any]
) -> None:
    facts.setdefault("info", info)
    assert not unfit(tell(event(1, name, "a", **facts)).text)
