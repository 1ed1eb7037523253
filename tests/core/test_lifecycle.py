import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.core.lifecycle import Action, Cause, Life, SocketState, step

OPENING, OPEN = SocketState.OPENING, SocketState.OPEN
CLOSING, CLOSED = SocketState.CLOSING, SocketState.CLOSED
GRACE = 5.0


@pytest.mark.parametrize(
    ("state", "cause", "then", "deadline", "action"),
    [
        (OPENING, Cause.OPENED, OPEN, math.inf, Action.REPORT_OPENED),
        (OPENING, Cause.FAILED, CLOSED, math.inf, Action.REPORT_CLOSED),
        (OPENING, Cause.LOST, CLOSED, math.inf, Action.REPORT_CLOSED),
        (OPENING, Cause.ASKED, CLOSING, math.inf, Action.WITHDRAW),
        (OPENING, Cause.PEER_CLOSING, OPENING, math.inf, Action.NOTHING),
        (OPEN, Cause.ASKED, CLOSING, 105.0, Action.CLOSE_AFTER_FLUSH),
        (OPEN, Cause.OVERFLOWED, CLOSING, 105.0, Action.CLOSE_NOW),
        (OPEN, Cause.UNANSWERED, CLOSING, 101.0, Action.CLOSE_NOW),
        (OPEN, Cause.PEER_CLOSING, CLOSING, 105.0, Action.AWAIT_LOSS),
        (OPEN, Cause.VIOLATED, CLOSING, 101.0, Action.AWAIT_LOSS),
        (OPEN, Cause.LOST, CLOSED, math.inf, Action.REPORT_CLOSED),
        (OPEN, Cause.DUE, OPEN, math.inf, Action.NOTHING),
        (CLOSED, Cause.OPENED, CLOSED, math.inf, Action.NOTHING),
        (CLOSED, Cause.LOST, CLOSED, math.inf, Action.NOTHING),
        (CLOSED, Cause.ASKED, CLOSED, math.inf, Action.NOTHING),
    ],
)
def test_what_a_cause_does(
    state: SocketState,
    cause: Cause,
    then: SocketState,
    deadline: float,
    action: Action,
) -> None:
    assert step(Life(state), cause, 100.0, GRACE) == (Life(then, deadline), action)


@pytest.mark.parametrize(
    ("cause", "now", "deadline", "action"),
    [
        (Cause.DUE, 104.9, 105.0, Action.NOTHING),
        (Cause.DUE, 105.0, math.inf, Action.ABORT),
        (Cause.LOST, 101.0, math.inf, Action.REPORT_CLOSED),
        (Cause.FAILED, 101.0, math.inf, Action.REPORT_CLOSED),
        (Cause.VIOLATED, 101.0, 102.0, Action.AWAIT_LOSS),
        (Cause.VIOLATED, 104.5, 105.0, Action.AWAIT_LOSS),
        (Cause.PEER_CLOSING, 101.0, 105.0, Action.AWAIT_LOSS),
        (Cause.OVERFLOWED, 101.0, 105.0, Action.NOTHING),
        (Cause.OPENED, 101.0, 105.0, Action.NOTHING),
    ],
)
def test_what_a_cause_does_to_a_life_that_is_closing_until_105(
    cause: Cause, now: float, deadline: float, action: Action
) -> None:
    life, done = step(Life(CLOSING, 105.0), cause, now, GRACE)
    assert (life.deadline, done) == (deadline, action)


def test_asking_again_can_only_hurry_an_end() -> None:
    life = Life(CLOSING, 105.0)
    assert step(life, Cause.ASKED, 100.0, 1.0)[0].deadline == 101.0
    assert step(life, Cause.ASKED, 100.0, 9.0)[0].deadline == 105.0


def test_a_life_that_was_aborted_waits_for_its_loss_only() -> None:
    life, _ = step(Life(CLOSING, 1.0), Cause.DUE, 1.0, GRACE)
    assert step(life, Cause.ASKED, 2.0, 0.0) == (life, Action.NOTHING)
    assert step(life, Cause.LOST, 2.0, GRACE)[1] is Action.REPORT_CLOSED


@given(st.lists(st.sampled_from(Cause), max_size=30))
def test_it_opens_at_most_once_closes_at_most_once_and_never_returns(
    causes: list[Cause],
) -> None:
    order = [OPENING, OPEN, CLOSING, CLOSED]
    life, now = Life(), 0.0
    actions: list[Action] = []
    for cause in causes:
        now += 1.0
        before = life
        life, action = step(life, cause, now, GRACE)
        actions.append(action)
        assert order.index(life.state) >= order.index(before.state)
        if life.state is OPEN:
            assert life.deadline == math.inf
    assert actions.count(Action.REPORT_OPENED) <= 1
    assert actions.count(Action.REPORT_CLOSED) == (life.state is CLOSED)
    assert actions.count(Action.ABORT) <= 1
