"""What is broadcast: numbered texts of one size, and whether a peer got just these.

All peers get the same bytes, so that what one reads is compared with a slice of them: a
message that is missing, twice or in another order can't hide, and it costs next to
nothing, however many peers there are.
"""

from collections.abc import Callable

from websockets.frames import Frame, Opcode

__all__ = ["STEP", "Broadcasts", "Listener", "text_of"]

STEP = 8
"""Broadcasts that are written, and acknowledged, in one go."""


def text_of(number: int, size: int) -> str:
    """The text of a broadcast."""
    return f"{number:08d}".ljust(size, ".")


class Broadcasts:
    """The bytes that every healthy peer has to read.

    Args:
        message_bytes: Payload bytes of each.
        listeners: How many healthy peers there are.
        acked: Told when all of them have received so many.
    """

    def __init__(
        self, message_bytes: int, listeners: int, acked: Callable[[int], object]
    ) -> None:
        self._message_bytes = message_bytes
        self._frame_bytes = len(self._frame(1))
        self._listeners = listeners
        self._acked = acked
        self._made = 0
        self._base = 0  # where in the stream the kept part of it begins
        self._kept = bytearray()
        self._passed: dict[int, int] = {}
        self.faults: list[str] = []
        self.received = 0

    def _frame(self, number: int) -> bytes:
        payload = text_of(number, self._message_bytes).encode()
        return Frame(Opcode.TEXT, payload).serialize(mask=False)

    def read(self, name: str, at: int, data: bytes) -> int:
        """A peer read bytes at this place of its stream; gives the next place."""
        end = at + len(data)
        while self._base + len(self._kept) < end:
            self._made += 1
            self._kept += self._frame(self._made)
        if not self._kept.startswith(data, at - self._base):
            self._mismatch(name, at, data)
        step_bytes = self._frame_bytes * STEP
        self.received += end // self._frame_bytes - at // self._frame_bytes
        for step in range(at // step_bytes + 1, end // step_bytes + 1):
            passed = self._passed[step] = self._passed.get(step, 0) + 1
            if passed == self._listeners:
                self._all_passed(step)
        return end

    def _all_passed(self, step: int) -> None:
        del self._passed[step]
        end = step * STEP * self._frame_bytes
        del self._kept[: end - self._base]
        self._base = end
        self._acked(step * STEP)

    def _mismatch(self, name: str, at: int, data: bytes) -> None:
        start = at - self._base
        due = self._kept[start : start + len(data)]
        bad = next(n for n in range(len(data)) if data[n] != due[n])
        number = (at + bad) // self._frame_bytes + 1
        self.faults.append(
            f"{name}: in place of broadcast {number} it read {data[bad : bad + 40]!r}"
        )


class Listener:
    """A healthy peer, after its opening handshake."""

    def __init__(self, name: str, broadcasts: Broadcasts) -> None:
        self._name = name
        self._broadcasts = broadcasts
        self._at = 0

    def read(self, data: bytes) -> None:
        """It read something."""
        self._at = self._broadcasts.read(self._name, self._at, data)

    def lost(self) -> None:
        """Its connection is gone, and should not be."""
        self._broadcasts.faults.append(f"{self._name}: it lost its connection")
