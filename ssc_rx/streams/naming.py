"""What a subscriber is called: the function at the end of its pipe, wherever that is.

reactivex keeps the functions of a pipe in closures and observers of its own. These are
followed down, as far as they are known: a name is worth a look, not a promise.
"""

import functools
import os
from collections.abc import Callable
from types import FunctionType
from typing import Any

from reactivex import abc

__all__ = ["subscriber_name"]

MAX_DEPTH = 64
MAX_NAME = 120

_PIPES = ("reactivex.", "ssc_rx.streams.")
_NEXT = ("on_next", "obv", "observer", "obs")
"""How pipes call what comes after them."""


def subscriber_name(on_next: Callable[..., object]) -> str:
    """The qualified name of the function that gets the values in the end.

    One without a name of its own has the place where it is written; a stream for
    coroutines, and the messages of a group, have theirs.
    """
    here: Any = on_next
    for _ in range(MAX_DEPTH):
        below = _below(here)
        if below is None:
            break
        here = below
    return _named(here)[:MAX_NAME]


def _below(function: Any) -> Any:
    """What a function of a pipe passes values to; `None` if it is none."""
    if isinstance(function, functools.partial):
        return function.func  # pyright: ignore[reportUnknownMemberType]
    owner: Any = getattr(function, "__self__", None)
    if _of_a_pipe(type(owner)) and _is_observer(owner):
        return getattr(owner, "_on_next", None) or getattr(owner, "_on_next_core", None)
    if not isinstance(function, FunctionType) or not _of_a_pipe(function):
        return None
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    kept: dict[str, Any] = {}
    for name, cell in cells:
        try:
            kept[name] = cell.cell_contents
        except ValueError:  # nothing in it yet
            continue
    after = next((kept[name] for name in _NEXT if kept.get(name) is not None), None)
    return getattr(after, "on_next", after)


def _is_observer(thing: Any) -> bool:
    return isinstance(thing, abc.ObserverBase)


def _of_a_pipe(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith(_PIPES)


def _named(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    stream = getattr(owner, "name", None)
    if isinstance(stream, str) and _of_a_pipe(type(owner)):
        return stream
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    if isinstance(function, FunctionType) and function.__name__ == "<lambda>":
        code = function.__code__
        file = os.path.basename(code.co_filename)
        return f"{name} ({file}:{code.co_firstlineno})"
    return str(name)
