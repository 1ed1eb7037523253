"""Regular expressions that can't freeze the viewer.

Python's engine goes back to try every other way to match, and a payload may be made so
that there are very many. So a pattern is looked over first: it may not leave more than a
few hundred thousand ways on the few characters that it is applied to.
"""

import re
import warnings
from importlib import import_module
from typing import Any

__all__ = ["MAX_PATTERN", "MAX_SEARCHED", "PatternError", "compile_pattern"]

MAX_PATTERN = 200
"""How many characters a pattern may have."""
MAX_SEARCHED = 256
"""How many characters of a payload it is applied to."""

# Two repeats without an end that touch each other: a tenth of a second on the worst of
# payloads, and less than a millisecond on those that nobody made for it.
_MAX_WAYS = 2**17

_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_SINGLES = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY", "RANGE"}
# What tells whether two sets of characters have one in common.
_SAMPLE = "".join(map(chr, range(0x250)))

_parser: Any = import_module("re._parser")
_compiler: Any = import_module("re._compiler")


class PatternError(ValueError):
    """A regular expression that can't be used; the text says why."""


def compile_pattern(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a pattern that is cheap on any text of `MAX_SEARCHED` characters.

    Raises:
        PatternError: If it is no regular expression, or could take too long.
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"it may have {MAX_PATTERN} characters, not {len(pattern)}")
    flags = re.IGNORECASE if ignore_case else re.NOFLAG
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parser.parse(pattern, flags)
            if _ways(parsed, flags, top=True) > _MAX_WAYS:
                raise PatternError(
                    "too many repeats (* + ? {…}) that can share out the same text in "
                    "other ways; split it into two expressions"
                )
            return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from error


def _ways(items: Any, flags: int, *, top: bool = False) -> int:
    """In how many ways at most these match one and the same text.

    Args:
        items: What follows one another.
        flags: Those of the whole pattern.
        top: Whether they are all of it.
    """
    ways = 1
    found: list[Any] = [None, *items, None]
    for i, (operation, value) in enumerate(items, 1):
        name, before, after = str(operation), found[i - 1], found[i + 1]
        if name in _REPEATS:
            ways *= _ways_to_repeat(value, flags, before, after, top)
        elif name == "BRANCH":
            ways *= sum(_ways(branch, flags) for branch in value[1])
        else:  # groups and assertions hold what is in them, at any place
            for item in _inner(value):
                if isinstance(item, _parser.SubPattern):
                    ways *= _ways(item, flags)
        if ways > _MAX_WAYS:
            break
    return ways


def _inner(value: Any) -> tuple[Any, ...]:
    return value if type(value) is tuple else (value,)  # pyright: ignore[reportUnknownVariableType]


def _ways_to_repeat(value: Any, flags: int, before: Any, after: Any, top: bool) -> int:
    body = value[2]
    least, most = (min(int(times), MAX_SEARCHED) for times in value[:2])
    inside = _ways(body, flags)
    if inside > 1 and most > 1 and least != most:
        raise PatternError(
            "a repeat or a choice inside a repeat, as in (a+)+, can take for ever; "
            "write it without the outer or the inner one"
        )
    if least == most:
        return int(min(inside**most, _MAX_WAYS + 1))
    if len(body) == 1 and top:
        # Where a run of such characters begins and ends is then fixed by the text.
        begins = before is None or _apart(before, body[0], flags)
        if after is None or (begins and _apart(body[0], after, flags)):
            return inside
    return inside * (most - least + 1)


def _apart(one: Any, other: Any, flags: int) -> bool:
    """Whether each of them takes a character, and never the same one."""
    sets: list[set[str]] = []
    for operation, value in (one, other):
        name, single = str(operation), (operation, value)
        if name in _REPEATS and value[0] >= 1 and len(value[2]) == 1:
            single = value[2][0]
        if str(single[0]) not in _SINGLES:
            return False
        alone = _parser.SubPattern(_parser.State(), [single])
        sets.append(set(_compiler.compile(alone, flags).findall(_SAMPLE)))
    return not sets[0] & sets[1]
