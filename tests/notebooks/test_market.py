"""The market that the notebooks watch: the same each time, and gone when told to be."""

import asyncio
import urllib.error
import urllib.request
from itertools import islice

import pytest

from notebooks.market import FEEDS, SYMBOLS, Market
from ssc_rx import DialError, Message, Pool, Reconnect, collect
from ssc_rx import operators as ops

SOON = Reconnect(min_delay=0.01, max_delay=0.05)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_seed_is_a_market(feed: str) -> None:
    def first(seed: int) -> list[dict[str, object]]:
        return list(islice(FEEDS[feed](seed), 100))

    assert first(1) == first(1) != first(2)
    assert [told["seq"] for told in first(1)] == list(range(1, 101))
    assert {told["symbol"] for told in first(1)} == set(SYMBOLS)


async def test_it_tells_everybody_the_same_in_order() -> None:
    async with Market(per_s=2000) as market:
        urls = {"one": market.trades, "two": market.trades}
        async with Pool(urls) as pool:
            recording = await collect(pool.messages, n=200)
    one, two = ([m.json() for m in recording.from_id(id)] for id in urls)
    tape = {told["seq"]: told for told in islice(FEEDS["trades"](7), 1000)}
    for heard in (one, two):
        assert heard == [tape[told["seq"]] for told in heard]
        seqs = [told["seq"] for told in heard]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_symbols_are_chosen_by_url_or_by_a_message() -> None:
    async with (
        Market(per_s=2000) as market,
        Pool({"ACME": f"{market.trades}/ACME", "said": market.quotes}) as pool,
    ):
        pool.write(Message.of("said", {"symbols": ["GLOBEX"]}))
        await collect(pool.messages, n=100)
        recording = await collect(pool.messages, n=100)
    symbols = {(m.id, m.json()["symbol"]) for m in recording}
    assert symbols == {("ACME", "ACME"), ("said", "GLOBEX")}


async def test_in_an_outage_all_are_sent_away_and_what_is_told_is_missed() -> None:
    async with (
        Market(per_s=2000) as market,
        Pool({"trades": market.trades}, reconnect=SOON) as pool,
    ):
        holes: list[ops.SequenceGap] = []
        pool.messages.pipe(ops.sequence_gaps("seq")).subscribe(holes.append)
        await collect(pool.messages, n=10)
        await market.outage(0.1)
        await collect(pool.messages, n=10)
        assert pool["trades"].generation == 2
        assert [hole.missed > 50 for hole in holes] == [True]


async def test_who_asks_for_what_there_is_not_is_told_what_there_is() -> None:
    async with Market() as market:
        url = market.trades.replace("ws://", "http://") + "/NONE"
        with pytest.raises(urllib.error.HTTPError) as refused:
            await asyncio.to_thread(urllib.request.urlopen, url)
        assert b"/trades/ACME" in refused.value.read()
        pool = Pool()
        async with pool:
            with pytest.raises(DialError, match="404"):
                await pool.add_server_socket(f"{market.trades}/NONE")
