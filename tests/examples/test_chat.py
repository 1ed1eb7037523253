"""The chat examples, on real servers: what members see, and what strangers can't do."""

import asyncio
import itertools
import json
import re
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from examples.chat.rooms import LONGEST_NAME, LONGEST_TEXT, Chat, Member
from tests.peers import open_client
from tests.programs import Program, program

GOING_AWAY, SERVICE_RESTART, TOO_BIG = 1001, 1012, 1009
MARKUP = "<img src=x onerror=alert(1)>&\"'</script>"
NOTES = 100
UNSEEN = {
    "bidirectional": "ann\u202egpj",
    "zero width": "an\u200bn",
    "escape": "ann\x1b[31m",
    "line": "ann\r\nSet-Cookie: a=b",
    "nul": "\x00",
}


class Server(NamedTuple):
    """One of the examples.

    Attributes:
        module: Its name.
        code: What members see when it ends.
    """

    module: str
    code: int


SERVERS = [
    Server("examples.chat_fastapi", SERVICE_RESTART),
    Server("examples.chat_aiohttp", GOING_AWAY),
]


class Chatting:
    """A room of a server that runs, and those who talk to it.

    Attributes:
        port: Where it listens.
        room: A room that no other test uses.
    """

    _numbers = itertools.count()

    def __init__(self, program: Program, stack: AsyncExitStack) -> None:
        found = re.match(r"http://127\.0\.0\.1:(\d+)/", program.first_line)
        assert found is not None, program.first_line
        self.port = int(found[1])
        self.room = f"room-{next(self._numbers)}"
        self._stack = stack

    async def join(self, name: str, room: str = "", **more: Any) -> "Guest":
        path = "/".join(quote(part, safe="") for part in (room or self.room, name))
        connection = connect(
            f"ws://127.0.0.1:{self.port}/ws/{path}",
            compression=None,
            proxy=None,
            **more,
        )
        guest = Guest(await self._stack.enter_async_context(connection))
        await guest.hears({"joined": name})
        return guest

    async def refusal(self, name: str, room: str = "", **more: Any) -> int:
        with pytest.raises(InvalidStatus) as refused:
            await self.join(name, room, **more)
        return int(refused.value.response.status_code)

    async def get(self, path: str) -> tuple[int, str, str]:
        return await self._http(f"GET {path} HTTP/1.1")

    async def post(
        self, path: str, body: bytes, content_type: str = "application/json"
    ) -> int:
        status, _, _ = await self._http(
            f"POST {path} HTTP/1.1", *_json(body, content_type), body=body
        )
        return status

    async def note(self, member: str, text: object) -> int:
        body = json.dumps({"text": text}).encode()
        return await self.post(f"/rooms/{self.room}/members/{member}", body)

    async def notes(self, member: str, times: int) -> list[int]:
        """Write that often without waiting for the answers."""
        path, body = f"/rooms/{self.room}/members/{member}", b'{"text": "hello"}'
        lines = (f"POST {path} HTTP/1.1", *_json(body))
        one = _request(self.port, *lines) + body
        last = _request(self.port, *lines, "Connection: close") + body
        answers = await self._answer(one * (times - 1) + last)
        return [int(status) for status in re.findall(r"HTTP/1\.1 (\d+)", answers)]

    async def rude(self, name: str) -> asyncio.StreamWriter:
        """A member that never reads, nor answers a Close frame."""
        url = f"ws://127.0.0.1:{self.port}"
        _, writer, answer = await open_client(url, f"/ws/{self.room}/{name}")
        self._stack.push_async_callback(_cut, writer)
        assert answer.startswith("HTTP/1.1 101")
        return writer

    async def _http(self, *lines: str, body: bytes = b"") -> tuple[int, str, str]:
        """Plain, so that nothing on the way repairs what is sent."""
        request = _request(self.port, *lines, "Connection: close")
        answer = await self._answer(request + body)
        head, _, content = answer.partition("\r\n\r\n")
        return int(head.split()[1]), head.lower(), content

    async def _answer(self, request: bytes) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return (await reader.read()).decode()
        finally:
            writer.close()
            await writer.wait_closed()


async def _cut(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


def _request(port: int, *lines: str) -> bytes:
    return "\r\n".join([*lines, f"Host: 127.0.0.1:{port}", "", ""]).encode()


def _json(body: bytes, content_type: str = "application/json") -> tuple[str, str]:
    return f"Content-Type: {content_type}", f"Content-Length: {len(body)}"


class Guest:
    """A member, as a browser would be one."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def says(self, text: str | bytes) -> None:
        await self.connection.send(text)

    async def hears(self, *messages: dict[str, str]) -> None:
        for message in messages:
            assert json.loads(await self.connection.recv()) == message

    async def leaves(self) -> None:
        await self.connection.close()

    async def close_code(self) -> int | None:
        while True:
            try:
                await self.connection.recv()
            except ConnectionClosed as closed:
                return None if closed.rcvd is None else closed.rcvd.code


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: str(server.module))
def serving(request: pytest.FixtureRequest) -> Iterator[Program]:
    """One of the examples, which ends well and complains of nothing."""
    with program(request.param.module, "--port", "0") as running:
        yield running
        end = running.end(signal.SIGINT)
    assert (end.code, end.out) == (0, "")
    assert "Traceback" not in end.err, end.err


@pytest.fixture
async def chat(serving: Program) -> AsyncIterator[Chatting]:
    """A room of an example, which is empty when the test begins."""
    async with AsyncExitStack() as stack:
        yield Chatting(serving, stack)


async def test_a_room_hears_who_joins_speaks_and_leaves(chat: Chatting) -> None:
    ann = await chat.join("ann")
    bob = await chat.join("bob")
    await ann.hears({"joined": "bob"})
    await bob.says("hello")
    for guest in (ann, bob):
        await guest.hears({"from": "bob", "text": "hello"})
    await bob.leaves()
    await ann.hears({"left": "bob"})


async def test_rooms_do_not_hear_each_other(chat: Chatting) -> None:
    ann, bob = (
        await chat.join("ann", chat.room + " north"),
        await chat.join("ann", chat.room + " south"),
    )
    await bob.says("in the south")
    await bob.hears({"from": "ann", "text": "in the south"})
    await ann.says("in the north")
    await ann.hears({"from": "ann", "text": "in the north"})


async def test_members_are_listed_in_the_order_in_which_they_came(
    chat: Chatting,
) -> None:
    guests = [await chat.join(name) for name in ("zoe", "ann")]
    await chat.join("bob", chat.room + " elsewhere")
    _, _, listed = await chat.get(f"/rooms/{chat.room}/members")
    assert json.loads(listed) == ["zoe", "ann"]
    await guests[0].leaves()
    await guests[1].hears({"left": "zoe"})
    _, _, listed = await chat.get(f"/rooms/{chat.room}/members")
    assert json.loads(listed) == ["ann"]
    status, _, listed = await chat.get("/rooms/nowhere/members")
    assert (status, json.loads(listed)) == (200, [])


async def test_a_note_reaches_one_member(chat: Chatting) -> None:
    ann, bob = await chat.join("ann"), await chat.join("bob")
    await ann.hears({"joined": "bob"})
    assert await chat.note("ann", f"psst {MARKUP}") == 202
    await bob.says("next")
    await ann.hears({"note": f"psst {MARKUP}"}, {"from": "bob", "text": "next"})
    await bob.hears({"from": "bob", "text": "next"})


async def test_a_note_to_a_stranger_is_not_found(chat: Chatting) -> None:
    await chat.join("ann")
    for name in ("bob", "%00", "a%2Fnn", "%2e%2e", "%ff", "x" * 1_000):
        assert await chat.note(name, "hello") == 404, name


@pytest.mark.timeout(60)
async def test_a_note_to_a_member_who_is_leaving_is_a_conflict(chat: Chatting) -> None:
    ann = await chat.join("ann")
    size = 1 << 16
    too_big = b"\x82\xff" + size.to_bytes(8, "big") + bytes(4 + size)
    statuses: list[int] = []
    for attempt in itertools.count():
        name = f"rude{attempt}"
        rude = await chat.rude(name)
        await ann.hears({"joined": name})
        rude.write(too_big)
        # It has a second to answer. On a busy machine the notes may come later.
        statuses = await chat.notes(name, NOTES)
        assert len(statuses) == NOTES
        assert sorted(statuses, key=[202, 409, 404].index) == statuses
        await ann.hears({"left": name})
        if 409 in statuses:
            break


async def test_a_note_that_is_none_is_refused(chat: Chatting) -> None:
    await chat.join("ann")
    path = f"/rooms/{chat.room}/members/ann"
    bad = [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": 1}',
        b'{"text": null}',
        b'{"text": "\\ud800"}',
        json.dumps({"text": "x" * (LONGEST_TEXT + 1)}).encode(),
        b"[" * 100_000,
    ]
    for body in bad:
        assert 400 <= await chat.post(path, body) < 500, body[:40]


async def test_a_form_of_another_site_writes_to_nobody(chat: Chatting) -> None:
    await chat.join("ann")
    path, body = f"/rooms/{chat.room}/members/ann", b'{"text": "from elsewhere"}'
    # What a browser sends to other sites without asking them first.
    for plain in ("text/plain", "application/x-www-form-urlencoded"):
        assert await chat.post(path, body, plain) in (415, 422)


async def test_a_browser_of_another_site_may_not_join(chat: Chatting) -> None:
    assert await chat.refusal("ann", origin="https://elsewhere.example") == 403


async def test_a_name_that_is_taken_is_refused(chat: Chatting) -> None:
    ann = await chat.join("ann")
    assert await chat.refusal("ann") == 409
    await ann.says("still here")
    await ann.hears({"from": "ann", "text": "still here"})
    await ann.leaves()


@pytest.mark.parametrize("what", UNSEEN)
async def test_names_that_show_something_else_are_refused(
    chat: Chatting, what: str
) -> None:
    assert await chat.refusal(UNSEEN[what]) == 403
    assert await chat.refusal("ann", room=UNSEEN[what]) == 403


async def test_long_names_and_names_with_a_slash_are_refused(chat: Chatting) -> None:
    ann = await chat.join("a" * LONGEST_NAME)
    assert await chat.refusal("a" * (LONGEST_NAME + 1)) == 403
    assert await chat.refusal("a/b") in (403, 404)
    assert await chat.refusal("b", room=f"{chat.room}/a") in (403, 404)
    await ann.says("nobody came")
    await ann.hears({"from": "a" * LONGEST_NAME, "text": "nobody came"})


@pytest.mark.parametrize("name", [MARKUP[:20], "Zoë 🙂", "a%2Fb?c#d", "'; --", "{x}"])
async def test_other_names_are_taken_as_they_are(chat: Chatting, name: str) -> None:
    room = f"{chat.room} of {name}"
    guest = await chat.join(name, room)
    await guest.says("hello")
    await guest.hears({"from": name, "text": "hello"})
    room_path = quote(room, safe="")
    _, _, listed = await chat.get(f"/rooms/{room_path}/members")
    assert json.loads(listed) == [name]
    path = f"/rooms/{room_path}/members/{quote(name, safe='')}"
    assert await chat.post(path, b'{"text": "psst"}') == 202
    await guest.hears({"note": "psst"})


async def test_what_is_said_is_told_as_it_is(chat: Chatting) -> None:
    ann = await chat.join("ann")
    for text in (MARKUP, '{"joined": "eve"}', "\x1b[2J\x00", ""):
        await ann.says(text)
        await ann.hears({"from": "ann", "text": text})
    await ann.says(b"\xff bytes")
    await ann.hears({"from": "ann", "text": "\ufffd bytes"})
    await ann.says("\x01" * (LONGEST_TEXT + 1))  # the longest there is, as JSON
    await ann.hears({"from": "ann", "text": "\x01" * LONGEST_TEXT})


async def test_a_flood_in_one_message_ends_its_sender_alone(chat: Chatting) -> None:
    ann, bob = await chat.join("ann"), await chat.join("bob")
    await bob.says("x" * 100_000)
    assert await bob.close_code() == TOO_BIG
    await ann.hears({"joined": "bob"}, {"left": "bob"})


async def test_the_page_shows_others_as_text_alone(chat: Chatting) -> None:
    status, head, page = await chat.get("/")
    assert status == 200
    assert "content-type: text/html" in head
    assert "textContent" in page
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
        assert way not in page


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("server", SERVERS, ids=lambda server: str(server.module))
async def test_members_see_a_close_code_when_the_server_ends(
    server: Server, number: signal.Signals
) -> None:
    with program(server.module, "--port", "0") as serving:
        async with AsyncExitStack() as stack:
            chat = Chatting(serving, stack)
            guests = [await chat.join(name) for name in ("ann", "bob")]
            codes = asyncio.gather(*(guest.close_code() for guest in guests))
            end = await serving.end_meanwhile(number)
            assert await codes == [server.code] * 2
    # uvicorn dies of the signal that told it to end.
    ended = {0, -number} if number == signal.SIGTERM else {0}
    assert end.code in ended
    assert end.err == ""


def test_a_port_that_is_taken_is_told_in_a_line() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(
            AssertionError, match=r"said nothing but can't listen: [^\n]+\n$"
        ),
        program(SERVERS[0].module, "--port", str(taken.getsockname()[1])),
    ):
        pass


def test_two_members_never_share_an_id() -> None:
    members = [Member("a", "b"), Member("a b", "c"), Member("a", "b c")]
    assert all(member.allowed for member in members)
    assert [Member.of(member.id) for member in members] == members
    assert not Member("a/b", "c").allowed
    assert not Member("a", "b/c").allowed
    assert Chat().members("a") == []
