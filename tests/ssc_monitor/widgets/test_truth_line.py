"""The header."""

import pytest

from ssc_monitor.feed import Feed
from ssc_monitor.sources.source import Lost
from ssc_monitor.widgets.line import width_of
from ssc_monitor.widgets.truth_line import per_s, truth
from tests.ssc_monitor.scripted import FixedClock, Scripted
from tests.ssc_monitor.stage import Stage


def feed_of(stage: Stage) -> Feed:
    feed = Feed(Scripted(), FixedClock().now)
    for item in stage.items:
        feed.take(item)
    return feed


@pytest.mark.parametrize("width", range(20, 301, 7))
@pytest.mark.parametrize("height", [1, 2])
def test_what_matters_most_stays_where_there_is_little_room(
    width: int, height: int
) -> None:
    feed = feed_of(Stage(seconds=3))
    lines = truth(feed, width, height)
    assert len(lines) == height
    if width >= 30:
        assert "feeds@41233" in lines[0].text
        assert "● LIVE" in lines[0].text
        assert all(width_of(line.spans) <= width for line in lines)


def test_losses_are_seen_in_one_line_too() -> None:
    stage = Stage(seconds=3)
    feed = feed_of(stage)
    stage.pool.failed, stage.pool.refused = {"lost": 1000}, 7
    feed.take(stage.pool.state())
    assert "failed 1,000" in truth(feed, 100, 1)[0].text
    assert "refused 7" in truth(feed, 100, 1)[0].text


def test_when_the_link_is_gone_it_says_why_even_if_that_is_long() -> None:
    feed = feed_of(Stage(seconds=1))
    feed.take(Lost("the process ended the link: " + "x" * 300))
    text = truth(feed, 80, 2)[0].text
    assert "○ GONE the process ended the link" in text
    assert ", retrying" in text


def test_all_of_few_messages_are_seen() -> None:
    stage = Stage(seconds=1)
    feed = feed_of(stage)
    pool = stage.pool
    for _ in range(200):
        pool.time += 0.25
        feed.take(pool.messages(pool.sample(1, b"x")))
        feed.take(pool.state())
    assert "sampled 4.0/4.0 per s (all)" in truth(feed, 120, 2)[1].text


def test_nothing_per_second_is_nothing() -> None:
    assert per_s("–") == "–"
    assert per_s("12") == "12/s"
