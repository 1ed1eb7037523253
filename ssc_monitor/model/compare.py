"""What the value of a filter's term is compared with, and how."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import ParamSpec

__all__ = ["COMPARISONS", "all_of", "any_of", "quantity", "text_test", "value_test"]

P = ParamSpec("P")

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}

_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_quantity = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)([kKmMgG]?)[bB]?")


def any_of(tests: Sequence[Callable[P, bool]]) -> Callable[P, bool]:
    """Whether one of some tests passes; there has to be one."""
    return reduce(_either, tests)


def all_of(tests: Sequence[Callable[P, bool]]) -> Callable[P, bool]:
    """Whether all of some tests pass; there has to be one."""
    return reduce(_both, tests)


def quantity(text: str) -> float | None:
    """A number such as 100, 1.5k, 2M or 64kB; `None` if it is none."""
    found = _quantity.fullmatch(text)
    return float(found[1]) * _UNITS[found[2].lower()] if found else None


def text_test(wanted: str, *, contains: bool) -> Callable[[str], bool]:
    """Whether a text is the one wanted, in which `*` stands for anything.

    Args:
        wanted: The text; both are to be of the same case.
        contains: Whether it may be a part, if there is no `*` in it.
    """
    if "*" not in wanted:
        return lambda text: wanted in text if contains else wanted == text
    first, *middle, last = wanted.split("*")

    def matches(text: str) -> bool:
        if not text.startswith(first):
            return False
        at = len(first)
        for part in middle:
            at = text.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return text.endswith(last) and len(text) - len(last) >= at

    return matches


def value_test(wanted: str) -> Callable[[str | float], bool]:
    """Whether a text, or a number, is the one wanted."""
    matches = text_test(wanted, contains=False)
    try:
        number = float(wanted)
    except ValueError:
        return lambda value: isinstance(value, str) and matches(value)
    return lambda value: matches(value) if isinstance(value, str) else value == number


def _either(one: Callable[P, bool], other: Callable[P, bool]) -> Callable[P, bool]:
    return lambda *args, **kwargs: one(*args, **kwargs) or other(*args, **kwargs)


def _both(one: Callable[P, bool], other: Callable[P, bool]) -> Callable[P, bool]:
    return lambda *args, **kwargs: one(*args, **kwargs) and other(*args, **kwargs)
