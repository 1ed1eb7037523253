"""Numbers and names of sockets."""

from ssc_rx.monitor import roll as module
from ssc_rx.monitor.roll import Roll
from tests.monitor.fakes import FakeSocket


def test_a_number_is_never_given_twice() -> None:
    roll = Roll()
    a, b = FakeSocket("a"), FakeSocket("a")
    assert roll.head(a).number == roll.head(a).number == 1
    assert roll.head(b).number == 2
    assert roll.socket(1) is a
    roll.forget(a)
    roll.forget(a)
    assert roll.socket(1) is None
    assert roll.head(a).number == 3
    roll.clear()
    assert roll.socket(2) is None
    assert roll.head(b).number == 4


def test_ids_that_differ_in_a_secret_have_names_that_differ() -> None:
    roll = Roll()
    names = [roll.name(f"wss://a/f?token={n}") for n in (1, 2, 1)]
    assert names == ["wss://a/f?token=…", "wss://a/f?token=… (2)", "wss://a/f?token=…"]


def test_names_that_are_remembered_are_bounded() -> None:
    roll = Roll()
    for n in range(module.MAX_NAMES + 10):
        roll.name(f"wss://a/f?token={n}")
    assert roll.name("wss://a/f?token=new").startswith("wss://a/f?token=…")
    assert len(roll._names) <= module.MAX_NAMES
