"""The codec: what is written is read again, by every version."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.monitor import wire

POOL_ROW = wire.PoolRow(
    state="running",
    sockets=1,
    open_sockets=1,
    messages_in=2,
    bytes_in=3,
    messages_out=4,
    bytes_out=5,
    accepted=31,
    refused=6,
    queued=7,
    queued_bytes=8,
    failed={"lost": 9},
    sockets_opened=1,
    sockets_closed=0,
    dials_failed=0,
    subscriber_failures=0,
    payloads_invalid=0,
    lag=0.001,
    viewers=1,
    dropped={"oldest": 11},
    subscribers=2,
    handshakes_refused={"origin": 12},
    timed=(wire.SubscriberRow(1, "pool.messages", "", "print", 8, 0.5, 0.1),),
)
FRAMES: list[wire.Frame] = [
    wire.Hello(1, "0.1.0", 7, "app.py", "pool", "traffic", 1.5, 2.5),
    wire.State(1.0, begin=True, born=(wire.SocketHead(1, "a", "server"),)),
    wire.State(1.0, born=(wire.SocketHead(2, "b", "client", 64, 1024, "close", 5.0),)),
    wire.State(
        1.0,
        rows=(
            wire.SocketRow(1, "open", 1, 2, 3, 4, 5, 6, 7, 8, 9, None, 1.0, None, 10),
            wire.SocketRow(
                *(2, "open", 1, 2, 3, 4, 5, 6, 7, 8, 9, None, 1.0, None, 10),
                accepted=31,
                losses={"lost": 9},
                drops={"oldest": 10},
                pinged_at=3.5,
                subscribers=2,
            ),
        ),
        gone=(4,),
        pool=POOL_ROW,
    ),
    wire.Events(
        (wire.Event(1, 2.0, "SocketOpened", "a", {"kind": "server"}),), missed=2
    ),
    wire.Messages((wire.Sample(1, 2, "in", 1, 3, 4.0, b"\xff\x00"),), 5, 4, 1, 3, 0),
    wire.Payload(1, b"\x80"),
    wire.Payload(2, None),
    wire.Details(1, "ws://a/", "127.0.0.1:1", "", "/", (("Host", "a"),), ("t",)),
    wire.Problem("no"),
    wire.Answer(1, "no"),
    wire.Answer(2, queued=3, dropped=2, closed=1),
    wire.Answer(3, round_trip=0.023),
]
REQUESTS: list[wire.Request] = [
    wire.Watch(),
    wire.Watch(wire.Selection(numbers=(1, 2), direction="out", words=("btc",))),
    wire.Get(3),
    wire.Inspect(4),
    wire.Send(5, b"\xff", 2, numbers=(1,)),
    wire.Send(6, b"hello", tag="room"),
    wire.Kick(7, 1, 4000, "enough"),
    wire.Ping(8, 1),
]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_survives_the_wire(frame: wire.Frame) -> None:
    assert wire.decode_frame(wire.encode(frame)) == frame
    assert wire.decode_frame(wire.encode(frame).decode()) == frame


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_survives_the_wire(request_: wire.Request) -> None:
    assert wire.decode_request(wire.encode(request_)) == request_


@pytest.mark.parametrize("frame", FRAMES)
def test_unknown_keys_and_items_are_ignored(frame: wire.Frame) -> None:
    written = json.loads(wire.encode(frame))
    for rows in ("born", "rows", "events", "samples"):
        for row in written.get(rows, ()):
            row.append("of a later version")
    written["later"] = {"nested": [1]}
    assert wire.decode_frame(json.dumps(written)) == frame


def test_rows_of_a_process_that_tells_of_no_drops_are_read() -> None:
    written = json.loads(wire.encode(FRAMES[3]))
    del written["rows"][0][14:]
    del written["pool"]["dropped"]
    state = wire.decode_frame(json.dumps(written))
    assert isinstance(state, wire.State)
    assert state.rows[0].dropped == 0
    assert state.pool is not None
    assert state.pool.dropped == {}


def test_frames_of_an_unknown_type_are_skipped() -> None:
    assert wire.decode_frame('{"t": "hologram", "x": [1, 2]}') is None
    assert wire.decode_request('{"t": "teleport"}') is None


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"t": 1}',
        b'{"t": "state"}',
        b'{"t": "state", "time": "now"}',
        b'{"t": "messages", "samples": [[1]]}',
        b'{"t": "payload", "sequence": 1, "payload": "*"}',
        b"[" * 100_000,
    ],
)
def test_garbage_is_a_wire_error(garbage: bytes) -> None:
    with pytest.raises(wire.WireError, match=r"not a frame of ssc-monitor\.v1"):
        wire.decode_frame(garbage)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for decode in (wire.decode_frame, wire.decode_request):
        with suppress(wire.WireError):
            decode(data)


def test_a_viewer_s_words_are_no_process_s_words() -> None:
    with pytest.raises(wire.WireError):
        wire.decode_request(wire.encode(wire.Problem("no")))
