"""Run a pipeline on marbles, in virtual time, and compare what comes out with marbles."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from reactivex import Notification, Observable, abc
from reactivex.testing import ReactiveTest, Recorded, TestScheduler

from ssc_rx.message import Message
from ssc_rx.streams.stream import Home, Stream, adopt
from ssc_rx.testing.marbles import (
    Marble,
    draw,
    message_of,
    number_or_text,
    read,
    stand_for,
)

__all__ = ["assert_marbles"]

Pipeline = Callable[[Stream[Message]], Observable[Any]]
_BEGIN_S = ReactiveTest.subscribed


def assert_marbles(
    pipeline: Pipeline,
    source: str,
    expected: str,
    *,
    messages: Mapping[str, Message] | None = None,
    values: Mapping[str, Any] | None = None,
    error: Exception | None = None,
    timespan_s: float = 1.0,
) -> None:
    """Run a pipeline on messages drawn as marbles, and compare what comes out.

        source     --x1--y1--x2--|
        expected   --x1------x2--|

    Each character lasts `timespan_s`: `-` lets time pass, `|` completes, `#` fails,
    `(a,b)` is both at the time of the bracket, anything else is a name, at the time of
    its first character; blanks only align. The syntax is that of
    `reactivex.from_marbles`. It all runs at once: time operators wait in virtual time.
    What comes after the end of the longer picture isn't looked at: draw on with `-`.

    Args:
        pipeline: Given the source, a `Stream` as `pool.messages` is one; gives what is to
            be tested.
        source: What goes in. A name stands for its entry in `messages`, or else for a
            TEXT message: `x1` for `Message.of("x", "1")`.
        expected: What should come out. A name stands for its entry in `values`, or else
            for the message that it is in `source`, or else for itself: a number for the
            number, anything else for that `str`.
        messages: What the names in `source` stand for.
        values: What the names in `expected` stand for.
        error: What `#` in `source` fails with. In `expected` it is any error.
        timespan_s: Seconds of one character; 1 by default.

    Raises:
        AssertionError: If something else comes out, or at another time; shows both.
        ValueError: If one is no marble picture.
    """
    sent = stand_for(source, messages or {}, message_of)
    known = {**sent, **(values or {})}
    names = stand_for(expected, known, number_or_text)
    want = read(expected, names)
    goes_in = [
        marble._replace(value=error or marble.value) if marble.kind == "E" else marble
        for marble in read(source, sent)
    ]
    until = max(len(source.replace(" ", "")), len(expected.replace(" ", "")))
    got = _run(pipeline, goes_in, until, timespan_s)
    if differences := list(_differences(want, got)):
        drawn = draw(got, {**known, **names})
        pictures = [
            f"  source    {source}",
            f"  expected  {expected}",
            *([f"  got       {drawn or 'nothing'}"] if drawn is not None else []),
        ]
        raise AssertionError("\n".join(["the marbles differ", *pictures, *differences]))


class _Unheard:
    """Nobody is told what goes wrong beside the marbles."""

    def subscriber_failed(
        self, stream: str, id: str, error: BaseException, failures: int, ended: bool
    ) -> None:
        """Of no interest."""

    def source_failed(self, stream: str, id: str, error: Exception) -> None:
        """Of no interest."""

    def payload_invalid(self, id: str, error: Exception) -> None:
        """Of no interest."""


def _run(
    pipeline: Pipeline, goes_in: Sequence[Marble], until: int, timespan_s: float
) -> list[Marble]:
    scheduler = TestScheduler()
    home = Home(scheduler=scheduler, defer=_never, check_thread=lambda: None)
    home.listener = _Unheard()
    recorded = [
        Recorded(
            cast(
                "int", _BEGIN_S + m.at * timespan_s
            ),  # any number, whatever it is typed
            m.notification,
        )
        for m in goes_in
    ]

    def create() -> Observable[Any]:
        # In here, so that what goes in at the very beginning comes after the subscription.
        source = scheduler.create_hot_observable(recorded)

        def subscribe(
            observer: abc.ObserverBase[Message],
            scheduler: abc.SchedulerBase | None = None,
        ) -> abc.DisposableBase:
            return source.subscribe(observer, scheduler=scheduler)

        stream: Stream[Message] = adopt(Observable(subscribe), home)
        return pipeline(stream)

    observer = scheduler.start(create, disposed=_BEGIN_S + until * timespan_s)
    return [
        Marble.of(
            round((float(record.time) - _BEGIN_S) / timespan_s, 6),
            cast("Notification[Any]", record.value),
        )
        for record in observer.messages
    ]


def _never(callback: Callable[[], None]) -> None:
    raise AssertionError("only hubs defer, and this stream is none")


def _differences(want: Sequence[Marble], got: Sequence[Marble]) -> list[str]:
    lines: list[str] = []
    for at in sorted({marble.at for marble in (*want, *got)}):
        wanted = [marble for marble in want if marble.at == at]
        gotten = [marble for marble in got if marble.at == at]
        if len(wanted) != len(gotten) or not all(map(_same, wanted, gotten)):
            lines.append(f"  at {at:<6g} expected {_told(wanted)}, got {_told(gotten)}")
    return lines


def _same(want: Marble, got: Marble) -> bool:
    if want.kind != got.kind:
        return False
    return want.kind == "E" or bool(want.value == got.value)


def _told(marbles: Sequence[Marble]) -> str:
    return " and ".join(map(_said, marbles)) or "nothing"


def _said(marble: Marble) -> str:
    if marble.kind == "C":
        return "the end"
    value = repr(marble.value)
    return value if marble.kind == "N" else f"an error ({value})"
