"""Functions applied to a stream one after another, in one observer.

reactivex puts two observers between any two operators. Here a pipe of our own operators is
one chain of plain calls, with the same rules: what raises in a function ends the pipe with
`on_error`, and what was disposed of gets nothing more.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar, cast

from reactivex import abc

from ssc_rx.analysis.fold import Fold
from ssc_rx.errors import PayloadError
from ssc_rx.message import Message
from ssc_rx.streams.hub import ByName, Hub
from ssc_rx.streams.stream import Home, Stream

__all__ = ["Decode", "Filter", "Folding", "Fused", "Map", "Stage", "emit_all"]

R = TypeVar("R")
OnNext = Callable[[Any], None]
OnError = Callable[[Exception], None]
OnCompleted = Callable[[], None]


class Stage(Protocol):
    """What happens to each value on its way."""

    def before(self, on_next: OnNext, on_error: OnError) -> OnNext:
        """The function that takes a value, and gives what becomes of it to `on_next`."""
        ...


class Filter:
    """Lets through the values for which a predicate holds."""

    def __init__(self, predicate: Callable[[Any], bool]) -> None:
        self.predicate = predicate

    def before(self, on_next: OnNext, on_error: OnError) -> OnNext:
        predicate = self.predicate

        def filtering(value: Any) -> None:
            try:
                passes = predicate(value)
            except Exception as error:
                on_error(error)
                return
            if passes:
                on_next(value)

        return filtering

    def before_map(self, mapper: "Map", on_next: OnNext, on_error: OnError) -> OnNext:
        """The same, and the map that follows, in one call less."""
        predicate, function = self.predicate, mapper.function

        def filtering_and_mapping(value: Any) -> None:
            try:
                if not predicate(value):
                    return
                result = function(value)
            except Exception as error:
                on_error(error)
                return
            on_next(result)

        return filtering_and_mapping


class Map:
    """Turns each value into something else."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def before(self, on_next: OnNext, on_error: OnError) -> OnNext:
        function = self.function

        def mapping(value: Any) -> None:
            try:
                result = function(value)
            except Exception as error:
                on_error(error)
                return
            on_next(result)

        return mapping


class Decode:
    """Decodes payloads; what can't be decoded is skipped, counted and told."""

    def __init__(
        self, decode: Callable[[Message], Any], home: Home | None = None
    ) -> None:
        self.decode = decode
        self.home = home

    def before(self, on_next: OnNext, on_error: OnError) -> OnNext:
        decode, home = self.decode, self.home

        def decoding(message: Message) -> None:
            try:
                value = decode(message)
            except PayloadError as error:
                if home is not None:
                    home.listener.payload_invalid(message.id, error)
                return
            on_next(value)

        return decoding


class Folding:
    """Gives what a fold makes of the values, and of their end; a fold per subscription."""

    def __init__(self, make: Callable[[], Fold[Any]]) -> None:
        self.make = make

    def before(self, on_next: OnNext, on_error: OnError) -> OnNext:
        """Without its end."""
        return self.around(on_next, on_error, lambda: None)[0]

    def around(
        self, on_next: OnNext, on_error: OnError, on_completed: OnCompleted
    ) -> tuple[OnNext, OnCompleted]:
        """The same, and the function that takes the end."""
        fold = self.make()
        take = fold.take

        def folding(value: Any) -> None:
            try:
                results = tuple(take(value))
            except Exception as error:
                on_error(error)
                return
            emit_all(results, on_next)

        def ending() -> None:
            try:
                results = tuple(fold.end())
            except Exception as error:
                on_error(error)
                return
            try:
                emit_all(results, on_next)
            finally:
                on_completed()

        return folding, ending


def emit_all(values: Iterable[Any], on_next: OnNext) -> None:
    """Give each to a subscriber; one that raises gets the rest before that is heard of."""
    failure: BaseException | None = None
    for value in values:
        try:
            on_next(value)
        except BaseException as error:
            failure = failure or error
    if failure is not None:
        raise failure


class _Chain:
    """The first functions of a chain, and the observer at its end."""

    def __init__(
        self, on_next: OnNext, on_error: OnError, on_completed: OnCompleted
    ) -> None:
        self.on_next = on_next
        self.on_error = on_error
        self.on_completed = on_completed


class Fused(Stream[R]):
    """A stream, and the stages that its values go through."""

    def __init__(self, source: Stream[Any], *stages: Stage) -> None:
        super().__init__()
        self.home = source.home
        self.name = source.name
        self._source = source
        self._stages = stages

    def then(self, stage: Stage) -> "Fused[Any]":
        """The same with one more stage."""
        return Fused(self._source, *self._stages, stage)

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[R],
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        on_next, on_completed = self._composed(observer)
        chain = cast(
            "abc.ObserverBase[Any]", _Chain(on_next, observer.on_error, on_completed)
        )
        if isinstance(self._source, (Hub, ByName)):
            # Nothing in between: the observer at the end knows if it was disposed of.
            return self._source.attach(chain)
        return self._source.subscribe(chain, scheduler=scheduler)

    def _composed(self, observer: abc.ObserverBase[Any]) -> tuple[OnNext, OnCompleted]:
        on_next: OnNext = observer.on_next
        on_error, on_completed = observer.on_error, observer.on_completed
        following: Stage | None = None
        after = on_next
        for stage in reversed(self._stages):
            before = on_next
            if isinstance(stage, Folding):
                on_next, on_completed = stage.around(on_next, on_error, on_completed)
            elif isinstance(stage, Filter) and isinstance(following, Map):
                on_next = stage.before_map(following, after, on_error)
            else:
                on_next = stage.before(on_next, on_error)
            following, after = stage, before
        return on_next, on_completed
