"""y and Y copy, w saves, | opens the pager."""

import base64
import json
import re
from pathlib import Path

from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, SUBSCRIBE, Stage


def short() -> Stage:
    return Stage(seconds=10)


def copied(it: Shown) -> list[bytes]:
    """Catch what is written to the terminal besides the screen."""
    caught: list[bytes] = []

    def write(sequence: str) -> None:
        found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\a", sequence)
        assert found
        caught.append(base64.b64decode(found[1]))

    it.app.write_to_terminal = write  # type: ignore[method-assign]
    return caught


async def test_an_id_is_copied() -> None:
    async with shown((120, 40), stage=short()) as it:
        caught = copied(it)
        await it.press("y")
        assert caught == []
        assert "select something" in it.text
        await it.press("j", "y", "Y")
        assert caught == [BTC.encode()] * 2
        assert f"sent to the terminal's clipboard ({len(BTC)} bytes)" in told(it)


async def test_a_message_is_copied_as_it_is_shown_or_as_it_came() -> None:
    stage = short()
    hostile = b'{"a":"\x1b]52;c;eA==\x07"}'
    stage.items.append(stage.pool.messages(stage.pool.sample(1, hostile)))
    async with shown((120, 40), stage=stage) as it:
        caught = copied(it)
        await it.press("tab", "k", "y", "Y")
        assert caught[1] == hostile
        assert b"\x1b" not in caught[0]
        assert "␛" in caught[0].decode()
        await it.press("k", "k", "enter", "y", "Y")
        assert caught[3] == SUBSCRIBE
        assert json.loads(caught[2]) == json.loads(SUBSCRIBE)
        assert caught[2] != SUBSCRIBE


async def test_the_messages_shown_are_saved_as_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "saved.jsonl"
    async with shown((120, 40), stage=short()) as it:
        await it.press("slash")
        await it.type("grüße")
        await it.press("enter", "w")
        assert "save as feeds-messages.jsonl" in it.text
        await it.press("ctrl+u")
        await it.type(str(path))
        await it.press("enter")
        await says(it, "saved")
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(lines) > 2
        assert all("Grüße" in line["text"] for line in lines)
        assert f"{len(lines)} messages as JSON lines saved" in told(it)
        await it.press("w", "ctrl+u")
        await it.type(str(path))
        await it.press("enter")
        assert "write another name: " in it.text


async def test_a_payload_is_saved_as_it_is(tmp_path: Path) -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab", "k", "k", "enter", "w")
        assert "save as message-" in it.text
        await it.press("ctrl+u")
        await it.type(str(tmp_path / "one.json"))
        await it.press("enter")
        await says(it, "saved")
        assert (tmp_path / "one.json").read_bytes() == SUBSCRIBE


async def test_without_a_terminal_there_is_no_pager() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab", "k", "enter", "|")
        await says(it, "no terminal here")


def told(it: Shown) -> str:
    """What it says in a corner, in one line."""
    return " ".join(message.message for message in it.app._notifications)


async def says(it: Shown, text: str) -> None:
    """Until it says that in a corner."""
    while text not in told(it):
        await it.settle()


async def test_a_notice_leaves_what_is_typed_to_be_seen() -> None:
    async with shown((80, 24), stage=Stage(seconds=2)) as it:
        it.app.notify("a line of its own\n" * 3, markup=False)
        await it.press("w")
        assert "a line of its own" in it.text
        assert it.lines[-2].startswith(" save as feeds-messages.jsonl  ")
        assert "a line" not in it.lines[-1] + it.lines[-2]


async def test_ctrl_c_leaves_what_is_typed_and_then_ends_it() -> None:
    async with shown((80, 24), stage=Stage(seconds=2)) as it:
        for key in ("/", "w", "R"):
            await it.press(key, "x", "ctrl+c")
            assert not it.app.screen.has_class("-typing")
            assert it.app.is_running
        await it.press("ctrl+c")
        assert it.app._exit
