"""`ops.asof`: a stream joined to another by time."""

from collections.abc import Callable, Iterable
from math import inf
from typing import Any, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable

from ssc_rx.analysis.asof import AsOf, Joined
from ssc_rx.analysis.fields import Key, check_key
from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import check_bound
from ssc_rx.errors import InvalidOptionError
from ssc_rx.message import Message
from ssc_rx.streams.fused import emit_all
from ssc_rx.streams.stream import Stream, adopt

__all__ = ["Joining", "asof"]

MAX_WAITING = 10_000


def asof(
    other: Observable[Message],
    *,
    by: Key | None = None,
    tolerance: float | None = None,
    wait: float = 0.0,
    max_waiting: int = MAX_WAITING,
) -> "Joining":
    """Join each message with the last one of `other` before it, as a `Joined`.

        messages    ----x1-------x2-----x3--|
        other       --a----b--c-------------|
        asof(other) ----x1a------x2c----x3c-|

    By `Message.time`: "before" is before or at that time. With `wait=0`, right for two
    parts of one stream, each message is joined when it comes. Two streams that aren't in
    step, such as two replays, may need to wait for each other: with `wait=math.inf` the
    result doesn't depend on which is ahead. It ends with the stream of messages, and when
    none of them waits.

    Args:
        other: The stream to look up in, such as quotes for trades.
        by: What has to be equal: a name in the JSON of both payloads, or a function of a
            message ("symbol"). `None`: nothing.
        tolerance: Seconds that the other message may be older; `None` for any age.
        wait: Seconds, by the messages' times, that one waits for `other` to pass it.
        max_waiting: How many may wait, and how many of `other` are remembered besides the
            last. The oldest that waits is then joined with what is there; both is counted
            as `evicted`.

    Raises:
        InvalidOptionError: For arguments that can't be.
    """
    if not isinstance(other, Observable):
        raise InvalidOptionError(
            f"asof joins with another stream, not {type(other).__name__}"
        )
    if by is not None:
        check_key("by", by)
    for name, seconds in {"tolerance": tolerance, "wait": wait}.items():
        if seconds is not None and (
            isinstance(seconds, bool)
            or not isinstance(seconds, (int, float))
            or not seconds >= 0
        ):
            raise InvalidOptionError(
                f"{name} must be seconds, 0 or more, not {seconds!r}"
            )
    check_bound("max_waiting", max_waiting)
    older = inf if tolerance is None else tolerance
    return Joining(other, lambda tally: AsOf(by, older, wait, max_waiting, tally))


class Joining:
    """The operator that `asof` makes; it counts what it left out."""

    def __init__(
        self, other: Observable[Message], make: Callable[[Tally], AsOf]
    ) -> None:
        self._other = other
        self._make = make
        self._tally = Tally()

    @property
    def skipped(self) -> int:
        """How many messages, of both streams, didn't have what `by` asks for."""
        return self._tally.skipped

    @property
    def evicted(self) -> int:
        """How many were forgotten, or joined before their time, to make room."""
        return self._tally.evicted

    def __call__(self, source: Observable[Message]) -> Stream[Joined]:
        """Put it behind a stream of messages, as `pipe` does."""

        def subscribe(
            observer: abc.ObserverBase[Joined],
            scheduler: abc.SchedulerBase | None = None,
        ) -> abc.DisposableBase:
            join = self._make(self._tally)
            subscriptions = CompositeDisposable()

            def emit(found: Callable[..., Iterable[Joined]], *message: Message) -> None:
                try:
                    results = tuple(found(*message))
                except Exception as error:
                    subscriptions.dispose()
                    observer.on_error(error)
                    return
                try:
                    emit_all(results, observer.on_next)
                finally:
                    if join.ended:
                        subscriptions.dispose()
                        observer.on_completed()

            def listen(
                stream: Observable[Message],
                take: Callable[[Message], Iterable[Joined]],
                end: Callable[[], Iterable[Joined]],
            ) -> None:
                subscriptions.add(
                    stream.subscribe(
                        lambda message: emit(take, message),
                        observer.on_error,
                        lambda: emit(end),
                        scheduler=scheduler,
                    )
                )

            listen(self._other, join.right, join.right_ended)
            listen(source, join.left, join.left_ended)
            return subscriptions

        joined: Any = Observable(subscribe)
        if isinstance(source, Stream):
            adopt(joined, source.home)
        return cast("Stream[Joined]", joined)
