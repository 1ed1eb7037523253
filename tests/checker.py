"""Checks that messages are delivered or accounted for, none twice, none out of order.

Whoever sends asks it for the next text of a socket, and whoever receives tells it what
came. `tests/test_checker.py` shows that it notices one message that is dropped,
repeated or swapped.
"""

from collections import Counter, defaultdict

__all__ = ["Checker"]


class Checker:
    """Follows the messages of one direction, socket by socket."""

    def __init__(self) -> None:
        self._sent: Counter[str] = Counter()
        self._received: defaultdict[str, list[int]] = defaultdict(list)

    def next(self, id: str, padding: int = 0) -> str:
        """The next text to send on a socket, stamped with its number."""
        self._sent[id] += 1
        return f"{self._sent[id]}:{id}:{'.' * padding}"

    def refused(self, id: str) -> None:
        """The text that was given last was not accepted: its number is free again."""
        self._sent[id] -= 1

    def received(self, id: str, text: str) -> None:
        """A text arrived on a socket."""
        number, of, _ = text.split(":", 2)
        assert of == id, f"a message of {of!r} came to {id!r}"
        self._received[id].append(int(number))

    def sent_on(self, id: str) -> int:
        """How many were sent on a socket."""
        return self._sent[id]

    def received_on(self, id: str) -> int:
        """How many arrived on a socket."""
        return len(self._received[id])

    def faults(self, id: str, *, lost: int = 0, link_lost: bool = False) -> list[str]:
        """What is wrong with the messages of a socket; nothing if all is well.

        Args:
            id: The socket.
            lost: How many of its messages its sender was told were lost.
            link_lost: Whether its connection broke. What was under way then may be
                missing as well, but only at the end: nothing in the middle.
        """
        numbers = self._received[id]
        found = [
            f"{id}: {number} came {times} times"
            for number, times in Counter(numbers).items()
            if times > 1
        ]
        highest = 0
        for number in numbers:
            if number < highest:
                found.append(f"{id}: {number} came after {highest}")
            highest = max(highest, number)
        arrived = set(numbers)
        found += [f"{id}: {n} was never sent" for n in arrived if n > self._sent[id]]
        missing = [n for n in range(1, self._sent[id] + 1) if n not in arrived]
        inside = [n for n in missing if n < highest]
        if len(missing) < lost:
            found.append(f"{id}: {lost} were told lost, but {len(missing)} are missing")
        elif link_lost and len(inside) > lost:
            found.append(f"{id}: missing before others that came: {inside}")
        elif not link_lost and len(missing) > lost:
            found.append(f"{id}: {len(missing)} missing, {lost} told lost: {missing}")
        return found
