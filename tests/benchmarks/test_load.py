"""The load: it sends what it says, and says when it is the bottleneck."""

import socket
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from benchmarks.case import Case
from benchmarks.flood import flood
from benchmarks.job import Side
from benchmarks.report import table as report
from benchmarks.result import Failed, result_of
from benchmarks.rows import Row
from benchmarks.run import run
from benchmarks.shaping import shape_sockets
from benchmarks.verdict import Line, Round
from benchmarks.wire import extensions_in, frame, masked_frame
from tests.benchmarks.results import table

FRAMES = 2_000
JOB = Case("pool", "burst", 2, 1_000).job("uvloop", None)
TOTAL = JOB.total
"""Of messages."""


def report_of(**changes: float) -> dict[str, object]:
    plain = {"messages": TOTAL, "wall_s": 1.0, "cpu_s": 1.0, "system_s": 0.0}
    return plain | {"queued_s": 0.0, "settings": {}} | changes


def test_a_flood_is_whole_frames_on_every_socket() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    wire = frame(JOB)
    got = [bytearray() for _ in pairs]

    def read(n: int) -> None:
        while len(got[n]) < FRAMES * len(wire) and (data := pairs[n][1].recv(999)):
            got[n] += data

    readers = [threading.Thread(target=read, args=(n,)) for n in range(len(pairs))]
    for reader in readers:
        reader.start()
    for near, _ in pairs:
        near.setblocking(False)
    flood([near.fileno() for near, _ in pairs], wire, FRAMES)
    for reader in readers:
        reader.join()
    for near, far in pairs:
        near.close()
        far.close()
    assert got == [wire * FRAMES] * 3


def test_raw_and_websocket_frames_are_of_one_size() -> None:
    raw = Case("raw", "burst", 2, 1_000).job("uvloop", None)
    large = Case("pool", "burst", 2, 1_000, payload_bytes=4096).job("uvloop", None)
    assert len(frame(raw)) == len(frame(JOB)) == 132
    assert frame(JOB)[:2] == b"\x81\x7e"
    assert frame(large)[:2] == b"\x82\x7e"
    assert len(frame(large)) == 4100


def test_a_dialling_load_masks_the_same_frame() -> None:
    plain, masked = frame(JOB), masked_frame(JOB)
    assert masked == b"\x81\xfe" + plain[2:4] + bytes(4) + plain[4:]


@pytest.mark.parametrize("repeat", [1, 3])
@pytest.mark.parametrize("side", ["fastapi", "fastapi-pool"])
async def test_a_side_that_echoes_gives_back_all_there_is(
    side: Side, repeat: int
) -> None:
    job = Case(side, "echo", 4, 400, repeat=repeat).job("uvloop", None)
    result = await run(job)  # raises if one is missing, or one too many
    assert result.cpu_us > 0
    assert result.settings["load connections"] == "4"


def test_extensions_are_found_in_a_head() -> None:
    head = b"GET / HTTP/1.1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    assert extensions_in(head) == "permessage-deflate"
    assert extensions_in(b"GET / HTTP/1.1\r\n\r\n") == "none"


def test_sockets_are_shaped_and_read_back() -> None:
    # In a process of its own: other tests of this one may have connections, too.
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        found = process.submit(shaped_pair).result()
    assert found["connections"] == "2"
    assert found["TCP_NODELAY"] == "0 and 1"
    assert " and " not in found["SO_RCVBUF"] + found["SO_SNDBUF"]


def shaped_pair() -> dict[str, str]:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as near,
        server.accept()[0],
    ):
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return shape_sockets()


def test_a_subject_that_waits_or_a_load_that_never_rests_is_load_bound() -> None:
    well = report_of(cpu_s=0.2)
    assert not result_of(JOB, report_of(), well).load_bound
    assert result_of(JOB, report_of(cpu_s=0.5), well).load_bound
    assert not result_of(JOB, report_of(cpu_s=0.5, queued_s=0.5), well).load_bound
    assert result_of(JOB, report_of(), report_of(cpu_s=0.9)).load_bound
    echo = Case("fastapi", "echo", 2, 1_000).job("uvloop", None)
    counted = {"messages": echo.total}
    well_echoed = report_of(**counted, cpu_s=0.2)
    assert not result_of(echo, report_of(**counted), well_echoed).load_bound
    assert result_of(echo, report_of(**counted, cpu_s=0.5), well_echoed).load_bound
    held_up = report_of(cpu_s=0.2, queued_s=0.5)  # by another program
    assert not result_of(JOB, report_of(cpu_s=0.5), held_up).load_bound


def test_a_load_that_falls_behind_its_clock_is_load_bound() -> None:
    job = Case("pool", "sparse", 2, 10_000).job("uvloop", None)
    counted = {"messages": job.total, "cpu_s": 0.1}
    in_time = report_of(**counted, sending_s=1.0)
    late = report_of(**counted, sending_s=1.1)
    assert not result_of(job, report_of(**counted), in_time).load_bound
    assert result_of(job, report_of(**counted), late).load_bound


def test_a_missing_message_is_no_result() -> None:
    for subject, load in ((TOTAL - 1, TOTAL), (TOTAL, TOTAL + 1)):
        with pytest.raises(Failed, match=f"of {TOTAL} messages"):
            result_of(JOB, report_of(messages=subject), report_of(messages=load))


def test_who_finished_in_which_order_is_told_where_three_did_the_same() -> None:
    cases = [Case(side, "burst", 2, 1_000) for side in ("pool", "raw", "aiohttp")]
    results = [
        result_of(JOB, report_of(cpu_s=s, wall_s=s), report_of(cpu_s=0.1))
        for s in (0.5, 0.1, 0.9)
    ]
    lines = [
        Line(
            Row(f"row-{n}", cases[0], cases[n]),
            "uvloop",
            [Round(results[0], results[n])],
        )
        for n in (1, 2)
    ]
    text = report(table(*(line.row for line in lines)), lines)
    assert "2 sockets on uvloop: raw TCP < ssc-rx < aiohttp" in text
