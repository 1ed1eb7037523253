import pytest

from ssc_monitor.model.rates import Reading
from ssc_monitor.model.sockets import Clock, SocketView
from tests.ssc_monitor.hostile import HOSTILE, unfit
from tests.ssc_monitor.model.frames import head, row, socket


def test_counters_are_those_of_the_last_row() -> None:
    view = socket(
        number=7,
        messages_in=1,
        bytes_in=2,
        messages_out=3,
        bytes_out=4,
        refused=5,
        queued=6,
        queued_bytes=7,
        failed=8,
        generation=9,
        latency=0.01,
        opened_at=10.0,
        last_received=11.0,
        dropped=12,
    )
    assert view.dropped == 12
    assert (view.number, view.state, view.generation) == (7, "open", 9)
    assert (view.messages_in, view.bytes_in) == (1, 2)
    assert (view.messages_out, view.bytes_out) == (3, 4)
    assert (view.refused, view.queued, view.queued_bytes, view.failed) == (5, 6, 7, 8)
    assert (view.latency, view.opened_at, view.last_received) == (0.01, 10.0, 11.0)


def test_counters_that_nobody_saw_grow_make_no_rate() -> None:
    view = socket(messages_in=1_000_000)
    assert view.in_per_s(0.0) == view.out_per_s(0.0) == view.bytes_per_s(0.0) == 0
    assert sum(view.spark(0.0)) == 0


def test_each_counter_has_its_rate() -> None:
    clock = Clock()
    view = SocketView(head(1), clock)
    for second in range(40):
        grown = row(
            1,
            messages_in=10 * (second + 1),
            messages_out=2 * (second + 1),
            bytes_in=300 * (second + 1),
            bytes_out=200 * (second + 1),
        )
        view.update(grown, Reading(second, second + 1))
    clock.now = 40.0
    assert view.in_per_s(40.0) == pytest.approx(10)
    assert view.out_per_s(40.0) == pytest.approx(2)
    assert view.per_s == pytest.approx(12)
    assert view.bytes_per_s(40.0) == pytest.approx(500)
    assert view.spark(39.9, 3) == [12, 12, 12]


def test_socket_that_left_is_closed_and_keeps_its_counters() -> None:
    view = socket(messages_in=5)
    assert not view.gone
    view.leave(12.0)
    assert (view.gone, view.gone_at, view.state, view.messages_in) == (
        True,
        12.0,
        "closed",
        5,
    )


@pytest.mark.parametrize(
    "text", [text for _, text in HOSTILE], ids=[n for n, _ in HOSTILE]
)
def test_nothing_of_a_socket_is_unfit_for_a_terminal(text: str) -> None:
    view = SocketView(head(1, id=text or " ", kind=text))
    view.begin(row(1, state=text))
    assert not unfit(view.id + view.kind + view.state)
    assert view.raw_id == (text or " ")
