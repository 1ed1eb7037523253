"""What is known of many messages, a column each. Pure.

A message as an object takes 113 bytes besides its payload; as a row of columns, 63.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ssc_rx.errors import InvalidMessageError, shown
from ssc_rx.message import Message, MessageType

__all__ = ["ROW_BYTES", "Columns"]

ROW_BYTES = 64
"""What a row takes besides its payload, as far as bounds are concerned."""

_TYPES = {int(kind): kind for kind in MessageType}


class _Codes(dict[str, int]):
    """The number of each ID; a new one gets the next."""

    def __missing__(self, id: str) -> int:
        code = self[id] = len(self)
        return code


@dataclass(slots=True, eq=False)
class Columns:
    """Rows of messages.

    Attributes:
        names: The IDs, each once, in order of appearance.
        codes: For each row, where in `names` its ID is.
        times: UNIX seconds.
        types: Opcodes, as in `MessageType`.
        sizes: Bytes of the whole payload; more than is here, where it was cut.
        payloads: The payloads.
    """

    names: _Codes = field(default_factory=_Codes)
    codes: "array[int]" = field(default_factory=lambda: array("I"))
    times: "array[float]" = field(default_factory=lambda: array("d"))
    types: bytearray = field(default_factory=bytearray)
    sizes: "array[int]" = field(default_factory=lambda: array("Q"))
    payloads: list[bytes] = field(default_factory=list[bytes])

    def __len__(self) -> int:
        return len(self.payloads)

    def extend(
        self, messages: Sequence[Message], sizes: Sequence[int] | None = None
    ) -> None:
        """Add rows.

        Args:
            messages: What to add.
            sizes: Of their whole payloads; if not given, nothing was cut.

        Raises:
            InvalidMessageError: For what is no message, or isn't made as one should be;
                nothing is added.
        """
        names = self.names
        try:
            payloads = [message.payload for message in messages]
            if not set(map(type, payloads)) <= {bytes}:
                raise TypeError("a payload isn't bytes")
            times = array("d", [message.time for message in messages])
            types = bytearray([message.type for message in messages])
            codes = array("I", [names[message.id] for message in messages])
            lengths = array("Q", map(len, payloads) if sizes is None else sizes)
        except (AttributeError, TypeError, ValueError, OverflowError) as error:
            raise InvalidMessageError(_what_is_wrong(messages, error)) from error
        self.payloads += payloads
        self.times += times
        self.types += types
        self.codes += codes
        self.sizes += lengths

    def message(self, row: int) -> Message:
        """One row as a message again."""
        kind = self.types[row]
        return Message(
            self.ids[self.codes[row]],
            _TYPES.get(kind, kind),  # type: ignore[arg-type]  # as it was given
            self.payloads[row],
            self.times[row],
        )

    @property
    def ids(self) -> list[str]:
        """The IDs, each once, by their codes."""
        return list(self.names)

    def cut(self, rows: slice) -> "Columns":
        """Some of the rows."""
        return self._with(
            self.codes[rows],
            self.times[rows],
            self.types[rows],
            self.sizes[rows],
            self.payloads[rows],
        )

    def chosen(self, rows: Iterable[int]) -> "Columns":
        """The rows of these numbers."""
        rows = list(rows)
        return self._with(
            array("I", [self.codes[row] for row in rows]),
            array("d", [self.times[row] for row in rows]),
            bytearray([self.types[row] for row in rows]),
            array("Q", [self.sizes[row] for row in rows]),
            [self.payloads[row] for row in rows],
        )

    def _with(
        self,
        codes: "array[int]",
        times: "array[float]",
        types: bytearray,
        sizes: "array[int]",
        payloads: list[bytes],
    ) -> "Columns":
        """Rows that are taken from these: names that they don't use are left out."""
        before, names = self.ids, _Codes()
        new = {code: names[before[code]] for code in dict.fromkeys(codes)}
        renamed = array("I", [new[code] for code in codes])
        return Columns(names, renamed, times, types, sizes, payloads)


def _what_is_wrong(messages: Sequence[object], error: Exception) -> str:
    for what in messages:
        if not isinstance(what, Message):
            return (
                f"expected messages, got {type(what).__name__}; collect the stream of "
                "messages and decode afterwards, with to_polars(json=True), or take "
                "anything else with `await stream.pipe(rx.to_list())`"
            )
        if type(what.payload) is not bytes:
            kind = type(what.payload).__name__
            return f"a message of {shown(what.id)} has a payload of {kind}, not bytes"
    return f"a message isn't made as one should be: {error}"
