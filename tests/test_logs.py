"""What the library writes to the log: text, level, fields, and no secrets."""

import asyncio
import importlib
import logging
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

import ssc_rx
from ssc_rx import (
    DialError,
    DialFailed,
    InvalidUrlError,
    Message,
    Outbox,
    Overflow,
    Pool,
    Reconnect,
    ReconnectScheduled,
    SocketClosed,
)
from tests.far_end import AddPeer, Peer
from tests.peers import echo, mute, open_client, silent, tcp_server, websocket_server
from tests.recorder import Recorder

MakePool = Callable[..., Pool]
SECRET = "hunter2"
SOON = Reconnect(min_delay=0.001, max_delay=0.002)


class Log(logging.Handler):
    """Keeps the records of the library, as a handler gets them."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def said(self, level: int) -> list[str]:
        """What was said at this level."""
        return [r.getMessage() for r in self.records if r.levelno == level]


@pytest.fixture
def log() -> Iterator[Log]:
    """All records of the library from here on, DEBUG included."""
    log, logger = Log(), logging.getLogger("ssc_rx")
    before = logger.level
    logger.addHandler(log)
    logger.setLevel(logging.DEBUG)
    yield log
    logger.setLevel(before)
    logger.removeHandler(log)


def field(record: logging.LogRecord, name: str) -> Any:
    """A field that came as `extra`."""
    return record.__dict__[name]


async def test_opening_and_closing_are_info(log: Log, pool: Pool) -> None:
    async with websocket_server(silent) as url:
        socket = await pool.add_server_socket(url, id="x")
        await socket.close(4000, "bye")
    assert log.said(logging.INFO) == [
        "the server socket 'x' is open",
        "the server socket 'x' is closed: 4000 'bye', by us",
    ]
    for record in log.records:
        assert record.name == "ssc_rx.logbook"
        assert (field(record, "pool"), field(record, "socket_id")) == (pool.name, "x")


async def test_messages_are_not_told_at_all(log: Log, pool: Pool) -> None:
    async with websocket_server(echo) as url:
        socket = await pool.add_server_socket(url)
        async with socket.stream() as stream:
            await socket.send("hello")
            await anext(stream)
        assert log.said(logging.INFO) == [f"the server socket {url!r} is open"]
        assert len(log.records) == 1


async def test_an_outage_is_one_warning_with_id_and_attempt(
    log: Log, make_pool: MakePool
) -> None:
    pool = make_pool(ping_interval=None, reconnect=SOON)
    heard = Recorder(pool)
    await pool.start()
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
    await heard.events.until(lambda: len(heard.of(DialFailed)) >= 6)
    await pool.remove_socket("x")
    warned = log.said(logging.WARNING)
    assert len(warned) == 1
    assert warned[0].startswith("the server socket 'x' dropped: 1001, by the peer; ")
    assert "attempt 1 to open it again in 0.0 s" in warned[0]
    later = log.said(logging.DEBUG)
    assert len(later) >= 5
    assert "can't be opened: can't open ws://127.0.0.1" in later[0]
    assert "attempt 2 to open it again" in later[0]


async def test_a_server_that_accepts_and_hangs_up_does_not_warn_each_time(
    log: Log, make_pool: MakePool
) -> None:
    async def hang_up(connection: ServerConnection) -> None:
        await connection.close(1012, "restarting")

    pool = make_pool(ping_interval=None, reconnect=SOON)
    heard = Recorder(pool)
    async with websocket_server(hang_up) as url:
        await pool.start()
        await pool.add_server_socket(url, id="x")
        await heard.events.until(lambda: len(heard.of(ReconnectScheduled)) >= 12)
        await pool.remove_socket("x")
    assert [
        record.getMessage().rpartition("attempt ")[2].partition(" ")[0]
        for record in log.records
        if record.levelno == logging.WARNING
    ] == ["1", "10"]
    assert any("is open again, after 0." in said for said in log.said(logging.INFO))


async def test_a_server_that_is_down_for_many_sockets_warns_of_some(
    log: Log, make_pool: MakePool
) -> None:
    pool = make_pool(
        ping_interval=None, reconnect=Reconnect(min_delay=100, max_delay=100)
    )
    heard = Recorder(pool)
    await pool.start()
    async with websocket_server(silent) as url:
        for n in range(25):
            await pool.add_server_socket(url, id=f"x{n}")
    await heard.events.until(lambda: len(heard.of(ReconnectScheduled)) == 25)
    assert len(log.said(logging.WARNING)) == 20
    assert len(log.said(logging.DEBUG)) == 5
    await pool.stop()


async def test_who_can_not_be_opened_is_told_once(log: Log, pool: Pool) -> None:
    async with websocket_server(process_request=lambda c, r: c.respond(404, "")) as url:
        with pytest.raises(DialError):
            await pool.add_server_socket(url, id="x")
    (warned,) = log.said(logging.WARNING)
    assert warned.startswith("the server socket 'x' can't be opened, and is given up: ")
    assert "HTTP 404" in warned
    assert len(log.records) == 1


async def test_who_is_given_up_after_a_drop_is_told_with_the_reason(
    log: Log, make_pool: MakePool
) -> None:
    answers: list[int] = []

    def once(connection: ServerConnection, request: Any) -> Any:
        answers.append(1)
        return None if len(answers) == 1 else connection.respond(404, "")

    async def hang_up(connection: ServerConnection) -> None:
        await connection.close(1012, "restarting")

    pool = make_pool(ping_interval=None, reconnect=SOON)
    heard = Recorder(pool)
    async with websocket_server(hang_up, process_request=once) as url:
        await pool.start()
        await pool.add_server_socket(url, id="x")
        await heard.event(SocketClosed)
    dropped, given_up = log.said(logging.WARNING)
    assert "dropped" in dropped
    assert "HTTP 404" in given_up
    assert "is closed: 1012 'restarting', by the peer" in log.said(logging.INFO)[-1]


async def test_faults_of_subscribers_are_errors_with_a_traceback(
    log: Log, pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    pool.messages.subscribe(lambda _: 1 / 0)
    peer: Peer = await add_peer("x")
    for _ in range(3):
        peer.send("hello")
    await heard.messages.reach(3)
    first, second = (r for r in log.records if r.levelno == logging.ERROR)
    assert first.getMessage() == (
        "a subscriber of pool.messages failed (failure 1 of it) at what came of 'x'"
    )
    assert "failure 2" in second.getMessage()
    assert "ZeroDivisionError" in (first.exc_text or "")
    assert field(first, "socket_id") == "x"


async def test_what_an_on_open_raised_is_told_with_its_traceback(
    log: Log, make_pool: MakePool
) -> None:
    pool = make_pool(ping_interval=None, reconnect=None)
    await pool.start()
    async with websocket_server(silent) as url:
        with pytest.raises(DialError):
            await pool.add_server_socket(url, id="x", on_open=lambda _: 1 / 0)
    (warned,) = (r for r in log.records if r.levelno == logging.WARNING)
    assert "on_open failed" in warned.getMessage()


async def test_losses_are_told(log: Log, pool: Pool, add_peer: AddPeer) -> None:
    bound = Outbox(messages=2, overflow=Overflow.DROP_OLDEST)
    peer: Peer = await add_peer("x", outbox=bound)
    peer.transport.stalled = True
    for _ in range(4):
        pool.write(Message.of("x", "hello"))
    await pool.stop(0)
    said = log.said(logging.INFO)
    assert "2 writes of the socket 'x' dropped so far: oldest" in said
    assert "2 writes of the socket 'x' lost: stopped" in said


# No secrets


async def test_no_record_holds_a_secret(log: Log, make_pool: MakePool) -> None:
    """With a secret planted wherever there may be one, and all that can go wrong."""

    async def hang_up(connection: ServerConnection) -> None:
        await connection.send("hello")
        url = f"wss://user:{SECRET}@b.example/?token={SECRET}"
        await connection.close(1012, f"go to {url}, please")

    def retry(cause: Any) -> bool:
        raise RuntimeError(f"/path?token={SECRET} of {cause.url}")

    pool = make_pool(
        ping_interval=None,
        outbox=Outbox(messages=1, overflow=Overflow.DROP_OLDEST),
        reconnect=Reconnect(min_delay=0.001, max_delay=0.002, retry=retry),
    )
    heard = Recorder(pool)
    pool.messages.subscribe(
        lambda message: pool.write(Message.of("?" + message.id, ""))
    )
    await pool.start()

    def planted(url: str) -> str:
        return url.replace("ws://", f"ws://user:{SECRET}@") + f"/feed?token={SECRET}"

    headers = {"Authorization": f"Bearer {SECRET}", "Cookie": f"session={SECRET}"}
    async with websocket_server(hang_up) as url, tcp_server(mute) as nobody:
        await pool.add_server_socket(planted(url), headers=headers, tags=[SECRET])
        await heard.events.until(lambda: len(heard.of(ReconnectScheduled)) >= 3)
    await heard.events.until(lambda: len(heard.of(DialFailed)) >= 3)
    with pytest.raises(DialError):
        await pool.add_server_socket(planted(nobody), proxy=f"http://u:{SECRET}@h:x")
    with pytest.raises(InvalidUrlError):
        await pool.add_server_socket(lambda: planted("ws://[x"), id=planted("x"))
    async with pool.serve(id=lambda request: request.path) as server:
        origin = f"Origin: https://u:{SECRET}@evil.example/?{SECRET}"
        _, stranger, answer = await open_client(
            server.url, f"/chat?token={SECRET}", origin
        )
        assert " 403 " in answer
        stranger.transport.abort()
        _, writer, _ = await open_client(server.url, f"/chat?token={SECRET}")
        await heard.events.until(lambda: f"/chat?token={SECRET}" in pool)
        writer.transport.abort()
        await heard.event(SocketClosed, kind="client")
    await pool.stop()
    assert {logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR} <= {
        record.levelno for record in log.records
    }
    formatter = logging.Formatter("%(message)s %(pool)s %(socket_id)s")
    for record in log.records:
        shown = {**record.__dict__, "exc_info": None}
        assert SECRET not in repr(shown), shown
        assert SECRET not in formatter.format(record)


# All loggers


def loggers() -> list[logging.Logger]:
    """Those of the library's modules."""
    names = [m.name for m in pkgutil.walk_packages(ssc_rx.__path__, "ssc_rx.")]
    modules = [importlib.import_module(name) for name in names if "testing" not in name]
    found = {vars(module).get("logger") for module in modules}
    return [logger for logger in found if isinstance(logger, logging.Logger)]


def test_records_of_every_module_have_the_fields() -> None:
    assert len(loggers()) > 8
    for logger in loggers():
        assert logger.filters, logger.name


def test_only_the_root_of_the_library_has_a_handler_which_does_nothing() -> None:
    (handler,) = logging.getLogger("ssc_rx").handlers
    assert isinstance(handler, logging.NullHandler)
    assert all(not logger.handlers for logger in loggers())


async def test_websockets_tells_headers_and_payloads_only_to_who_asks(
    log: Log, pool: Pool
) -> None:
    async with websocket_server(echo) as url:
        await pool.add_server_socket(url)
        assert not [r for r in log.records if r.name == "ssc_rx.websockets"]
        logging.getLogger("ssc_rx.websockets").setLevel(logging.DEBUG)
        try:
            await pool.add_server_socket(url, id="another")
        finally:
            logging.getLogger("ssc_rx.websockets").setLevel(logging.ERROR)
        assert [r for r in log.records if r.name == "ssc_rx.websockets"]
    await asyncio.sleep(0)
