"""Columns of the socket table."""

import pytest

from ssc_monitor.model.pool import COLUMNS as SORTS
from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.widgets import columns
from ssc_monitor.widgets.line import width_of
from tests.ssc_monitor.scripted import Pool


def socket(state: str = "open") -> SocketView:
    pool, view = Pool(), PoolView()
    number = pool.add("wss://stream.example/feed", "server", state=state)
    view.apply(pool.state(begin=True))
    return view.sockets[number]


def names(width: int, longest: int = 30) -> list[str]:
    return [column.name for column, _ in columns.layout(width, longest)]


def test_the_model_sorts_by_every_column_but_the_bars() -> None:
    assert set(columns.SORTABLE) <= set(SORTS)
    assert "spark" not in columns.SORTABLE


def test_columns_drop_in_order_as_the_terminal_gets_narrower() -> None:
    before = {column.name for column in columns.COLUMNS}
    dropped: list[str] = []
    for width in range(300, 30, -1):
        now = set(names(width))
        dropped += [name for name in columns.DROPPED_IN_ORDER if name in before - now]
        before = now
    order = [name for name in columns.DROPPED_IN_ORDER if name in dropped]
    assert dropped == order
    assert dropped[:5] == ["spark", "bytes", "kind", "latency", "out"]


@pytest.mark.parametrize("longest", [1, 24, 60, 4000])
@pytest.mark.parametrize("width", range(36, 301, 3))
def test_head_and_rows_fit(width: int, longest: int) -> None:
    layout = columns.layout(width, longest)
    assert width_of(columns.head(layout, "in", True)) <= width
    for state, note in (("open", ""), ("closed", "1006 no closing handshake " * 9)):
        row = columns.row(socket(state), 0.0, layout, selected=True, note=note)
        assert width_of(row) == width_of(columns.head(layout, "in", True))


def test_a_short_id_leaves_room_for_the_bars() -> None:
    wide = {column.name: width for column, width in columns.layout(160, 12)}
    assert wide["id"] == 24
    assert wide["spark"] == 60


def test_why_it_is_shut_stands_in_place_of_the_figures() -> None:
    layout = columns.layout(120, 30)
    text = "".join(
        text
        for text, _ in columns.row(
            socket("closed"), 0.0, layout, selected=False, note="1001 going away"
        )
    )
    assert "○ closed" in text
    assert "1001 going away" in text


def test_an_unknown_state_is_shown_as_it_is() -> None:
    layout = columns.layout(120, 30)
    spans = columns.row(socket("dozing"), 0.0, layout, selected=False, note="")
    assert any("◌ dozing" in text for text, _ in spans)
