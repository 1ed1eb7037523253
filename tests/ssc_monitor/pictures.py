"""Pictures of every screen, always the same: ./dev pictures [NAME...]

Makes tests/snapshots/*.svg and docs/pictures/*.svg anew, or those that are named. Look at
each before keeping it. Those of the documentation show what a real pool said.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from ssc_monitor.model.transport import Transport
from ssc_monitor.sources.source import Attached, Found, GivenUp, Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.recorded import recorded
from tests.ssc_monitor.scripted import hello
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import ETH, Stage

__all__ = ["DIRECTORIES", "PICTURES", "path_of", "picture"]

ROOT = Path(__file__).parents[2]
SNAPSHOTS, DOCS = ROOT / "tests" / "snapshots", ROOT / "docs" / "pictures"
DIRECTORIES = (SNAPSHOTS, DOCS)
DOCS_PREFIX = "docs-"

Scene = Callable[[], Awaitable[str]]
PICTURES: dict[str, Scene] = {}


def _scene(
    name: str, size: tuple[int, int] = (100, 30), **options: object
) -> Callable[[Callable[[Shown], Awaitable[None]]], None]:
    """Register what happens before a picture is taken."""

    def register(play: Callable[[Shown], Awaitable[None]]) -> None:
        async def take() -> str:
            async with shown(size, **options) as it:  # type: ignore[arg-type]
                await play(it)
                await it.settle()
                svg = it.app.export_screenshot()
                # Some renderers drop spaces at the edge of a text.
                return svg.replace("<text ", '<text xml:space="preserve" ')

        PICTURES[name] = take

    return register


async def _nothing(_: Shown) -> None:
    pass


for _width, _height in ((40, 14), (60, 20), (80, 24), (120, 32), (160, 40), (300, 40)):
    _scene(f"main-{_width}", (_width, _height))(_nothing)

_scene("main-stats", stage=Stage("stats"))(_nothing)
_scene("main-ascii", ascii=True)(_nothing)
_scene("main-no-color", NO_COLOR="1")(_nothing)


@_scene("main-selected", (120, 32))
async def _selected(it: Shown) -> None:
    await it.press("j", "j")


@_scene("main-paused", (120, 32))
async def _paused(it: Shown) -> None:
    await it.press("tab", "k", "k", "k", "space")
    pool = it.stage.pool
    pool.time += 0.25
    pool.receive(1, 9_000)
    it.source.say(pool.state())


@_scene("main-stale", (120, 32))
async def _stale(it: Shown) -> None:
    it.clock.seconds += 4.2


@_scene("main-gone", (120, 32))
async def _gone(it: Shown) -> None:
    it.source.say(Lost("the process went away"))


@_scene("main-given-up", (80, 24))
async def _given_up(it: Shown) -> None:
    why = "the server answered HTTP 404, not 101 Switching Protocols; check the path"
    it.source.say(GivenUp("wss://feeds.example/v2/trade", f"dial failed: {why}"))


@_scene("main-filtered", (120, 32))
async def _filtered(it: Shown) -> None:
    await it.press("slash")
    await it.type("btc !dir:out")
    await it.press("enter")


@_scene("main-filter-error", (120, 32))
async def _filter_error(it: Shown) -> None:
    await it.press("slash")
    await it.type("btc size>many")
    await it.press("enter")


@_scene("main-events", (120, 32))
async def _events(it: Shown) -> None:
    await it.press("e")


@_scene("main-found", (120, 32))
async def _found(it: Shown) -> None:
    await it.press("j", "m", "z", "tab", "n")
    await it.type("ETH")
    await it.press("enter", "N")


@_scene("palette", (80, 24))
async def _palette(it: Shown) -> None:
    await it.press(":")
    await it.type("theme")


async def _open_socket(it: Shown) -> None:
    await it.press("j", "enter")
    it.source.say(
        wire.Details(
            2,
            url=ETH,
            remote_address="203.0.113.7:443",
            subprotocol="json.v2",
            headers=(
                ("Host", "stream.example"),
                ("Authorization", "<redacted>"),
                ("User-Agent", "ssc-rx/0.1.0"),
            ),
            tags=("eth", "trades"),
        )
    )
    await it.settle()


_scene("socket-traffic")(_open_socket)


@_scene("socket-timeline")
async def _timeline(it: Shown) -> None:
    await it.press("<", "<", "<", "G", "k", "k", "enter", "2")  # by ID: the slow one


@_scene("socket-details")
async def _details(it: Shown) -> None:
    await _open_socket(it)
    await it.press("3")


def _paused_at(position_s: float, length_s: float) -> Transport:
    """A recording of which all was read."""
    transport = Transport()
    transport.learn(length_s, 1.0, None)
    transport.arrived(position_s)
    transport.pause()
    return transport


for _width, _height in ((60, 20), (80, 24), (120, 32)):
    _scene(f"replay-{_width}", (_width, _height), transport=_paused_at(62, 200))(
        _nothing
    )
_scene("replay-ascii", ascii=True, transport=_paused_at(62, 200))(_nothing)


def _message(name: str, *keys: str) -> None:
    @_scene(name)
    async def _open(it: Shown) -> None:
        await it.press("tab", *("k",) * 4, "enter", *keys)


_message("message-text", "t")
_message("message-json")
_message("message-hex", "{", "{", "{", "{", "x")


NO_HISTORY = {"XDG_STATE_HOME": "/nonexistent"}


@_scene("compose", stage=Stage("control"), **NO_HISTORY)
async def _compose(it: Shown) -> None:
    await it.press("j", "c")
    await it.say(wire.Details(2, tags=("quotes",)))
    await it.press("shift+tab", "right", "tab", *'{"op": "sub", "ch": [1, }')


@_scene("compose-60", (60, 14), stage=Stage("control"), **NO_HISTORY)
async def _composed(it: Shown) -> None:
    await it.press("j", "c", *"hello", "enter")
    await it.say(wire.Answer(1, queued=1))


@_scene("kick", stage=Stage("control"))
async def _kick(it: Shown) -> None:
    await it.press("G", "K", "tab", *"flooding")


async def _help(it: Shown) -> None:
    await it.press("?")


_scene("help", (120, 42))(_help)
_scene("help-80", (80, 24))(_help)
_scene("help-60", (60, 20))(_help)


_CHOICES = (
    Found(Path("/run/user/1000/ssc-rx/41233-a1b2.sock"), hello()),
    Found(
        Path("/run/user/1000/ssc-rx/500-77aa.sock"),
        hello("stats", pool="orders", pid=500),
    ),
    Found(
        Path("/run/user/1000/ssc-rx/612-0c0d.sock"),
        None,
        "refused with HTTP 400: invalid subprotocol; expected one of ssc-monitor.v2.",
    ),
)


async def _pick(it: Shown) -> None:
    await it.press("j")


_scene("picker", choices=_CHOICES)(_pick)


# Of the documentation


def _of_desk(
    name: str,
    size: tuple[int, int],
    *keys: str,
    stage: Stage | None = None,
    **options: object,
) -> None:
    @_scene(f"{DOCS_PREFIX}{name}", size, stage=stage or recorded(), **options)
    async def _play(it: Shown) -> None:
        await it.press(*keys)


_of_desk("main", (120, 34), "j", "j")
_of_desk("socket", (120, 22), "<", "<", "<", "j", "j", "j", "enter", "2")
_of_desk("message", (120, 22), "tab", "k", "k", "k", "enter")
_of_desk("help", (120, 44), "?")
_of_desk("events", (120, 24), "e")
_of_desk("statistics", (120, 32), "j", "enter", "4")
_of_desk("narrow", (60, 20))
_of_desk("ascii", (100, 24), ascii=True)


def _controlled() -> Stage:
    """A pool that may be acted on."""
    stage = Stage()
    able = {"level": "control", "capabilities": wire.COMMANDS}
    for n, item in enumerate(stage.items):
        if isinstance(item, wire.Hello):
            stage.items[n] = msgspec.structs.replace(item, **able)
        elif isinstance(item, Attached):
            hello = msgspec.structs.replace(item.hello, **able)
            stage.items[n] = replace(item, hello=hello)
    return stage


_of_desk("palette", (120, 24), ":", *"message", "down")
_of_desk("warnings", (120, 24), "e", "e")
_of_desk("compose", (120, 26), "j", "c", *'{"op":"ping"}', stage=_controlled())
_of_desk("kick", (120, 24), "j", "K", stage=_controlled())
_scene(f"{DOCS_PREFIX}picker", (100, 12), choices=_CHOICES)(_pick)


def path_of(name: str) -> Path:
    """Where a picture is kept."""
    if name.startswith(DOCS_PREFIX):
        return DOCS / f"{name.removeprefix(DOCS_PREFIX)}.svg"
    return SNAPSHOTS / f"{name}.svg"


async def picture(name: str) -> str:
    """One picture, as SVG."""
    return await PICTURES[name]()


def main() -> None:
    """Make the pictures that are named, or all."""
    names = sys.argv[1:] or list(PICTURES)
    if unknown := [name for name in names if name not in PICTURES]:
        sys.exit(
            f"no picture is called {unknown[0]!r}; there are: {', '.join(PICTURES)}"
        )
    for directory in DIRECTORIES:
        directory.mkdir(exist_ok=True)
    for name in names:
        path = path_of(name)
        path.write_text(asyncio.run(picture(name)), encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    if not sys.argv[1:]:
        kept = {path_of(name) for name in names}
        for directory in DIRECTORIES:
            for stray in set(directory.glob("*.svg")) - kept:
                stray.unlink()


if __name__ == "__main__":
    main()
