"""`Recording`: many messages, for data frames, files and pipelines."""

import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, overload

from reactivex import abc

from ssc_rx.collecting.columns import Columns
from ssc_rx.collecting.files import Loaded, load, save
from ssc_rx.collecting.frames import pandas_frame, polars_frame
from ssc_rx.collecting.json_columns import JsonColumns, json_columns
from ssc_rx.collecting.table import html_table, summary
from ssc_rx.errors import InvalidOptionError
from ssc_rx.message import Message
from ssc_rx.notebook.markup import Bundle, bundle
from ssc_rx.recording.lines import EndReason, Happened
from ssc_rx.recording.recorder import Direction
from ssc_rx.recording.replaying import played
from ssc_rx.streams.stream import Stream

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs] - it has none
    import polars as pl

__all__ = ["DEFAULT_MAX_BYTES", "Recording", "check_max_bytes"]

DEFAULT_MAX_BYTES = 1024**3


class Recording:
    """Messages as columns: collected from a stream, or loaded from a file.

        recording = await collect(pool.messages, n=10_000)
        recording.to_polars(json=True)
        recording.from_id("feed")[:100].save("feed.jsonl.gz")

    A sequence of `Message`, in the order in which they came; immutable. A slice is a
    recording again.

    Attributes:
        direction: "in" for what was received, "out" for writes.
        events: What happened to the sockets, if it was loaded from a file that tells.
        missed: Messages that came and aren't here, as its recorder could not keep up.
        end: Why it ended: "closed" (as many as were asked for), "stopped" (the stream
            ended), "max_seconds", or "max_bytes"; `None` if a file was cut off.
        damage: What is wrong with the file it was loaded from.
    """

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        columns = Columns()
        columns.extend(list(messages))
        self._set(Loaded(columns, 0.0, (), 0, "closed", None), "in")

    def _set(self, loaded: Loaded, direction: Direction) -> None:
        self._columns = loaded.columns
        self._events_from = loaded.started_at
        self.direction: Direction = direction
        self.events: tuple[Happened, ...] = loaded.events
        self.missed = loaded.missed
        self.end: EndReason | None = loaded.end
        self.damage: str | None = loaded.damage

    @classmethod
    def of_columns(cls, columns: Columns, end: EndReason | None) -> "Recording":
        """What was collected."""
        recording = cls()
        recording._set(Loaded(columns, 0.0, (), 0, end, None), "in")
        return recording

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        direction: Direction = "in",
        max_bytes: int | None = DEFAULT_MAX_BYTES,
    ) -> "Recording":
        """Read what `record`, `Recording.save` or `ssc-monitor record` wrote.

        A file that was cut off or is damaged is loaded as far as it goes: see `damage`,
        and the log.

        Args:
            path: The file.
            direction: "in" for what was received, "out" for writes.
            max_bytes: What it may take in memory (1 GiB), 64 bytes a message besides
                payloads; the rest of the file is left, `end` says so. `None`: no bound.

        Raises:
            RecordingError: If the file can't be read, or is no recording.
            InvalidOptionError: For the other arguments.
        """
        if direction not in ("in", "out"):
            raise InvalidOptionError(
                f'direction must be "in" or "out", not {direction!r}'
            )
        check_max_bytes(max_bytes)
        recording = cls()
        recording._set(load(path, direction, max_bytes), direction)
        return recording

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write it to a file, which `replay`, `Recording.load` and `ssc-monitor` read.

        IDs are written without credentials. Takes some seconds for a million messages.

        Args:
            path: The file, made with mode 0600; compressed if its name ends with ".gz".
            overwrite: Whether to replace a file that is there.

        Raises:
            RecordingError: If it can't be made, or is there already.
            OSError: If it can't be written to its end.
        """
        save(
            path,
            self._columns,
            direction=self.direction,
            events=self.events,
            started_at=self._events_from,
            missed=self.missed,
            end=self.end or "closed",
            overwrite=overwrite,
        )

    # As a sequence

    def __len__(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator[Message]:
        return map(self._columns.message, range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Message: ...
    @overload
    def __getitem__(self, at: slice) -> "Recording": ...
    def __getitem__(self, at: int | slice) -> "Message | Recording":
        if isinstance(at, slice):
            return self._with(self._columns.cut(at))
        return self._columns.message(range(len(self))[at])

    def from_id(self, id: str) -> "Recording":
        """Its messages of one ID; empty if there are none."""
        code = self._columns.names.get(id)
        rows = (n for n, one in enumerate(self._columns.codes) if one == code)
        return self._with(self._columns.chosen(rows))

    def filter(self, predicate: Callable[[Message], bool]) -> "Recording":
        """Its messages for which `predicate` holds."""
        rows = (n for n, message in enumerate(self) if predicate(message))
        return self._with(self._columns.chosen(rows))

    def _with(self, columns: Columns) -> "Recording":
        some = Recording()
        some._set(
            Loaded(
                columns,
                self._events_from,
                self.events,
                self.missed,
                self.end,
                self.damage,
            ),
            self.direction,
        )
        return some

    # As columns

    @property
    def ids(self) -> list[str]:
        """The IDs, each once, in the order in which they appear."""
        return self._columns.ids

    @property
    def times(self) -> list[float]:
        """When each was read: UNIX seconds."""
        return self._columns.times.tolist()

    @property
    def payloads(self) -> list[bytes]:
        """The payloads."""
        return list(self._columns.payloads)

    @property
    def seconds(self) -> float:
        """From the first to the last; 0 for fewer than two."""
        times = self._columns.times
        return max(times) - min(times) if times else 0.0

    @property
    def bytes(self) -> int:
        """All payloads together, as far as they are here."""
        return sum(map(len, self._columns.payloads))

    def json_columns(self) -> JsonColumns:
        """The payloads decoded from JSON, a column for each key.

        What isn't JSON, has other keys, or values of several types is no error: the
        result says how it was dealt with, and how often.
        """
        return json_columns(self._columns.payloads)

    def to_polars(self, *, json: bool = False) -> "pl.DataFrame":
        """A frame of polars, a row for each message.

        Args:
            json: `False`: the columns `id`, `time` (UTC, microseconds), `type`, `size`
                (of the whole payload, in bytes) and `payload`. `True`: `id`, `time` and
                what `json_columns` finds; a key with the name of one of these two is
                `payload.id` or `payload.time`. A `UserWarning` tells what was amiss.

        Raises:
            ImportError: If polars isn't installed; says what to install.
        """
        return polars_frame(self._columns, self._decoded() if json else None)

    def to_pandas(self, *, json: bool = False) -> "pd.DataFrame":
        """A frame of pandas, a row for each message; arguments as of `to_polars`.

        Raises:
            ImportError: If pandas isn't installed; says what to install.
        """
        return pandas_frame(self._columns, self._decoded() if json else None)

    def _decoded(self) -> JsonColumns:
        decoded = self.json_columns()
        if (warning := decoded.warning) is not None:
            warnings.warn(f"payloads: {warning}", stacklevel=3)
        return decoded

    # As a stream

    def replay(
        self, *, speed: float = 1.0, scheduler: abc.SchedulerBase | None = None
    ) -> Stream[Message]:
        """Its messages as a stream, with the time between them that there was.

            recorded   --a-b------c
            speed=2    a-b---(c,|)

        Cold: each subscriber has it from its first message, which comes at once. See
        `ssc_rx.recording.replay` for the same of a file.

        Args:
            speed: 2 is twice as fast; `math.inf` doesn't wait at all.
            scheduler: Whose time it is: the running event loop's by default.

        Raises:
            InvalidOptionError: For a speed that can't be.
        """
        return played(self._timed, speed, scheduler)

    def _timed(self) -> Iterator[tuple[float, Message]]:
        begins = self._columns.times[0] if self else time.time()
        return ((message.time - begins, message) for message in self)

    # For people

    def __repr__(self) -> str:
        return f"<Recording of {self._summary()}>"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Bundle:
        return bundle(repr(self), html_table(self._columns, self._summary()))

    def _summary(self) -> str:
        return summary(self._columns, self.missed, self.end, self.damage)


def check_max_bytes(max_bytes: object) -> None:
    """Refuse a bound that is none.

    Raises:
        InvalidOptionError: If it is neither a positive number nor `None`.
    """
    if max_bytes is not None and (
        isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1
    ):
        raise InvalidOptionError(
            f"max_bytes must be a positive number, or None, not {max_bytes!r}"
        )
