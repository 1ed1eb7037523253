"""Marble pictures of messages: read, with what their names stand for, and drawn."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from reactivex import Notification
from reactivex.notification import OnCompleted, OnError, OnNext
from reactivex.observable.marbles import parse

from ssc_rx.message import Message

__all__ = ["Marble", "draw", "message_of", "number_or_text", "read", "stand_for"]

_name = re.compile(r"[^-,()#|\s]+")
_id_and_number = re.compile(r"(.*?)(\d*)")


class Marble(NamedTuple):
    """Something emitted.

    Attributes:
        at: When; in characters of the picture, from 0.
        kind: "N" for a value, "C" for completion, "E" for an error.
        value: The value, or the error.
    """

    at: float
    kind: str
    value: Any

    @classmethod
    def of(cls, at: float, notification: Notification[Any]) -> "Marble":
        """Of what reactivex has made of it."""
        if isinstance(notification, OnNext):
            return cls(at, "N", notification.value)
        if isinstance(notification, OnError):
            return cls(at, "E", notification.exception)
        return cls(at, "C", None)

    @property
    def notification(self) -> Notification[Any]:
        """What reactivex makes of it."""
        if self.kind == "N":
            return OnNext(self.value)
        return OnError(self.value) if self.kind == "E" else OnCompleted()


def message_of(name: str) -> Message:
    """What a name stands for that nothing else is said of: `x1` is "1" of the ID "x"."""
    match = _id_and_number.fullmatch(name)
    assert match is not None
    return Message.of(match[1], match[2])


def number_or_text(name: str) -> Any:
    """A name as reactivex's parser takes it, where it is in no lookup."""
    for number in (int, float):
        try:
            return number(name)
        except ValueError:
            pass
    return name


def stand_for(
    picture: str, given: Mapping[str, Any], default: Callable[[str], Any]
) -> dict[str, Any]:
    """What each name in a picture stands for."""
    names = dict.fromkeys(_name.findall(picture.replace(" ", "")))
    return {name: given[name] if name in given else default(name) for name in names}


def read(picture: str, names: Mapping[str, Any]) -> list[Marble]:
    """The marbles of a picture.

    Raises:
        ValueError: If some come after its end, or a comma is outside of a group.
    """
    lookup = {number_or_text(name): value for name, value in names.items()}
    parsed = parse(picture, timespan=1.0, lookup=lookup, raise_stopped=True)
    return [Marble.of(float(str(at)), what) for at, what in parsed]


def draw(marbles: Sequence[Marble], names: Mapping[str, Any]) -> str | None:
    """A picture of marbles; `None` if there can be none."""
    picture = ""
    times = dict.fromkeys(marble.at for marble in marbles)
    for at in times:
        if at != int(at) or at < len(picture):
            return None
        together = [_name_of(m, names) for m in marbles if m.at == at]
        if None in together:
            return None
        what = ",".join(map(str, together))
        picture = picture.ljust(int(at), "-")
        picture += what if len(together) == 1 else f"({what})"
    return picture


def _name_of(marble: Marble, names: Mapping[str, Any]) -> str | None:
    if marble.kind != "N":
        return {"C": "|", "E": "#"}[marble.kind]
    return next((name for name, v in names.items() if v == marble.value), None)
