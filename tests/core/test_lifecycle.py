import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.core.lifecycle import Action, Cause, Life, SocketState, step

OPENING, OPEN = SocketState.OPENING, SocketState.OPEN
CLOSING, CLOSED = SocketState.CLOSING, SocketState.CLOSED
AWAY = SocketState.RECONNECTING
GRACE = 5.0


@pytest.mark.parametrize(
    ("state", "cause", "then", "deadline", "action"),
    [
        (OPENING, Cause.OPENED, OPEN, math.inf, Action.REPORT_OPENED),
        (OPENING, Cause.FAILED, CLOSED, math.inf, Action.REPORT_CLOSED),
        (OPENING, Cause.LOST, CLOSED, math.inf, Action.REPORT_CLOSED),
        (OPENING, Cause.ASKED, CLOSING, math.inf, Action.WITHDRAW),
        (OPENING, Cause.DROPPED, AWAY, math.inf, Action.DIAL_AGAIN),
        (OPENING, Cause.PEER_CLOSING, OPENING, math.inf, Action.NOTHING),
        (OPEN, Cause.ASKED, CLOSING, 105.0, Action.CLOSE_AFTER_FLUSH),
        (OPEN, Cause.OVERFLOWED, CLOSING, 105.0, Action.CLOSE_NOW),
        (OPEN, Cause.UNANSWERED, CLOSING, 101.0, Action.CLOSE_NOW),
        (OPEN, Cause.PEER_CLOSING, CLOSING, 105.0, Action.AWAIT_LOSS),
        (OPEN, Cause.VIOLATED, CLOSING, 101.0, Action.AWAIT_LOSS),
        (OPEN, Cause.LOST, CLOSED, math.inf, Action.REPORT_CLOSED),
        (OPEN, Cause.UNWELCOME, CLOSING, 105.0, Action.CLOSE_NOW),
        (OPEN, Cause.DROPPED, AWAY, math.inf, Action.DIAL_AGAIN),
        (AWAY, Cause.OPENED, OPEN, math.inf, Action.REPORT_OPENED),
        (AWAY, Cause.FAILED, CLOSED, math.inf, Action.REPORT_CLOSED),
        (AWAY, Cause.DROPPED, AWAY, math.inf, Action.DIAL_AGAIN),
        (AWAY, Cause.ASKED, CLOSING, math.inf, Action.WITHDRAW),
        (AWAY, Cause.DUE, AWAY, math.inf, Action.NOTHING),
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
    asked = cause is Cause.ASKED and then is CLOSING
    life = Life(then, deadline, asked)
    assert step(Life(state), cause, 100.0, GRACE) == (life, action)


@pytest.mark.parametrize(
    ("cause", "now", "deadline", "action"),
    [
        (Cause.DUE, 104.9, 105.0, Action.NOTHING),
        (Cause.DUE, 105.0, math.inf, Action.ABORT),
        (Cause.LOST, 101.0, math.inf, Action.REPORT_CLOSED),
        (Cause.FAILED, 101.0, math.inf, Action.REPORT_CLOSED),
        (Cause.DROPPED, 101.0, math.inf, Action.DIAL_AGAIN),
        (Cause.FLUSHED, 99.0, 104.0, Action.NOTHING),
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
    asked = Life(CLOSING, asked=True)
    assert step(life, Cause.ASKED, 2.0, 0.0) == (asked, Action.NOTHING)
    assert step(life, Cause.LOST, 2.0, GRACE)[1] is Action.REPORT_CLOSED


def test_an_end_that_our_side_asked_for_is_final() -> None:
    for begun in (Life(OPEN), Life(CLOSING, 105.0)):
        life, _ = step(begun, Cause.ASKED, 100.0, GRACE)
        aborted, _ = step(life, Cause.DUE, 200.0, GRACE)
        for asked in (life, aborted):
            end = Life(CLOSED, asked=True)
            assert step(asked, Cause.DROPPED, 201.0, GRACE) == (
                end,
                Action.REPORT_CLOSED,
            )


@given(st.lists(st.sampled_from(Cause), max_size=30))
def test_it_opens_once_for_each_drop_closes_at_most_once_and_never_returns(
    causes: list[Cause],
) -> None:
    order = [OPENING, AWAY, OPEN, CLOSING, CLOSED]
    life, now = Life(), 0.0
    actions: list[Action] = []
    for cause in causes:
        now += 1.0
        before = life
        life, action = step(life, cause, now, GRACE)
        actions.append(action)
        if action is Action.DIAL_AGAIN:
            assert cause is Cause.DROPPED
            assert not before.asked
        else:
            assert order.index(life.state) >= order.index(before.state)
        assert life.asked >= before.asked
        if life.state is OPEN:
            assert life.deadline == math.inf
    opened = actions.count(Action.REPORT_OPENED)
    assert opened <= 1 + actions.count(Action.DIAL_AGAIN)
    assert actions.count(Action.REPORT_CLOSED) == (life.state is CLOSED)
    assert actions.count(Action.ABORT) <= max(1, opened)
