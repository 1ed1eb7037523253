"""A seed decides what happens to each connection, and what its messages are."""

import zlib
from collections import Counter

from tests.soak.stamp import CLOSE, Payloads, digest_of, read_stamp, stamp
from tests.soak.storm_plan import Plan, plan_of


def plans(seed: int) -> list[Plan]:
    return [plan_of(seed, "x", n, 100_000, 100) for n in range(1, 301)]


def test_the_same_seed_makes_the_same_plans() -> None:
    assert plans(1) == plans(1)
    assert plans(1) != plans(2)


def test_connections_end_in_every_way_and_at_any_moment() -> None:
    endings = Counter(plan.ending for plan in plans(1))
    assert set(endings) == {"peer closes", "peer kills", "pool closes", "pool kills"}
    assert min(endings.values()) > 40
    assert all(1 <= plan.ends_at <= plan.messages for plan in plans(1))
    assert min(plan.messages for plan in plans(1)) < 5
    assert max(plan.messages for plan in plans(1)) > 190


def test_the_last_connection_sends_what_is_left() -> None:
    plan = plan_of(1, "x", 9, 1, 100)
    assert (plan.ending, plan.messages, plan.ends_at) == ("end", 1, 1)


def test_a_message_bears_its_stamp() -> None:
    payloads = Payloads(1)
    payload = payloads.of(7, 500, CLOSE)
    assert payload.startswith(stamp(7, 500) + CLOSE)
    assert read_stamp(payload) == (7, 500)
    assert payload == Payloads(1).of(7, 500, CLOSE)
    assert payload != payloads.of(7, 500)
    assert read_stamp(b"something else") == (0, 0)
    payloads.of(7, 500).decode()  # every third is binary, the others are text
    assert len(payloads.of(7, 1000)) > 0xFFFF


def test_the_digest_is_that_of_the_stamps_in_their_order() -> None:
    def digest(*numbers: int) -> int:
        return zlib.crc32(b"".join(stamp(7, n) for n in numbers))

    assert digest_of(7, 0) == digest()
    assert digest_of(7, 2_500) == digest(*range(1, 2_501))
    for astray in ((1, 3), (1, 2, 2, 3), (2, 1, 3)):
        assert digest_of(7, 3) != digest(*astray)
    assert digest_of(8, 3) != digest_of(7, 3)
