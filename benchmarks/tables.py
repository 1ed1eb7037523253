"""All tables, as data."""

from benchmarks.bar import Bar
from benchmarks.case import Case
from benchmarks.job import Kind, Side, Subscriber
from benchmarks.rows import COST, Row, Table

__all__ = ["QUICK", "TABLES"]

MESSAGES = 600_000
SPARSE_MESSAGES = 20_000
SOAK_MESSAGES = 3_000_000


def _at_least(floor: float, goal: float) -> Bar:
    return Bar("at least", floor, goal)


def _at_most(floor: float, goal: float) -> Bar:
    return Bar("at most", floor, goal)


def _burst(side: Side, sockets: int, subscriber: Subscriber = "bare") -> Case:
    cheap = side in ("pool", "watched", "picows", "raw")
    return Case(side, "burst", sockets, MESSAGES * (2 if cheap else 1), subscriber)


def _sparse(side: Side, subscriber: Subscriber = "bare") -> Case:
    return Case(side, "sparse", 1_000, SPARSE_MESSAGES, subscriber)


def _broadcast(side: Side, repeat: int = 1) -> Case:
    messages = 200_000 * min(repeat, 3)
    return Case(side, "write_all", 1_000, messages, repeat=repeat)


def _write(
    side: Side, sockets: int, repeat: int = 1, written: int | None = None
) -> Case:
    messages = 200_000 * min(repeat, 3)
    return Case(side, "write", sockets, messages, repeat=repeat, written=written)


def _echo(side: Side, repeat: int = 1) -> Case:
    return Case(side, "echo", 100, 40_000 * min(repeat, 2), repeat=repeat)


def _large(side: Side, subscriber: Subscriber = "bare") -> Case:
    return Case(side, "burst", 100, 200_000, subscriber, payload_bytes=4096)


def _open(side: Side, kind: Kind) -> Case:
    return Case(side, kind, 5_000, 5_000)


PIPED = _burst("pool", 1_000, "pipeline")
BARE = _burst("pool", 1_000)

BURST = Table(
    "burst",
    "Fan-in in bursts, 128 bytes of text",
    (
        Row(
            "burst-1000-websockets",
            PIPED,
            _burst("websockets", 1_000),
            _at_least(3.0, 3.5),
        ),
        Row("burst-1000-aiohttp", PIPED, _burst("aiohttp", 1_000), _at_least(1.7, 2.0)),
        Row(
            "burst-1000-picows",
            PIPED,
            _burst("picows", 1_000, "pipeline"),
            _at_least(0.8, 1.0),
        ),
        Row("burst-1000-raw", PIPED, _burst("raw", 1_000), _at_least(0.30, 0.40)),
        Row(
            "burst-1000-bare-websockets",
            BARE,
            _burst("websockets", 1_000),
            _at_least(4.0, 5.0),
        ),
        Row("burst-1000-bare-raw", BARE, _burst("raw", 1_000), _at_least(0.42, 0.55)),
        Row("burst-1000-raw-collecting", PIPED, _burst("raw", 1_000, "collecting")),
        Row("burst-1000-raw-undecoded", PIPED, _burst("raw", 1_000, "undecoded")),
        Row("burst-1000-bare-picows", BARE, _burst("picows", 1_000)),
        Row(
            "burst-100-websockets",
            _burst("pool", 100, "pipeline"),
            _burst("websockets", 100),
        ),
        Row(
            "burst-100-growth",
            _burst("pool", 100, "pipeline"),
            PIPED,
            _at_most(1.5, 1.2),
        ),
        Row("burst-1-growth", _burst("pool", 1, "pipeline"), PIPED, _at_most(1.5, 1.2)),
        Row(
            "burst-5000-growth",
            Case("pool", "burst", 5_000, 2_000_000, "pipeline"),
            PIPED,
            _at_most(1.5, 1.2),
        ),
        Row("keyed-1000", _burst("pool", 1_000, "keyed"), BARE, _at_most(1.3, 1.1)),
    ),
)

SPARSE = Table(
    "sparse",
    "Fan-in, 10,000 messages a second over 1,000 sockets",
    (
        Row(
            "sparse-1000-raw",
            _sparse("pool", "pipeline"),
            _sparse("raw"),
            _at_most(1.35, 1.15),
        ),
        Row(
            "sparse-1000-websockets",
            _sparse("pool", "pipeline"),
            _sparse("websockets"),
            _at_most(0.75, 0.65),
        ),
        Row("sparse-1000-aiohttp", _sparse("pool", "pipeline"), _sparse("aiohttp")),
        Row(
            "sparse-1000-picows",
            _sparse("pool", "pipeline"),
            _sparse("picows", "pipeline"),
        ),
    ),
)

BROADCAST = Table(
    "broadcast",
    "Broadcast to 1,000",
    (
        Row(
            "broadcast-1000-raw",
            _broadcast("pool"),
            _broadcast("raw"),
            _at_most(1.25, 1.0),
        ),
        Row(
            "broadcast-1000-websockets",
            _broadcast("pool"),
            _broadcast("websockets"),
            _at_least(1.3, 1.7),
        ),
        Row(
            "broadcast-1000x10-websockets",
            _broadcast("pool", 10),
            _broadcast("websockets", 10),
            _at_least(8.0, 13.0),
        ),
    ),
    per="delivery",
)

WRITE = Table(
    "write",
    "Write by ID",
    (
        Row(
            "write-1000-websockets",
            _write("pool", 1_000),
            _write("websockets", 1_000),
            _at_least(2.0, 3.0),
        ),
        Row(
            "write-1000x10-websockets",
            _write("pool", 1_000, 10),
            _write("websockets", 1_000, 10),
        ),
        Row("write-1000-raw", _write("pool", 1_000), _write("raw", 1_000)),
        Row(
            "write-10000-growth",
            _write("pool", 10_000),
            _write("pool", 10),
            _at_most(1.4, 1.1),
        ),
        Row("write-10000-growth-raw", _write("raw", 10_000), _write("raw", 10), COST),
        Row(
            "write-10000-growth-of-ten",
            _write("pool", 10_000, written=10),
            _write("pool", 10),
            _at_most(1.4, 1.1),
        ),
    ),
)

FASTAPI = Table(
    "fastapi",
    "Echo through FastAPI on uvicorn, 100 sockets",
    (
        Row(
            "fastapi-echo-100",
            _echo("fastapi-pool"),
            _echo("fastapi"),
            _at_most(1.15, 1.0),
        ),
        Row(
            "fastapi-echo-100x10",
            _echo("fastapi-pool", 10),
            _echo("fastapi", 10),
            _at_most(1.15, 1.0),
        ),
    ),
)

ACCEPT = Table(
    "fastapi-accept",
    "Opening 1,000 connections through FastAPI on uvicorn",
    (
        Row(
            "fastapi-accept-1000",
            Case("fastapi-pool", "accept", 1_000, 1_000),
            Case("fastapi", "accept", 1_000, 1_000),
            COST,
        ),
    ),
    per="connection",
)

LARGE = Table(
    "large",
    "Fan-in in bursts, 4 KiB of binary, 100 sockets",
    (
        Row(
            "large-100-websockets",
            _large("pool", "pipeline"),
            _large("websockets"),
            _at_least(2.5, 3.0),
        ),
        Row(
            "large-100-raw",
            _large("pool", "pipeline"),
            _large("raw"),
            _at_least(0.65, 0.8),
        ),
    ),
)


def _memory(side: Side, kind: Kind, bar: Bar = COST) -> Row:
    how = "accepted" if kind == "accept" else "dialled"
    name = f"memory-5000-{how}"
    if side != "pool":
        name += f"-{side}"
    return Row(name, _open(side, kind), None, bar, "memory_kib")


OPENING = Table(
    "opening",
    "Opening 5,000 connections, and what they occupy",
    (
        Row(
            "accept-5000-websockets",
            _open("pool", "accept"),
            _open("websockets", "accept"),
            _at_least(1.0, 1.5),
        ),
        _memory("pool", "accept", _at_most(9.0, 7.0)),
        _memory("pool", "dial", _at_most(9.0, 7.0)),
        *(
            _memory(side, kind)
            for kind in ("accept", "dial")
            for side in ("websockets", "aiohttp", "picows", "raw")
        ),
    ),
    per="connection",
)

WATCHED = Table(
    "watched",
    "Fan-in in bursts while a viewer is attached that wants all messages",
    tuple(
        Row(
            f"watched-{n}",
            _burst("watched", n, "pipeline"),
            _burst("pool", n, "pipeline"),
            _at_least(0.92, 0.95),
        )
        for n in (100, 1_000)
    ),
)

SOAK_CASE = Case("pool", "soak", 15_000, SOAK_MESSAGES, "pipeline", limit_s=480)
SOAK = Table(
    "soak",
    "15,000 sockets, 10,000 messages a second over them, 5 minutes",
    (
        Row(
            "soak-15000-lag",
            SOAK_CASE,
            None,
            _at_most(20.0, 20.0),
            "lag_p99_ms",
        ),
        Row(
            "soak-15000-memory", SOAK_CASE, None, _at_most(2048.0, 2048.0), "growth_kib"
        ),
    ),
    once=True,
)

TABLES = (
    BURST,
    SPARSE,
    BROADCAST,
    WRITE,
    FASTAPI,
    ACCEPT,
    LARGE,
    OPENING,
    WATCHED,
    SOAK,
)

QUICK = (
    "burst-1-growth",
    "burst-100-websockets",
    "burst-100-growth",
    "burst-1000-websockets",
    "burst-1000-aiohttp",
    "burst-1000-picows",
    "burst-1000-raw",
    "burst-1000-bare-websockets",
    "burst-1000-bare-raw",
    "sparse-1000-raw",
    "sparse-1000-websockets",
    "broadcast-1000-raw",
    "broadcast-1000-websockets",
    "broadcast-1000x10-websockets",
    "write-1000-websockets",
    "large-100-websockets",
    "large-100-raw",
    "keyed-1000",
)
"""The rows of `--quick`, unless others are asked for by name."""
