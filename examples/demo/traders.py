"""The traders: plain `websockets` clients that dial the desk and count its answers."""

import asyncio
import json
import random
import time

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from examples.demo.market import SYMBOLS
from examples.demo.pipe import TraderCounts

__all__ = ["NAMES", "Trader"]

NAMES = ("alice", "bob", "carol", "dave")
ORDER_INTERVAL_S = 0.5
LAST_ANSWERS_S = 3.0


class Trader:
    """One trader: an order every half second, an answer to each.

    Attributes:
        id: What the desk calls it.
        settled: Set when it has stopped trading and awaits nothing any more.
    """

    def __init__(self, name: str) -> None:
        self.id = f"trader/{name}"
        self.settled = asyncio.Event()
        self._sent = self._answered = self._unexpected = self._clocks = 0
        self._slowest_s = 0.0
        self._asked_at: dict[int, float] = {}
        self._all_answered = asyncio.Event()

    @property
    def counts(self) -> TraderCounts:
        """What it saw so far."""
        return TraderCounts(
            sent=self._sent,
            answered=self._answered,
            unexpected=self._unexpected,
            clocks=self._clocks,
            slowest_s=self._slowest_s,
        )

    async def trade(self, url: str, quiet: asyncio.Event) -> None:
        """Trade until `quiet` is set, then stay until the desk closes.

        One order more follows `quiet`: its answer comes after everything that the desk
        wrote before, so that both sides can compare their counts exactly.
        """
        try:
            # No proxy: whatever the environment says, the desk is on this machine.
            async with (
                connect(f"{url}/{self.id}", proxy=None) as connection,
                asyncio.TaskGroup() as group,
            ):
                group.create_task(self._listen(connection))
                try:
                    await self._order(connection, quiet)
                    async with asyncio.timeout(LAST_ANSWERS_S):
                        await self._all_answered.wait()
                except (TimeoutError, ConnectionClosed):
                    pass  # the counts tell
                self.settled.set()
        finally:
            self.settled.set()

    async def _order(self, connection: ClientConnection, quiet: asyncio.Event) -> None:
        await asyncio.sleep(random.uniform(0, ORDER_INTERVAL_S))  # not all at once
        while True:
            last = quiet.is_set()
            self._sent += 1
            self._asked_at[self._sent] = time.monotonic()
            self._all_answered.clear()
            order = {
                "order": self._sent,
                "side": random.choice(("buy", "sell")),
                "symbol": random.choice(SYMBOLS),
                "quantity": random.randint(1, 10) * 100,
            }
            await connection.send(json.dumps(order))
            if last:
                return
            try:
                async with asyncio.timeout(ORDER_INTERVAL_S):
                    await quiet.wait()
            except TimeoutError:
                pass

    async def _listen(self, connection: ClientConnection) -> None:
        try:
            async for text in connection:
                self._hear(json.loads(text))
        except ConnectionClosed:
            pass  # the counts tell

    def _hear(self, message: dict[str, object]) -> None:
        if "clock" in message:
            self._clocks += 1
            return
        number = message.get("order")
        asked_at = self._asked_at.pop(number, None) if isinstance(number, int) else None
        if asked_at is None:
            self._unexpected += 1
            return
        self._answered += 1
        self._slowest_s = max(self._slowest_s, time.monotonic() - asked_at)
        if not self._asked_at:
            self._all_answered.set()
