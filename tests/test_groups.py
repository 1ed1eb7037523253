"""Groups: sockets that bear a tag."""

import pytest

from ssc_rx import InvalidOptionError, Message, Pool
from tests.far_end import AddPeer
from tests.recorder import Seen


async def test_a_write_goes_to_the_members(pool: Pool, add_peer: AddPeer) -> None:
    a = await add_peer("a", tags=["room"])
    b = await add_peer("b", tags=["room", "vip"])
    c = await add_peer("c")
    room = pool.tagged("room")
    assert room.list() == list(room) == ["a", "b"]
    assert room.write_all("to the room").queued == 2
    assert pool.tagged("vip").write_all("to vips", exclude=["a"]).queued == 1
    assert room.write_all("not to b", exclude=["b"]).queued == 1
    pool.write_all("to all")
    assert await a.heard_texts(3) == ["to the room", "not to b", "to all"]
    assert await b.heard_texts(3) == ["to the room", "to vips", "to all"]
    assert await c.heard_texts(1) == ["to all"]


async def test_a_group_without_members_is_a_group(pool: Pool) -> None:
    nobody = pool.tagged("nobody")
    assert (len(nobody), nobody.count(), nobody.list()) == (0, 0, [])
    assert bool(nobody)
    assert nobody.write_all("hello?").queued == 0
    assert repr(nobody) == "<Group 'nobody', 0 sockets>"


async def test_its_stream_has_what_members_receive(
    pool: Pool, add_peer: AddPeer
) -> None:
    a = await add_peer("a", tags=["room"])
    b = await add_peer("b")
    seen = Seen(pool.tagged("room").messages)
    a.send("in the room")
    b.send("outside")
    c = await add_peer("c", tags=["room"])  # who comes later is in it
    c.send("late")
    await seen.reach(2)
    assert sorted(m.text for m in seen) == ["in the room", "late"]


async def test_tags_can_be_given_and_taken_later(pool: Pool, add_peer: AddPeer) -> None:
    a = await add_peer("a")
    room = pool.tagged("room")
    seen: Seen[Message] = Seen(room.messages)
    assert pool["a"].tags == frozenset()
    pool["a"].tag("room", "vip")
    assert pool["a"].tags == {"room", "vip"}
    a.send("inside")
    await seen.reach(1)
    pool["a"].untag("room", "unknown")
    assert pool["a"].tags == {"vip"}
    assert room.list() == []
    all_seen: Seen[Message] = Seen(pool.messages)
    a.send("outside")
    await all_seen.reach(1)
    assert [m.text for m in seen] == ["inside"]


async def test_who_leaves_the_pool_leaves_its_groups(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a", tags=["room"])
    await pool.remove_socket("a")
    assert pool.tagged("room").list() == []
    again = await add_peer("a")  # the name says nothing of the tags
    assert pool.tagged("room").list() == []
    pool["a"].tag("room")
    assert pool.tagged("room").write_all("welcome").queued == 1
    assert await again.heard_texts(1) == ["welcome"]


async def test_its_stream_completes_with_the_pool(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a", tags=["room"])
    seen = Seen(pool.tagged("room").messages)
    await pool.stop()
    await seen.until(lambda: seen.completed)
    late = Seen(pool.tagged("room").messages)
    assert late.completed


async def test_a_stream_that_nobody_hears_follows_nobody(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a", tags=["room"])
    subscription = pool.tagged("room").messages.subscribe(lambda m: None)
    assert pool._groups.hubs
    subscription.dispose()
    assert not pool._groups.hubs


async def test_a_subscriber_that_raises_harms_nobody(
    pool: Pool, add_peer: AddPeer
) -> None:
    a = await add_peer("a", tags=["room"])

    def fail(message: Message) -> None:
        raise ValueError("of a subscriber")

    pool.tagged("room").messages.subscribe(fail)
    seen = Seen(pool.tagged("room").messages)
    a.send("one")
    a.send("two")
    await seen.reach(2)
    assert pool.stats().subscriber_failures == 2


@pytest.mark.parametrize("tags", ["room", [""], [1]])
async def test_what_is_no_tag_is_refused(
    pool: Pool, add_peer: AddPeer, tags: object
) -> None:
    with pytest.raises(InvalidOptionError):
        await add_peer("a", tags=tags)
    assert "a" not in pool
    await add_peer("b")
    with pytest.raises(InvalidOptionError):
        pool["b"].tag("")
    with pytest.raises(InvalidOptionError):
        pool.tagged("")
