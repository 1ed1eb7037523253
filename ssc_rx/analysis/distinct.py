"""Messages that say what was said already, left out."""

from collections.abc import Iterator
from typing import Any

from ssc_rx.analysis.fields import Key, value
from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import Kept
from ssc_rx.message import Message

__all__ = ["Distinct", "hashable"]


class Distinct:
    """The fold of `ops.distinct`."""

    def __init__(self, key: Key | None, max_keys: int, tally: Tally) -> None:
        self._value = _payload if key is None else value(key)
        self._seen: Kept[object, bool] = Kept(max_keys, tally)
        self._tally = tally

    def take(self, message: Message) -> Iterator[Message]:
        """See one more."""
        key = hashable(self._value(message))
        if key is None:
            self._tally.skipped += 1  # that is, not compared: let through
            yield message
            return
        if self._seen.get(key) is None:
            self._seen.put(key, True)
            yield message

    def end(self) -> Iterator[Message]:
        """There is no more."""
        return iter(())


def _payload(message: Message) -> bytes:
    return message.payload


def hashable(key: Any) -> Any:
    """The same, or what it looks like, if it is a list or an object of JSON."""
    return repr(key) if type(key) in (list, dict) else key
