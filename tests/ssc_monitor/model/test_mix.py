"""Which sockets' messages are shown, and asked for."""

from ssc_monitor.model.mix import Mix
from ssc_monitor.model.sockets import SocketView
from ssc_rx.monitor import wire

A, B, C = (
    SocketView(wire.SocketHead(n, id, "client")) for n, id in enumerate("abc", 1)
)
ALL = wire.Selection(words=("btc",))


def test_a_mix_of_nothing_changes_nothing() -> None:
    assert not Mix()
    assert Mix().hears("a")
    assert Mix().narrowed(ALL, [A, B]) is ALL


def test_solo_is_one_alone_and_again_undoes_it() -> None:
    mix = Mix().with_solo("b")
    assert mix.hears("b")
    assert not mix.hears("a")
    assert mix.narrowed(ALL, [A, B, C]) == wire.Selection(words=("btc",), numbers=(2,))
    assert mix.with_solo("c").solo == "c"
    assert not mix.with_solo("b")


def test_several_can_be_muted_and_again_undoes_each() -> None:
    mix = Mix().with_muted("a").with_muted("c")
    assert [mix.hears(id) for id in "abc"] == [False, True, False]
    assert mix.narrowed(ALL, [A, B, C]).muted == (1, 3)
    assert mix.with_muted("a") == Mix(muted=frozenset("c"))


def test_solo_wins_over_muted() -> None:
    mix = Mix().with_muted("a").with_solo("a")
    assert mix.hears("a")
    assert [mix.mark(id) for id in "ab"] == ["S", " "]
    assert Mix().with_muted("a").mark("a") == "M"


def test_one_that_left_is_asked_for_by_nothing() -> None:
    gone = SocketView(wire.SocketHead(4, "gone", "client"))
    gone.leave(1.0)
    assert Mix().with_solo("gone").narrowed(ALL, [A, gone]).numbers == ()
