"""`await collect(pool.messages, n=1000)`: some of a stream, as a `Recording`."""

import asyncio
import contextlib
from collections.abc import Callable

from reactivex import Observable

from ssc_rx.collecting.columns import ROW_BYTES, Columns
from ssc_rx.collecting.recording import DEFAULT_MAX_BYTES, Recording, check_max_bytes
from ssc_rx.errors import InvalidOptionError, SscError
from ssc_rx.logs import logger_of
from ssc_rx.message import Message
from ssc_rx.recording.lines import EndReason
from ssc_rx.wording import counted

__all__ = ["CollectTimeoutError", "collect"]

logger = logger_of(__name__)

ROWS_AT_A_TIME = 4096
"""Messages that wait to be made columns: some milliseconds' work."""


class CollectTimeoutError(SscError, TimeoutError):
    """Fewer messages came than were to be collected.

    Attributes:
        recording: Those that came.
        n: How many were asked for; `None` for all, up to the end of the stream.
        timeout: Seconds that it waited.
    """

    def __init__(self, recording: Recording, n: int | None, timeout: float) -> None:
        self.recording = recording
        self.n = n
        self.timeout = timeout
        came = f"{len(recording):,}"
        what = (
            f"{came} of {counted(n, 'message')} came"
            if n is not None
            else f"the stream did not end, {counted(len(recording), 'message')} came"
        )
        super().__init__(
            f"{what} in {timeout:g} s; they are in the error's `recording`: wait for "
            "longer with timeout=, or collect for a time with seconds="
        )


async def collect(
    stream: Observable[Message],
    *,
    n: int | None = None,
    seconds: float | None = None,
    timeout: float | None = 10.0,
    max_bytes: int | None = DEFAULT_MAX_BYTES,
) -> Recording:
    """Take some of a stream, from this call on.

        recording = await collect(pool.messages, n=10_000)
        recording = await collect(pool.messages.pipe(ops.from_id("feed")), seconds=5)
        recording = await collect(replay("feed.jsonl", speed=math.inf))

    It ends at `n` messages or after `seconds`, whichever is first, and where the stream
    or `max_bytes` ends it: `Recording.end` tells which. Cancelling it unsubscribes.

    Args:
        stream: Of messages: a pool's, a recording's, or any Observable.
        n: How many to wait for. With neither this nor `seconds`: up to the stream's end.
        seconds: How long, by the event loop's clock.
        timeout: Seconds to wait for what `seconds` doesn't end (10); `None`: for ever.
        max_bytes: What it may take in memory (1 GiB), 64 bytes a message besides
            payloads. It ends before the message that doesn't fit. `None`: no bound.

    Returns:
        What came; less than asked for only if the stream or `max_bytes` ended it.

    Raises:
        CollectTimeoutError: If not enough came in time; has what came. A `TimeoutError`.
        InvalidOptionError: For arguments that can't be.
        InvalidMessageError: If the stream is of anything else than messages.
        Exception: What the stream failed with, noting how many came before.
    """
    _check(stream, n, seconds, timeout)
    check_max_bytes(max_bytes)
    collecting = _Collecting(n, max_bytes)
    subscription = stream.subscribe(
        collecting.on_next(), collecting.on_error, collecting.on_completed
    )
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout if seconds is None else seconds):
                await collecting.ended.wait()
    finally:
        subscription.dispose()
    collecting.close()
    if collecting.error is not None:
        collecting.error.add_note(f"after {collecting.came} that were collected")
        raise collecting.error
    end = collecting.end
    recording = Recording.of_columns(collecting.columns, end)
    if end == "max_seconds" and seconds is None and timeout is not None:
        raise CollectTimeoutError(recording, n, timeout)
    if end == "max_bytes":
        logger.warning("collecting ended at max_bytes: %r", recording)
    return recording


class _Collecting:
    """Rows on their way to columns.

    Attributes:
        columns: What came, once it is closed.
        ended: Whether nothing more is wanted, or comes.
        end: Why.
        error: What the stream failed with, or what it is wrong for.
    """

    def __init__(self, n: int | None, max_bytes: int | None) -> None:
        self.columns = Columns()
        self.ended = asyncio.Event()
        self.end: EndReason | None = None
        self.error: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._n = n
        self._max_bytes = max_bytes
        self._waiting: list[Message] = []

    @property
    def came(self) -> str:
        return counted(len(self.columns), "message")

    def on_next(self) -> Callable[[Message], None]:
        """The function that takes a message; all it does for most is to note it."""
        waiting = self._waiting
        note, columns = waiting.append, self.columns
        left: float = float("inf") if self._max_bytes is None else self._max_bytes
        rows: float = float("inf") if self._n is None else self._n
        full_at = min(rows, ROWS_AT_A_TIME)

        def on_next(message: Message) -> None:
            nonlocal left, full_at
            if self.end is not None:
                return
            try:
                left -= len(message.payload) + ROW_BYTES
            except (AttributeError, TypeError):
                note(message)
                self._to_columns()  # which tells what is wrong with it
                return
            if left < 0:
                self._end("max_bytes")
                return
            note(message)
            if len(waiting) >= full_at:
                self._to_columns()
                full_at = min(rows - len(columns), ROWS_AT_A_TIME)
                if not full_at:
                    self._end("closed")

        return on_next

    def on_error(self, error: Exception) -> None:
        """The stream failed."""
        if self.end is None:
            self.error = error
            self._end("stopped")

    def on_completed(self) -> None:
        """The stream ended."""
        self._end("stopped")

    def close(self) -> None:
        """Take nothing more, and make columns of the rest."""
        self._end("max_seconds")
        self._to_columns()

    def _to_columns(self) -> None:
        try:
            self.columns.extend(self._waiting)
        except Exception as error:
            self.error = self.error or error
            self._end("stopped")
        self._waiting.clear()

    def _end(self, end: EndReason) -> None:
        if self.end is None:
            self.end = end
            # Some Observables emit on threads of their own.
            self._loop.call_soon_threadsafe(self.ended.set)


def _check(stream: object, n: object, seconds: object, timeout: object) -> None:
    if not isinstance(stream, Observable):
        hint = "pool.messages" if hasattr(stream, "messages") else "pool.messages, say"
        raise InvalidOptionError(
            f"collect takes a stream, such as {hint}, not {type(stream).__name__}"
        )
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        raise InvalidOptionError(f"n must be a whole number of 1 or more, not {n!r}")
    for name, value in {"seconds": seconds, "timeout": timeout}.items():
        if value is not None and (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not 0 < value < float("inf")
        ):
            raise InvalidOptionError(
                f"{name} must be a positive number of seconds, or None, not {value!r}"
            )
