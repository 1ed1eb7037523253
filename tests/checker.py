"""Checks that messages are delivered or accounted for, none twice, none out of order.

Whoever sends asks it for the next text of a socket, and whoever receives tells it what
came. `tests/test_checker.py` shows that it notices one message that is dropped,
repeated or swapped. It keeps no messages: what is in order costs no memory.
"""

from collections import defaultdict

__all__ = ["Checker", "Sequence"]


class Sequence:
    """The messages of one direction of one connection or socket, numbered from 1.

    Attributes:
        sent: The number that was sent last.
        received: How many arrived, whatever came twice.
        highest: The highest number that arrived.
    """

    __slots__ = ("_again", "_gaps", "_late", "highest", "received", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.highest = 0
        self._gaps: list[
            range
        ] = []  # numbers that were passed over and didn't come yet
        self._late: list[str] = []
        self._again: defaultdict[int, int] = defaultdict(lambda: 1)

    def arrived(self, number: int) -> bool:
        """Count a message that came; tells whether it was the next one."""
        self.received += 1
        if number == self.highest + 1:
            self.highest = number
            return True
        if number > self.highest:
            self._gaps.append(range(self.highest + 1, number))
            self.highest = number
        elif not self._fills_gap(number):
            self._again[number] += 1
        else:
            self._late.append(f"{number} came after {self.highest}")
        return False

    def _fills_gap(self, number: int) -> bool:
        for n, gap in enumerate(self._gaps):
            if number in gap:
                rest = range(gap.start, number), range(number + 1, gap.stop)
                self._gaps[n : n + 1] = [part for part in rest if part]
                return True
        return False

    def faults(self, *, lost: int = 0, link_lost: bool = False) -> list[str]:
        """What is wrong with it; nothing if all is well.

        Args:
            lost: How many of its messages its sender was told were lost.
            link_lost: Whether its connection broke. What was under way then may be
                missing as well, but only at the end: nothing in the middle.
        """
        found = [
            f"{number} came {times} times" for number, times in self._again.items()
        ]
        found += self._late
        if self.highest > self.sent:
            found.append(f"{self.highest} was never sent")
        inside = [n for gap in self._gaps for n in gap if n <= self.sent]
        at_end = range(self.highest + 1, self.sent + 1)
        missing = len(inside) + len(at_end)
        if missing < lost:
            found.append(f"{lost} were told lost, but {missing} are missing")
        elif link_lost and len(inside) > lost:
            found.append(f"missing before others that came: {inside}")
        elif not link_lost and missing > lost:
            numbers = [*inside, *at_end]
            found.append(f"{missing} missing, {lost} told lost: {numbers}")
        return found


class Checker:
    """Follows the messages of one direction, socket by socket."""

    def __init__(self) -> None:
        self._sequences: defaultdict[str, Sequence] = defaultdict(Sequence)

    def next(self, id: str, padding: int = 0) -> str:
        """The next text to send on a socket, stamped with its number."""
        sequence = self._sequences[id]
        sequence.sent += 1
        return f"{sequence.sent}:{id}:{'.' * padding}"

    def refused(self, id: str) -> None:
        """The text that was given last was not accepted: its number is free again."""
        self._sequences[id].sent -= 1

    def received(self, id: str, text: str) -> None:
        """A text arrived on a socket."""
        number, of, _ = text.split(":", 2)
        assert of == id, f"a message of {of!r} came to {id!r}"
        self._sequences[id].arrived(int(number))

    def sent_on(self, id: str) -> int:
        """How many were sent on a socket."""
        return self._sequences[id].sent

    def received_on(self, id: str) -> int:
        """How many arrived on a socket."""
        return self._sequences[id].received

    def faults(self, id: str, *, lost: int = 0, link_lost: bool = False) -> list[str]:
        """What is wrong with the messages of a socket; see `Sequence.faults`."""
        found = self._sequences[id].faults(lost=lost, link_lost=link_lost)
        return [f"{id}: {fault}" for fault in found]
