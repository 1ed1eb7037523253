"""IDs that are strange, and what is none."""

from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    DuplicateIdError,
    EmptyIdError,
    InvalidIdError,
    InvalidMessageError,
    InvalidOptionError,
    Message,
    MessageType,
    Pool,
    SscError,
    UnknownSocketError,
)
from ssc_rx import operators as ops
from ssc_rx.transports.memory import memory_pair
from tests.peers import echo, websocket_server
from tests.recorder import Recorder

STRANGE_IDS = {
    "a MiB": "x" * 1024 * 1024,
    "an escape": "\x1b]52;c;aGVsbG8=\x07",
    "C1": "\x9b2J",
    "markup": "[/nope]",
    "an action": "[@click=app.quit]x[/]",
    "a newline": "a\nb\r\n",
    "bidi": "\u202eevil\u2066",
    "of no width": "\u200b\ufeff",
    "NUL": "\0",
    "a lone surrogate": "\ud800",
    "a space": " ",
    "a slash": "../../etc/passwd",
    "an emoji": "👩‍👩‍👧‍👦",
}


@pytest.mark.parametrize("id", STRANGE_IDS.values(), ids=STRANGE_IDS)
async def test_any_string_is_an_id_and_no_text_shows_it_raw(
    pool: Pool, heard: Recorder, id: str
) -> None:
    async with websocket_server(echo) as url:
        socket = await pool.add_server_socket(url, id=id)
        pool.write(Message.of(id, "hello"))
        await heard.messages.reach(1)
        assert heard.messages[0].id == id
        with pytest.raises(DuplicateIdError) as taken:
            await pool.add_server_socket(url, id=id)
        with pytest.raises(UnknownSocketError) as unknown:
            pool.write(Message.of(id + "?", ""))
        with pytest.raises(InvalidMessageError) as invalid:
            socket.write(Message(id, MessageType.TEXT, b"\xff"))
        await pool.remove_socket(id)
        assert id not in pool
    shown = [str(e.value) for e in (taken, unknown, invalid)]
    shown += [repr(e) for e in (socket, heard.messages[0], taken.value)]
    for text in shown:
        assert len(text) < 1000
        assert text.isprintable(), text


NO_IDS: list[tuple[Any, type[SscError]]] = [
    ("", EmptyIdError),
    (None, InvalidIdError),
    (3, InvalidIdError),
    (b"x", InvalidIdError),
    (["x"], InvalidIdError),
    (("x",), InvalidIdError),
    (float("nan"), InvalidIdError),
]


@pytest.mark.parametrize(("id", "error"), NO_IDS)
async def test_what_is_no_id_is_refused_at_every_door(
    pool: Pool, id: Any, error: type[SscError]
) -> None:
    near, _ = memory_pair()
    doors: list[Callable[[], Any]] = [
        lambda: Pool({id: "ws://x"}),
        lambda: pool.write(Message(id, MessageType.TEXT, b"")),
        lambda: pool.remove_socket(id),
        lambda: pool[id],
        lambda: pool.stream(id),
        lambda: ops.from_id(id),
    ]
    if isinstance(id, list):
        doors.pop(0)  # Python makes no dict of it
    for door in doors:
        with pytest.raises(error):
            door()
    with pytest.raises(error):
        await pool.send(Message(id, MessageType.TEXT, b""))
    with pytest.raises(error):
        await pool.add_client_socket(id, near)
    if id is not None:  # which stands for the URL
        with pytest.raises(error):
            await pool.add_server_socket("ws://127.0.0.1:1", id=id)
    assert id not in pool


@pytest.mark.parametrize("ids", [3, [["x"]], None])
async def test_what_is_no_list_of_ids_is_refused(pool: Pool, ids: Any) -> None:
    if ids is not None:  # which stands for all, and for nobody
        with pytest.raises(InvalidOptionError, match="to must be IDs"):
            pool.write_all("", to=ids)
        with pytest.raises(InvalidOptionError, match="exclude must be IDs"):
            pool.write_all("", exclude=ids)
    with pytest.raises(InvalidOptionError):
        pool["healthy"].untag(ids)
