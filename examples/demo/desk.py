"""The desk: a pool that dials feeds, serves traders, and answers each by ID.

This is what an application writes with ssc-rx; the rest of the folder shows and checks.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from websockets.http11 import Request

from ssc_rx import Message, Pool, Reconnect
from ssc_rx import operators as ops

__all__ = ["TRADER", "Desk", "trader_id"]

TRADER = "trader/"
CLOCK_INTERVAL_S = 1.0
PATIENCE = Reconnect(max_delay=1.0, min_uptime=2.0)
"""A feed that breaks every few seconds is what this desk is used to."""


def trader_id(request: Request) -> str:
    """A trader's ID is the path it connects to, such as "trader/alice"."""
    path = urlsplit(request.path).path.strip("/")
    if not path.startswith(TRADER):
        raise PermissionError("only traders may connect")
    return path


class Desk:
    """Feeds in, orders in, answers out, through one pool.

    Args:
        feeds: Their IDs and URLs; dialled when the pool starts.

    Attributes:
        pool: The pool, to be entered by whoever runs the desk.
    """

    def __init__(self, feeds: Mapping[str, str]) -> None:
        self.pool = Pool(
            feeds,
            ping_interval=2.0,
            name="desk",
            reconnect=PATIENCE,
            monitor="traffic",
        )
        self._quotes: dict[str, Any] = {}
        messages = self.pool.messages
        messages.pipe(ops.from_id("quotes"), ops.json()).subscribe(self._quoted)
        messages.pipe(ops.filter(_is_order)).subscribe(self._answer)

    def _quoted(self, quote: Any) -> None:
        self._quotes[quote["symbol"]] = quote

    def _answer(self, message: Message) -> None:
        """Fill an order at the last quote; the answer goes to whoever sent it."""
        order = message.json()
        quote = self._quotes.get(order["symbol"])
        if quote is None:
            answer = {"order": order["order"], "refused": "no quote yet"}
        else:
            price = quote["ask" if order["side"] == "buy" else "bid"]
            answer = {"order": order["order"], "filled": order["quantity"], "at": price}
        self.pool.write(Message.of(message.id, answer))

    async def work(self) -> None:
        """Tell the traders the time, until cancelled."""
        while True:
            traders = [id for id in self.pool if id.startswith(TRADER)]
            clock = Message.of("", {"clock": time.time()})
            self.pool.write_all(clock, to=traders)
            await asyncio.sleep(CLOCK_INTERVAL_S)


def _is_order(message: Message) -> bool:
    return message.id.startswith(TRADER)
