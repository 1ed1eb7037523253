"""`ssc-monitor send`, as a process of its own, to a real pool."""

import os
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path

import pytest

from ssc_monitor.model.draft import DraftError, Outgoing
from ssc_monitor.send import outgoing
from ssc_rx import MonitorActed, Pool
from ssc_rx.monitor import wire
from tests.assertions import assert_accounted
from tests.far_end import AddPeer
from tests.recorder import Recorder
from tests.ssc_monitor.program import End, run, start

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]


@pytest.fixture
async def pool(monitors: Path, make_pool: Callable[..., Pool]) -> Pool:
    pool = make_pool(ping_interval=None, monitor="control", name="feeds")
    await pool.start()
    return pool


async def piped(data: bytes, *arguments: str) -> End:
    process = await start(*arguments, stdin=PIPE)
    out, err = await process.communicate(data)
    return End(process.returncode, out.decode(), err.decode())


async def test_to_one_to_a_group_and_to_all(pool: Pool, add_peer: AddPeer) -> None:
    a, b = await add_peer("a", tags=["room"]), await add_peer("b")
    one = await run("send", "a", "to one")
    group = await run("send", "--target", "feeds", "--tag", "room", "to the group")
    every = await run("send", "--all", "--json", '{"to": "all"}')
    hex = await run("send", "a", "--hex", "00 ff")
    dash = await run("send", "b", "--", "-1")
    assert [one, group, every, hex, dash] == [
        End(0, f"queued to {n}\n", "") for n in (1, 1, 2, 1, 1)
    ]
    await a.heard.until(lambda: len(a.heard.of("message")) == 4)
    assert a.heard.of("message") == [
        (1, b"to one"),
        (1, b"to the group"),
        (1, b'{"to": "all"}'),
        (2, b"\x00\xff"),
    ]
    assert await b.heard_texts(2) == ['{"to": "all"}', "-1"]
    assert_accounted(pool)


async def test_what_is_piped_is_sent_without_its_last_line_break(
    pool: Pool, add_peer: AddPeer, tmp_path: Path
) -> None:
    a = await add_peer("a")
    assert (await piped(b"two\nlines\n", "send", "a", "-")).code == 0
    assert (await piped(b"61\n0a\n", "send", "a", "--hex", "-")).code == 0
    refused = await piped(b"\xff", "send", "a", "-")
    assert (refused.code, refused.out) == (2, "")
    assert "standard input is no UTF-8" in refused.err
    await a.heard.until(lambda: len(a.heard.of("message")) == 2)
    assert a.heard.of("message") == [(1, b"two\nlines"), (2, b"a\n")]


async def test_a_socket_is_found_by_the_id_that_is_shown(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("wss://a/?token=s3cret")
    await add_peer("b\x1b[2J")
    assert (await run("send", "wss://a/?token=…", "hi")).code == 0
    assert (await run("send", "b␛[2J", "hi")).code == 0
    assert await peer.heard_texts(1) == ["hi"]
    wrong = await run("send", "wss://a/?token=s3cret", "hi")
    assert (wrong.code, wrong.out) == (1, "")
    assert "there is no socket" in wrong.err
    assert "there are wss://a/?token=…" in wrong.err
    assert "\x1b" not in wrong.err


@pytest.mark.parametrize("level", ["stats", "traffic"])
async def test_where_one_may_only_watch_it_says_how_to_allow_more(
    level: str, monitors: Path, make_pool: Callable[..., Pool]
) -> None:
    async with make_pool(monitor=level):
        told = await run("send", "--all", "hi")
    assert (told.code, told.out) == (1, "")
    assert told.err.endswith('Pool(..., monitor="control")\n')


async def test_the_pool_s_refusals_are_told(pool: Pool, add_peer: AddPeer) -> None:
    nobody = await run("send", "--all", "hi")
    assert nobody == End(1, "", "ssc-monitor: there is no socket\n")
    await add_peer("a")
    big = await piped(b"x" * 1_100_000, "send", "a", "-")
    assert big.code == 1
    assert "max_message_size" in big.err
    untagged = await run("send", "--tag", "room", "hi")
    assert untagged.err == "ssc-monitor: no socket bears the tag 'room'\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a",), "give ID TEXT"),
        (("a", "b", "c"), "give ID TEXT"),
        (("--all", "a", "b"), "give TEXT alone"),
        (("--all", "--tag", "x", "a"), "not allowed with"),
        (("--json", "a", "{"), "no JSON"),
        (("--hex", "a", "xyz"), "x is no hex digit"),
    ],
)
async def test_what_is_not_understood(
    arguments: tuple[str, ...], told: str, pool: Pool
) -> None:
    end = await run("send", *arguments)
    assert (end.code, end.out) == (2, "")
    assert told in end.err


async def test_who_sent_is_told_in_the_pool(pool: Pool, add_peer: AddPeer) -> None:
    heard = Recorder(pool)
    await add_peer("a")
    process = await start("send", "a", "hi")
    assert await process.wait() == 0
    await process.communicate()
    acted = await heard.event(MonitorActed)
    assert (acted.id, acted.action, acted.uid) == ("a", "send", os.getuid())
    assert acted.pid == process.pid


async def test_too_much_is_refused_before_it_is_sent() -> None:
    with pytest.raises(DraftError, match="more than 2,097,152 bytes"):
        outgoing("x" * (wire.MAX_SENT_BYTES + 1), "text")
    assert outgoing(b"a\r\n", "text") == Outgoing(b"a", 1)
