"""A pool of feeds and browsers whose last minute is always the same."""

import math

from ssc_monitor.sources.source import Item
from ssc_rx.monitor import wire
from tests.ssc_monitor.scripted import Pool

__all__ = ["BTC", "ETH", "Stage"]

BTC = "wss://stream.example/ws/btcusdt@trade"
ETH = "wss://stream.example/ws/ethusdt@trade"

FEEDS = (  # ID, messages a second, bytes each
    (BTC, 41_000, 214),
    (ETH, 18_400, 209),
    ("wss://quotes.example/v2/fx?pairs=EURUSD,GBPUSD", 640, 92),
    ("wss://slow.example/feed", 90, 512),
)
BROWSERS = ("client-7f3a", "client-9bc1", "client-b20e", "client-c004", "client-d71f")

TRADE = (
    b'{"e":"trade","E":1764072061123,"s":"BTCUSDT","p":"60000.25","q":"0.012","m":true}'
)
ETH_TRADE = (
    b'{"e":"trade","E":1764072061124,"s":"ETHUSDT","p":"2941.10","q":"1.4","m":false}'
)
SUBSCRIBE = '{"op":"sub","ch":["btcusdt","ethusdt"],"note":"Grüße, 世界"}'.encode()
PACKED = (
    bytes.fromhex("85a165a57472616465a173a745555255534421a170cb3ff1d70a3d70a3d7") * 9
)


class Stage:
    """Everything that the pool said in a minute.

    Args:
        level: What it shows: "stats" or "traffic".
        seconds: How long.
    """

    def __init__(self, level: str = "traffic", seconds: int = 62) -> None:
        self.pool = pool = Pool()
        pool.level = level
        for n, (id, _, _) in enumerate(FEEDS):
            pool.add(id, "server", latency=0.004 + 0.019 * n)
        for n, id in enumerate(BROWSERS):
            pool.add(id, "client", latency=0.031 + 0.0125 * n)
        self.items: list[Item] = pool.greet()
        for tick in range(seconds * 4):
            self._quarter(tick, tick / 4, seconds - tick / 4)
        pool.failed = {"lost": 3}

    def _quarter(self, tick: int, at: float, left: float) -> None:
        """A quarter of a second at `at`, with `left` seconds to come."""
        pool = self.pool
        pool.time += 0.25
        for number, (_, rate, size) in enumerate(FEEDS, 1):
            wave = 0.55 + 0.4 * math.sin(at / (1 + number)) * math.cos(at / 9)
            if number != 4 or left > 9:
                pool.receive(number, int(rate * wave / 4), size)
        for number in range(5, 5 + len(BROWSERS)):
            if (tick + number) % (2 + number) == 0 and (number != 9 or left > 4):
                pool.receive(number, 3, 64)
                pool.send(number, 11, 120)
        self._say_events(left)
        self.items.append(pool.state())
        if pool.level != "stats" and left < 9:
            self.items.append(self._batch(tick))

    def _say_events(self, left: float) -> None:
        pool, happened = self.pool, []
        slow, leaver = FEEDS[3][0], BROWSERS[4]
        if left == 60:
            for number, head in pool.heads.items():
                happened.append(pool.event("SocketOpening", head.id, kind=head.kind))
                opened = pool.event(
                    "SocketOpened", head.id, kind=head.kind, generation=1
                )
                happened.append(opened)
                pool.set(number, generation=1)
        if left == 9:
            pool.set(4, state="reconnecting", opened_at=None)
            happened.append(
                pool.event("WritesLost", slow, reason="lost", messages=3, bytes=288)
            )
        if left == 8:
            error = "ConnectionRefusedError: connection refused"
            happened.append(pool.event("DialFailed", slow, error=error))
        if left == 4:
            info = {"code": 1001, "reason": "tab closed", "by": "peer", "clean": True}
            happened.append(
                pool.event(
                    "SocketClosed", leaver, kind="client", generation=1, info=info
                )
            )
            pool.remove(9)
        if happened:
            self.items.append(wire.Events(tuple(happened)))

    def _batch(self, tick: int) -> wire.Messages:
        pool = self.pool
        samples = [
            pool.sample(1, TRADE, after=0.0011),
            pool.sample(2, ETH_TRADE, after=0.0042),
        ]
        if tick % 3 == 0:
            number = 5 + tick % 4
            samples.append(pool.sample(number, SUBSCRIBE, after=0.0097))
            samples.append(
                pool.sample(number, b'{"ok":true}', direction="out", after=0.0103)
            )
        if tick % 5 == 0:
            samples.append(
                pool.sample(3, PACKED[:128], type=2, size=len(PACKED), after=0.0204)
            )
        if tick % 7 == 0:
            samples.append(pool.sample(6, b"keepalive", type=9, after=0.03))
        return pool.messages(*samples, left_out=14_871 if tick % 4 == 0 else 0)
