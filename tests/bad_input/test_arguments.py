"""Arguments that can not be, and functions that raise."""

from typing import Any

import pytest

from ssc_rx import (
    DialFailed,
    InvalidOptionError,
    Message,
    Pool,
    SubscriberFailed,
)
from ssc_rx import operators as ops
from tests.far_end import AddPeer
from tests.recorder import Recorder

BAD_ARGUMENTS: dict[str, dict[str, Any]] = {
    "headers of pairs": {"headers": [("X", "a")]},
    "headers of a string": {"headers": "X: a"},
    "header of an int": {"headers": {"X": 3}},
    "header of None": {"headers": {"Authorization": None}},
    "header with a second line": {"headers": {"X": "a\r\nEvil: b"}},
    "header with a line break at its end": {"headers": {"X": "secret\n"}},
    "header outside Latin-1": {"headers": {"X": "secret €"}},
    "name of a header with a second line": {"headers": {"X\r\nEvil": "b"}},
    "empty name of a header": {"headers": {"": "b"}},
    "subprotocols of a string": {"subprotocols": "chat"},
    "subprotocol that is none": {"subprotocols": ["a b"]},
    "subprotocol of an int": {"subprotocols": [3]},
    "subprotocols of an int": {"subprotocols": 3},
    "ssl that is none": {"ssl": 3},
    "proxy that is none": {"proxy": 3},
    "tags of a string": {"tags": "chat"},
    "tag that is none": {"tags": [3]},
    "on_open that is none": {"on_open": 3},
    "open_timeout that is none": {"open_timeout": "1"},
}


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
async def test_an_argument_that_can_not_be_is_refused_and_not_shown(
    pool: Pool, heard: Recorder, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        await pool.add_server_socket("ws://127.0.0.1:1", id="x", **arguments)
    assert "secret" not in str(caught.value)
    assert "x" not in pool
    assert [e.error for e in heard.of(DialFailed)] in ([], [caught.value])


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="name must be a str"):
        Pool(name=3)  # type: ignore[arg-type]


async def test_a_filter_that_raises_ends_its_own_pipeline_only(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    def never(message: Message) -> bool:
        raise ZeroDivisionError

    pool.messages.pipe(ops.filter(never)).subscribe(print)
    peer = await add_peer("peer")
    for n in range(3):
        peer.send(str(n))
    await heard.messages.reach(3)
    await pool.remove_socket("peer")
    (failed,) = heard.of(SubscriberFailed)
    assert (type(failed.error), failed.ended) == (ZeroDivisionError, True)


BAD_SERVING: dict[str, dict[str, Any]] = {
    "host of an int": {"host": 3},
    "host of a list": {"host": []},
    "host of bytes": {"host": b"127.0.0.1"},
    "port of a string": {"port": "80"},
    "port that is none": {"port": 65_536},
    "unix of an int": {"unix": 3},
    "ssl that is none": {"ssl": 3},
    "id that is none": {"id": "me"},
    "process_request that is none": {"process_request": 3},
    "subprotocols of a string": {"subprotocols": "chat"},
    "subprotocols of an int": {"subprotocols": 3},
    "subprotocol of an int": {"subprotocols": [3]},
    "subprotocol that is none": {"subprotocols": ["a b"]},
    "origins of a string": {"origins": "http://good.example"},
}


@pytest.mark.parametrize("arguments", BAD_SERVING.values(), ids=BAD_SERVING)
async def test_an_argument_of_a_server_that_can_not_be_is_refused_at_once(
    pool: Pool, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidOptionError, match=next(iter(arguments))):
        pool.serve(**arguments)
