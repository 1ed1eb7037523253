"""Pings that somebody waits for."""

from ssc_rx.core.echoes import Echoes


def test_a_pong_tells_the_round_trip_of_its_ping() -> None:
    echoes: Echoes[str] = Echoes()
    echoes.sent(b"1", 10.0, "who")
    assert echoes.answered(b"else", 10.1) == []
    assert echoes.answered(b"1", 10.5) == [("who", 0.5)]
    assert echoes.answered(b"1", 10.6) == []


def test_a_pong_answers_the_pings_before_it_and_none_after() -> None:
    echoes: Echoes[str] = Echoes()
    for n, payload in enumerate((b"a", b"b", b"c")):
        echoes.sent(payload, float(n), payload.decode())
    assert echoes.answered(b"b", 2.0) == [("a", 2.0), ("b", 1.0)]
    assert echoes.lost() == ["c"]
    assert len(echoes) == 0


def test_one_that_nobody_waits_for_is_forgotten() -> None:
    echoes: Echoes[str] = Echoes()
    echoes.sent(b"a", 0.0, "a")
    echoes.forget(b"a")
    echoes.forget(b"a")
    assert echoes.answered(b"a", 1.0) == []


def test_a_round_trip_is_never_negative() -> None:
    echoes: Echoes[str] = Echoes()
    echoes.sent(b"a", 1.0, "a")  # the pong was read with a piece that came before
    assert echoes.answered(b"a", 0.9) == [("a", 0.0)]
