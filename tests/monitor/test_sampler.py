"""A viewer's samples: fair, within the rate, all accounted for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_rx import Message, MessageType
from ssc_rx.monitor.sampler import (
    MAX_HELD_BYTES,
    MAX_WAITING,
    SampledFlow,
    Sampler,
)
from ssc_rx.monitor.wire import Messages, Selection


def sampler(rate: int = 40, ticks_per_s: float = 4, **selection: object) -> Sampler:
    return Sampler(
        Selection(rate=rate, **selection),  # type: ignore[arg-type]
        ticks_per_s=ticks_per_s,
        redact=None,
        clock=lambda: 7.0,
    )


def flow(of: Sampler, number: int = 1, name: str = "a") -> SampledFlow:
    found = of.flow(number, name, "in")
    assert found is not None
    return found


def text(payload: str = "x") -> Message:
    return Message.of("a", payload)


def assert_accounted(batch: Messages, waiting: int = 0) -> None:
    assert batch.matched == batch.sent + batch.sampled_out + batch.dropped + waiting


def test_below_the_rate_every_message_is_shown() -> None:
    of = sampler()
    one = flow(of)
    for n in range(10):
        of.offer(one, text(str(n)))
    batch = of.batch()
    assert [s.preview for s in batch.samples] == [b"%d" % n for n in range(10)]
    assert [s.sequence for s in batch.samples] == list(range(1, 11))
    assert (batch.seen, batch.matched, batch.sent) == (10, 10, 10)
    assert of.batch().samples == ()


def test_above_the_rate_the_rest_is_counted() -> None:
    of = sampler(rate=40)
    one = flow(of)
    wants_more = [of.offer(one, text()) for _ in range(1000)]
    batch = of.batch()
    assert len(batch.samples) == 10  # a quarter of a second's worth
    assert wants_more == [True] * 9 + [False] * 991
    assert (batch.seen, batch.sampled_out) == (1000, 990)
    assert_accounted(batch)


def test_when_the_rate_is_used_up_nobody_need_be_shown_more() -> None:
    of = sampler(rate=4)
    flows = [flow(of, n) for n in range(20)]
    for _ in range(3):
        for one in flows:
            of.offer(one, text())
    assert not any(of.offer(one, text()) for one in flows)


def test_what_passes_unseen_is_counted_as_sampled_out() -> None:
    of = sampler()
    of.passed(500)
    batch = of.batch()
    assert (batch.seen, batch.matched, batch.sampled_out) == (500, 500, 500)


@pytest.mark.parametrize(
    ("selection", "payloads"),
    [
        ({"words": ("BTC",)}, [b"btc"]),
        ({"words": ("feed", "eth")}, [b"eth"]),
        ({"types": (2,)}, [b"\x00"]),
        ({"min_size": 3}, [b"btc", b"eth"]),
        ({"max_size": 1}, [b"\x00"]),
        ({"direction": "in"}, [b"btc", b"eth", b"\x00"]),
        ({"numbers": (1,)}, [b"btc", b"eth", b"\x00"]),
    ],
)
def test_only_what_is_selected_is_shown(
    selection: dict[str, object], payloads: list[bytes]
) -> None:
    of = sampler(**selection)  # type: ignore[arg-type]
    one = flow(of, name="Feed/1")
    for data in ("btc", "eth", b"\x00"):
        of.offer(one, Message.of("Feed/1", data))
    batch = of.batch()
    assert [s.preview for s in batch.samples] == payloads
    assert (batch.seen, batch.matched) == (3, len(payloads))


@pytest.mark.parametrize(
    "selection", [{"direction": "out"}, {"numbers": (2,)}, {"muted": (2, 1)}]
)
def test_what_is_not_wanted_at_all_has_no_flow(selection: dict[str, object]) -> None:
    of = sampler(**selection)  # type: ignore[arg-type]
    assert of.flow(1, "a", "in") is None


def test_one_that_must_be_looked_at_is_shown_every_message() -> None:
    of = sampler(rate=4, words=("needle",))
    one = flow(of)
    assert all(of.offer(one, text("hay")) for _ in range(1000))
    assert of.offer(one, text("needle"))
    assert of.offer(one, text("needle"))
    batch = of.batch()
    assert (batch.seen, batch.matched, batch.sent, batch.sampled_out) == (1002, 2, 1, 1)


def test_a_slow_viewer_loses_the_oldest_samples() -> None:
    of = sampler(rate=20_000)
    one = flow(of)
    for n in range(MAX_WAITING + 500):
        of.offer(one, text(str(n)))
    batch = of.batch()
    assert batch.dropped == 500
    assert batch.samples[0].preview == b"500"
    assert_accounted(batch)


def test_what_is_held_is_bounded_in_bytes() -> None:
    of = sampler(rate=20_000)
    one = flow(of)
    for _ in range(100):
        of.offer(one, text("x" * 50_000))
    batch = of.batch()
    assert len(batch.samples) * 50_000 <= MAX_HELD_BYTES
    assert_accounted(batch)
    assert all(len(s.preview) == 256 and s.size == 50_000 for s in batch.samples)


def test_whole_payloads_can_be_had_as_long_as_they_are_held() -> None:
    of = sampler(rate=20_000)
    one = flow(of)
    of.offer(one, text("y" * 1000))
    of.offer(one, text("z" * 300_000))
    of.batch()
    assert of.payload(1) == b"y" * 1000
    assert of.payload(2) is None  # too large to be held
    assert of.payload(3) is None
    for _ in range(MAX_WAITING):
        of.offer(one, text())
    assert of.payload(1) is None


def test_payloads_are_redacted_before_anything_else() -> None:
    of = Sampler(
        Selection(words=("secret",)),
        ticks_per_s=4,
        redact=lambda message: message.payload.replace(b"secret", b"..."),
        clock=lambda: 7.0,
    )
    of.offer(flow(of), text("a secret"))
    assert of.batch().matched == 0  # a filter is no way to find out
    of = Sampler(
        Selection(), ticks_per_s=4, redact=lambda m: b"hidden", clock=lambda: 7.0
    )
    of.offer(flow(of), text("a secret"))
    assert of.batch().samples[0].preview == b"hidden"
    assert of.payload(1) == b"hidden"


def test_a_sample_tells_when_and_what() -> None:
    of = sampler()
    writing = of.flow(3, "a", "out")
    assert writing is not None
    of.offer(flow(of), Message("a", MessageType.BINARY, b"\x01", 5.0))
    of.offer(writing, Message("a", MessageType.PING, b"", 5.0))
    received, written = of.batch().samples
    assert (received.direction, received.type, received.time) == ("in", 2, 5.0)
    assert (written.direction, written.type, written.time) == ("out", 9, 7.0)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("offer"), st.integers(0, 5), st.integers(1, 40)),
            st.tuples(st.just("tick"), st.just(0), st.just(0)),
            st.tuples(st.just("batch"), st.just(0), st.just(0)),
            st.tuples(st.just("passed"), st.just(0), st.integers(0, 50)),
        ),
        max_size=60,
    )
)
def test_every_message_is_sent_sampled_out_or_dropped(
    steps: list[tuple[str, int, int]],
) -> None:
    of = sampler(rate=60)
    flows = [flow(of, n) for n in range(6)]
    matched = sent = 0
    for what, who, n in steps:
        match what:
            case "offer":
                for _ in range(n):
                    of.offer(flows[who], text())
                matched += n
            case "passed":
                of.passed(n)
                matched += n
            case "tick":
                of.tick()
            case _:
                sent += len(of.batch().samples)
    batch = of.batch()
    assert batch.matched == batch.seen == matched
    assert batch.sent == sent + len(batch.samples)
    assert_accounted(batch)
