"""Pings for whose pong somebody waits (RFC 6455 section 5.5.3)."""

from typing import Generic, TypeVar

__all__ = ["Echoes"]

W = TypeVar("W")


class Echoes(Generic[W]):
    """The pings of one connection that wait, oldest first; times are loop time in seconds.

    A pong answers the pings before it as well: a peer may answer only the last of several.
    """

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent: dict[bytes, tuple[float, W]] = {}

    def __len__(self) -> int:
        return len(self._sent)

    def sent(self, payload: bytes, now: float, waiter: W) -> None:
        """A ping left; no other one in flight has its payload."""
        self._sent[payload] = now, waiter

    def forget(self, payload: bytes) -> None:
        """Nobody waits for it any more."""
        self._sent.pop(payload, None)

    def answered(self, payload: bytes, now: float) -> list[tuple[W, float]]:
        """Whose wait a pong ended, with the seconds of the round trip."""
        if payload not in self._sent:
            return []
        done: list[tuple[W, float]] = []
        for sent in list(self._sent):
            at, waiter = self._sent.pop(sent)
            done.append((waiter, max(0.0, now - at)))
            if sent == payload:
                break
        return done

    def lost(self) -> list[W]:
        """Those whose pong won't come: the connection is gone."""
        waiters = [waiter for _, waiter in self._sent.values()]
        self._sent.clear()
        return waiters
