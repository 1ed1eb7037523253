"""A stage as an operator, of whatever Observable it is put behind."""

from collections.abc import Callable
from typing import Any, cast

from reactivex import Observable, abc

from ssc_rx.message import Message
from ssc_rx.streams.fused import Folding, Fused, Stage
from ssc_rx.streams.stream import Home, Stream

__all__ = ["operator_of"]


def operator_of(
    stage: Callable[[Home | None], Stage],
) -> Callable[[Observable[Message]], Stream[Any]]:
    """The operator that puts a stage behind a stream.

    Args:
        stage: Makes the stage, given the stream's home, if it has one.
    """

    def apply(source: Observable[Message]) -> Stream[Any]:
        if isinstance(source, Fused):
            return source.then(stage(source.home))
        if isinstance(source, Stream):
            return Fused(source, stage(source.home))
        return _of_foreign(source, stage(None))

    return apply


def _of_foreign(source: Observable[Any], stage: Stage) -> Stream[Any]:
    """The same of an Observable that lives in no pool, and so gives another such."""

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        on_error, on_completed = observer.on_error, observer.on_completed
        if isinstance(stage, Folding):
            on_next, on_completed = stage.around(
                observer.on_next, on_error, on_completed
            )
        else:
            on_next = stage.before(observer.on_next, on_error)
        return source.subscribe(on_next, on_error, on_completed, scheduler=scheduler)

    return cast("Stream[Any]", Observable(subscribe))
