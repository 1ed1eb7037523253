from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.filter import Filter
from ssc_monitor.model.pool import COLUMNS, PoolView
from ssc_monitor.model.story import tell
from ssc_rx.monitor import wire
from tests.ssc_monitor.hostile import HOSTILE, unfit
from tests.ssc_monitor.model.frames import POOL, batch, event, head, hello, row, sample

ALL = Filter.parse("")


def pool_row(**facts: object) -> wire.PoolRow:
    return msgspec.structs.replace(POOL, **facts)


def begin(*numbers: int, time: float = 100.0) -> wire.State:
    """The first reading of an attachment."""
    return wire.State(
        time,
        begin=True,
        born=tuple(map(head, numbers)),
        rows=tuple(map(row, numbers)),
        pool=POOL,
    )


@dataclass
class Told:
    """A socket, in a model without any cleverness."""

    id: str
    row: wire.SocketRow | None = None
    gone_at: float | None = None


@dataclass
class NaivePool:
    sockets: dict[int, Told] = field(default_factory=dict[int, Told])

    def apply(self, state: wire.State) -> None:
        if state.begin:
            self.sockets = {}
        for born in state.born:
            self.sockets[born.number] = Told(born.id)
        for changed in state.rows:
            if changed.number in self.sockets:
                self.sockets[changed.number].row = changed
        for number in state.gone:
            told = self.sockets.get(number)
            if told is not None and told.gone_at is None:
                told.gone_at = state.time
        if state.pool is not None:
            self.sockets = {
                number: told
                for number, told in self.sockets.items()
                if told.gone_at is None or abs(state.time - told.gone_at) < 10
            }


numbers = st.integers(1, 6)


@st.composite
def states(draw: st.DrawFn) -> list[wire.State]:
    time = 1000.0
    out: list[wire.State] = []
    for _ in range(draw(st.integers(1, 12))):
        time += draw(st.sampled_from([0.0, 0.25, 1.25, 6.0, 20.0, -3.0]))
        some = st.lists(numbers, max_size=4, unique=True)
        out.append(
            wire.State(
                time,
                begin=draw(st.integers(0, 5)) == 0,
                born=tuple(map(head, draw(some))),
                rows=tuple(row(n, draw(st.integers(0, 9))) for n in draw(some)),
                gone=tuple(draw(some)),
                pool=draw(st.sampled_from([None, POOL])),
            )
        )
    return out


@settings(deadline=None)
@given(states())
def test_sockets_are_those_of_a_naive_model(frames: list[wire.State]) -> None:
    view, naive = PoolView(), NaivePool()
    for frame in frames:
        version = view.version
        view.apply(frame)
        naive.apply(frame)
        assert view.version > version
        assert view.now == frame.time
        assert view.sockets.keys() == naive.sockets.keys()
        for number, told in naive.sockets.items():
            socket = view.sockets[number]
            assert (socket.id, socket.gone) == (told.id, told.gone_at is not None)
            if told.row is not None:
                assert socket.messages_in == told.row.messages_in
        for column in COLUMNS:
            assert len(view.order(column, True, ALL)) == len(naive.sockets)


def test_begin_forgets_all_sockets() -> None:
    view = PoolView()
    view.apply(begin(1, 2))
    view.apply(begin(2, 3, time=101.0))
    assert view.sockets.keys() == {2, 3}


def test_a_socket_that_left_stays_for_ten_seconds_of_the_pools_time() -> None:
    view = PoolView()
    view.apply(begin(1))
    view.apply(wire.State(101.0, rows=(row(1, 7),), gone=(1,), pool=POOL))
    view.apply(wire.State(110.9, pool=POOL))
    assert (view.sockets[1].state, view.sockets[1].messages_in) == ("closed", 7)
    version = view.sockets_version
    view.apply(wire.State(111.0, pool=POOL))
    assert not view.sockets
    assert view.sockets_version > version


def test_socket_leaves_on_time_though_the_clock_was_set_back() -> None:
    view = PoolView()
    view.apply(begin(1, 2))
    view.apply(wire.State(1000.0, gone=(1,), pool=POOL))
    view.apply(wire.State(995.0, gone=(2,), pool=POOL))
    view.apply(wire.State(1005.0, pool=POOL))
    assert view.sockets.keys() == {1}


def test_sockets_version_stays_while_no_socket_changes() -> None:
    view = PoolView()
    view.apply(begin(1))
    version = view.sockets_version
    view.apply(wire.State(101.0, pool=POOL))
    view.apply(batch(sample(1), sent=1))
    assert view.sockets_version == version
    view.apply(wire.State(101.0, rows=(row(1, 1),)))
    assert view.sockets_version > version


def ordered(view: PoolView, column: str, descending: bool = False) -> list[int]:
    return [socket.number for socket in view.order(column, descending, ALL)]


def test_order_of_equals_is_that_of_their_numbers() -> None:
    view = PoolView()
    view.apply(begin(3, 1, 2))
    for column in ("state", "in", "latency", "kind"):
        assert ordered(view, column) == ordered(view, column, True) == [1, 2, 3]


@pytest.mark.parametrize(
    ("column", "facts"),
    [
        ("messages", {"messages_out": 5}),
        ("queued", {"queued": 1}),
        ("failed", {"failed": 1}),
        ("refused", {"refused": 1}),
        ("latency", {"latency": 0.001}),
        ("last", {"last_received": 1.0}),
        ("opened", {"opened_at": 1.0}),
        ("in", {"messages_in": 1}),
        ("out", {"messages_out": 1}),
        ("bytes", {"bytes_out": 1}),
        ("state", {"state": "opening"}),
    ],
)
def test_order_by_each_column(column: str, facts: dict[str, object]) -> None:
    view = PoolView()
    view.apply(begin(1, 2, 3))
    view.apply(wire.State(100.25, rows=(row(2, **facts),), pool=POOL))
    assert ordered(view, column, True) == [2, 1, 3]
    assert ordered(view, column) == [1, 3, 2]


def test_order_by_id_minds_no_case() -> None:
    view = PoolView()
    heads = (head(1, "b"), head(2, "C"), head(3, "A"))
    view.apply(wire.State(1.0, begin=True, born=heads, pool=POOL))
    assert ordered(view, "id") == [3, 1, 2]


def test_order_leaves_out_what_the_filter_does() -> None:
    view = PoolView()
    heads = (head(1, "btc"), head(2, "eth"), head(3, "btc-2", "client"))
    view.apply(wire.State(1.0, begin=True, born=heads, pool=POOL))
    found = view.order("number", False, Filter.parse("btc !kind:client"))
    assert [socket.number for socket in found] == [1]


def test_rate_terms_go_by_the_pools_own_clock() -> None:
    view = PoolView()
    view.apply(begin(1))
    view.apply(wire.State(101.0, rows=(row(1, 1000),), pool=POOL))
    fast = Filter.parse("rate>100")
    assert view.order("in", True, fast)
    view.apply(wire.State(121.0, pool=POOL))
    assert not view.order("in", True, fast)


def test_events_are_kept_and_holes_are_counted() -> None:
    view = PoolView(events=3)
    view.apply(wire.Events((event(5), event(6)), missed=4))
    view.apply(wire.Events((event(9), event(10)), missed=2))
    assert [e.sequence for e in view.events] == [6, 9, 10]
    assert view.events_missed == 6


def test_events_told_again_after_a_lost_link_are_not_kept_twice() -> None:
    view = PoolView()
    view.apply(hello())
    view.apply(wire.Events((event(1), event(2))))
    view.reset()
    view.apply(hello(time=3000.0))
    view.apply(wire.Events((event(2), event(3))))
    view.reset()
    view.apply(hello(time=4000.0))
    view.apply(wire.Events((event(6),)))
    assert [e.sequence for e in view.events] == [1, 2, 3, 6]
    assert view.events_missed == 2


def test_events_of_another_pool_are_all_kept() -> None:
    view = PoolView()
    view.apply(hello())
    view.apply(wire.Events((event(1), event(2))))
    view.apply(hello(started_at=9.0))
    view.apply(wire.Events((event(1),)))
    assert [e.sequence for e in view.events] == [1, 2, 1]
    assert view.events_missed == 0


def test_reset_keeps_the_stream_and_the_events_only() -> None:
    view = PoolView()
    view.apply(hello())
    view.apply(begin(1))
    view.apply(wire.State(101.0, rows=(row(1, 10),), pool=pool_row(messages_in=10)))
    view.apply(batch(sample(1), sent=1))
    view.apply(wire.Events((event(1),)))
    view.apply(wire.Payload(1, b"x"))
    view.apply(wire.Details(1))
    view.apply(wire.Problem("no"))
    before = view.attachment
    view.reset()
    assert view.attachment > before
    assert not view.sockets
    assert not view.payloads
    assert not view.details
    assert view.row is None
    assert view.counts is None
    assert (view.problem, view.in_per_s, view.lag) == ("", 0, 0)
    assert len(view.stream) == len(view.events) == 1
    assert view.stream[0].attachment == before


def test_gap_starts_with_the_last_reading_and_ends_with_the_next() -> None:
    view = PoolView()
    view.apply(hello())
    view.apply(begin(1))
    assert view.gap_started is None
    view.reset()
    assert view.gap_started == 100.0
    view.apply(hello())
    assert view.gap_started == 100.0
    view.apply(begin(1, time=130.0))
    assert view.gap_started is None


def test_a_hello_is_a_new_attachment() -> None:
    view = PoolView()
    view.apply(hello())
    attachment = view.attachment
    view.apply(begin(1))
    view.apply(hello())
    assert not view.sockets
    assert view.attachment > attachment


def test_lag_is_that_of_the_last_reading() -> None:
    view = PoolView()
    view.apply(wire.State(1.0, pool=pool_row(lag=0.5)))
    assert view.lag == 0.5


def test_payloads_and_details_are_bounded() -> None:
    view = PoolView()
    for n in range(1000):
        view.apply(wire.Payload(n, None if n % 2 else b"x"))
        view.apply(wire.Details(n))
    assert list(view.payloads) == list(range(968, 1000))
    assert list(view.details) == list(range(744, 1000))
    assert view.payloads[998] == b"x"
    assert view.payloads[999] is None


def test_streams_are_bounded() -> None:
    view = PoolView(messages=10)
    for n in range(1, 31):
        view.apply(batch(sample(n), sent=n))
    assert [line.sequence for line in view.stream] == list(range(21, 31))
    assert [line.index for line in view.stream] == list(range(20, 30))


def test_a_word_that_the_source_found_matches_beyond_the_preview() -> None:
    view = PoolView()
    btc = Filter.parse("btc")
    view.watching(btc.selection())
    view.apply(batch(sample(1, preview=b'{"x":', size=9000), sent=1))
    assert btc.matches_message(view.stream[0], None)
    assert not Filter.parse("eth").matches_message(view.stream[0], None)


@pytest.mark.parametrize(
    "text", [text for _, text in HOSTILE], ids=[n for n, _ in HOSTILE]
)
def test_nothing_that_is_shown_is_unfit_for_a_terminal(text: str) -> None:
    view = PoolView()
    view.apply(hello(program=text, pool=text, level=text, version=text))
    view.apply(
        wire.State(1.0, True, (head(1, text or "x", text),), (row(1, state=text),))
    )
    view.apply(batch(sample(1), sent=1))
    view.apply(wire.Events((event(1, text, text, error=text),)))
    view.apply(wire.Details(1, text, text, text, text, ((text, text),), (text,)))
    view.apply(wire.Problem(text))
    assert view.hello is not None
    details, socket, story = view.details[1], view.sockets[1], tell(view.events[0])
    for shown in (
        *(view.hello.program, view.hello.pool, view.hello.level, view.hello.version),
        *(socket.id, socket.kind, socket.state, view.stream[0].id, view.problem),
        *(details.url, details.remote_address, details.subprotocol, details.path),
        *(*details.headers[0], *details.tags, story.text, story.subject),
    ):
        assert not unfit(shown)


@pytest.mark.parametrize("n", [10**400, -(10**400), 10**30])
def test_counters_that_no_pool_can_have_are_survived(n: int) -> None:
    view = PoolView()
    view.apply(begin(1))
    huge = row(1, n, bytes_in=n, messages_out=n, queued=n)
    for time in (100.5, 101.5):
        frame = wire.State(time, rows=(huge,), pool=pool_row(messages_in=n, bytes_in=n))
        view.apply(frame)
    assert view.sockets[1].messages_in == n
    for column in COLUMNS:
        assert view.order(column, True, ALL)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=30))
def test_lines_and_what_is_missing_add_up_to_what_matched(losses: list[int]) -> None:
    view = PoolView()
    sent = lost = 0
    for loss in losses:
        sent += 1
        lost += loss
        view.apply(batch(sample(sent), sent=sent, sampled_out=lost))
    lines = list(view.stream)
    assert len(lines) + sum(line.missing for line in lines) == sent + lost
