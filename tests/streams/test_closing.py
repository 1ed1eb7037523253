"""`ops.fail_on_close()`: a stream that says by `on_error` how its socket ended."""

from typing import Any

import pytest

from ssc_rx import (
    CloseInfo,
    InvalidOptionError,
    LinkLostError,
    Pool,
    SocketEndedError,
)
from ssc_rx import operators as ops
from ssc_rx.streams.closing import SocketHub
from tests.far_end import AddPeer
from tests.peers import echo, websocket_server
from tests.streams.conftest import FakeHome

LOST = LinkLostError("gone")


@pytest.mark.parametrize(
    ("end", "fails"),
    [
        (CloseInfo(1000, "", "peer"), False),
        (CloseInfo(1001, "", "peer"), False),
        (CloseInfo(4000, "bye", "us"), False),
        (CloseInfo(4501, "replaced", "us", False), False),
        (CloseInfo(1011, "oops", "peer"), True),
        (CloseInfo(1005, "", "peer"), True),
        (CloseInfo(1000, "", "us", False, LOST), True),
        (CloseInfo(1006, "", "lost", False, LOST), True),
    ],
)
def test_an_end_that_was_to_be_expected_is_none(end: CloseInfo, fails: bool) -> None:
    hub = SocketHub("x", FakeHome())
    told: list[Any] = []
    hub.pipe(ops.fail_on_close(), ops.text()).subscribe(
        told.append, told.append, lambda: told.append("|")
    )
    hub.end = end
    hub.complete()
    (last,) = told
    assert isinstance(last, SocketEndedError) is fails
    if fails:
        assert (last.id, last.code, last.reason) == ("x", end.code, end.reason)
        assert last.__cause__ is end.error
        assert str(end.code) in str(last)


def test_anywhere_else_it_is_refused() -> None:
    hub = SocketHub("x", FakeHome())
    with pytest.raises(
        InvalidOptionError, match=r"first in a pipe on socket\.messages"
    ):
        hub.pipe(ops.text(), ops.fail_on_close())  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionError, match="goes first"):
        Pool().messages.pipe(ops.fail_on_close())


async def test_of_a_real_socket_messages_come_before_the_end(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("x")
    told: list[Any] = []
    socket = pool["x"]
    subscription = socket.messages.pipe(ops.fail_on_close()).subscribe(
        lambda m: told.append(m.text), told.append
    )
    peer.send("last words")
    peer.transport.close(1011, "oops")
    await socket.wait_closed()
    assert told[0] == "last words"
    assert told[1].code == 1011
    late: list[Any] = []
    socket.messages.pipe(ops.fail_on_close()).subscribe(on_error=late.append)
    assert [error.code for error in late] == [1011]
    subscription.dispose()


async def test_a_subscriber_that_left_is_not_told(pool: Pool) -> None:
    async with websocket_server(echo) as url:
        socket = await pool.add_server_socket(url)
        told: list[Any] = []
        stream = socket.messages.pipe(ops.fail_on_close())
        stream.subscribe(on_error=told.append).dispose()
        socket._transport.abort()  # type: ignore[union-attr]
        await socket.wait_closed()
        assert told == []
