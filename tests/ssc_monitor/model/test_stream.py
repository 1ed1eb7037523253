from ssc_monitor.model.stream import Stream
from ssc_rx.monitor import wire
from tests.ssc_monitor.model.frames import batch, sample, socket


def test_samples_become_lines() -> None:
    stream = Stream(10)
    one = sample(
        7, number=3, direction="out", preview=b"\x1b", type=2, size=9, time=5.0
    )
    stream.apply(batch(one, sent=1), {3: socket(3, id="a\x1b")}, attachment=2)
    line = stream.ring[0]
    assert (line.sequence, line.index, line.number, line.id) == (7, 0, 3, "a␛")
    assert (line.direction, line.type, line.size, line.time) == ("out", 2, 9, 5.0)
    assert (line.preview, line.whole) == (b"\x1b", False)
    assert (line.missing, line.attachment) == (0, 2)


def test_a_socket_that_is_not_known_is_named_by_its_number() -> None:
    stream = Stream(10)
    stream.apply(batch(sample(1, number=5), sent=1), {}, attachment=0)
    assert stream.ring[0].id == "#5"


def test_the_first_line_after_a_loss_tells_how_many_are_missing() -> None:
    stream = Stream(10)
    stream.apply(batch(sample(1), sent=1), {}, 0)
    stream.apply(batch(sent=1, sampled_out=100), {}, 0)
    stream.apply(batch(sample(2), sample(3), sent=3, sampled_out=150, dropped=7), {}, 0)
    stream.apply(batch(sample(4), sent=4, sampled_out=150, dropped=7), {}, 0)
    assert [line.missing for line in stream.ring] == [0, 157, 0, 0]


def test_counters_start_anew_with_each_watch() -> None:
    stream = Stream(10)
    stream.apply(batch(sample(1), sample(2), sent=2, sampled_out=1000), {}, 0)
    stream.apply(batch(sample(3), sent=1, sampled_out=2000, seen=9000), {}, 0)
    assert [line.missing for line in stream.ring] == [1000, 0, 2000]
    assert stream.counts == batch(sent=1, sampled_out=2000, seen=9000)


def test_what_matched_and_came_is_counted_until_it_is_taken() -> None:
    stream = Stream(10)
    stream.apply(batch(sample(1), sent=1, sampled_out=9), {}, 0)
    stream.apply(batch(sample(2), sent=2, sampled_out=18), {}, 0)
    assert stream.take() == (20, 2, False)
    assert stream.take() == (0, 0, False)


def test_words_hold_from_the_first_batch_of_their_watch() -> None:
    stream = Stream(10)
    stream.apply(batch(sample(1), sent=1), {}, 0)
    stream.watching(wire.Selection(words=("BTC",)))
    stream.apply(batch(sample(2), sent=2), {}, 0)  # was on its way
    stream.apply(batch(sample(3), sent=1), {}, 0)
    stream.apply(batch(sample(4), sent=2), {}, 0)
    stream.watching(None)
    stream.apply(batch(sample(5), sent=1), {}, 0)
    assert [line.words for line in stream.ring] == [(), (), ("btc",), ("btc",), ()]


def test_words_hold_again_after_a_new_attachment() -> None:
    stream = Stream(10)
    stream.watching(wire.Selection(words=("btc",)))
    stream.apply(batch(sample(1), sent=1), {}, 0)
    stream.reset()
    assert stream.counts is None
    stream.apply(batch(sample(1), sent=1), {}, 1)
    assert [line.words for line in stream.ring] == [("btc",), ("btc",)]


def test_what_is_missing_is_not_carried_into_a_new_attachment() -> None:
    stream = Stream(10)
    stream.apply(batch(sent=0, sampled_out=5), {}, 0)
    stream.reset()
    stream.apply(batch(sample(1), sent=1), {}, 1)
    assert stream.ring[0].missing == 0
