"""What single arguments can be: whole numbers, times, sizes, speeds, headers."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable

__all__ = [
    "MAX_FPS",
    "MAX_PREVIEW_BYTES",
    "header",
    "seconds",
    "size",
    "speed",
    "whole",
]

MAX_FPS = 60
MAX_PREVIEW_BYTES = 4096

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_SIZES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_AMOUNT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)([a-z]?)", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e]*")


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""
    limits = f"{least} or more" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        # int() takes underscores and the digits of all scripts.
        number = (
            int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
        )
        if number < least or (most is not None and number > most):
            raise ArgumentTypeError(f"{text!r} is no whole number {limits}")
        return number

    return read


def seconds(text: str) -> float:
    """A time."""
    return _amount(text, _UNITS, "time such as 90, 60s, 10m or 2h")


def size(text: str) -> int:
    """A number of bytes, 1 at least."""
    return max(1, int(_amount(text, _SIZES, "size such as 500k, 20m or 1g")))


def speed(text: str) -> float:
    """How many times as fast."""
    return _amount(text.removesuffix("x"), {"": 1}, "speed such as 2 or 0.5")


def header(text: str) -> tuple[str, str]:
    """A header's name and value."""
    name, colon, value = text.partition(":")
    value = value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
        # It may hold a credential: the error doesn't repeat it.
        raise ArgumentTypeError("give it as 'Name: value', in ASCII")
    return name, value


def _amount(text: str, units: dict[str, int], wanted: str) -> float:
    found = _AMOUNT.fullmatch(text.lower())
    if found is None or found[2] not in units or float(found[1]) <= 0:
        raise ArgumentTypeError(f"{text!r} is no {wanted}")
    return float(found[1]) * units[found[2]]
