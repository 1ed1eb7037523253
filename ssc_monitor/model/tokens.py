"""The filter line cut into its terms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ssc_monitor.model.visible import visible
from ssc_rx.errors import SscError

__all__ = ["FilterError", "Token", "tokens"]


class FilterError(SscError, ValueError):
    """A filter that can't be read; the text says where, and what to write instead.

    Attributes:
        reason: What is wrong, without the place.
        position: Index of the term's first character.
    """

    def __init__(self, reason: str, position: int) -> None:
        self.reason = visible(reason, 300)
        self.position = position
        super().__init__(f"{self.reason} (character {position + 1})")


@dataclass(frozen=True, slots=True)
class Token:
    """One term, read but not understood.

    Attributes:
        kind: A "word", a "regex", or the "key" of a term such as type:text.
        key: The name before ":" or before the comparison.
        operator: ":" or one of < <= > >= =; empty unless it has a key.
        values: The alternatives; of a regular expression, the one.
        negated: Whether "!" stands before it.
        ignore_case: Whether an "i" follows the regular expression.
        position: Index of its first character in the filter.
    """

    kind: Literal["word", "regex", "key"]
    values: tuple[str, ...]
    position: int
    negated: bool = False
    key: str = ""
    operator: str = ""
    ignore_case: bool = False


_key = re.compile(r"([A-Za-z_]+)(:|[<>]=?|=)")
# Quotes that hold a whole value; others, as in {"a":"b"}, are part of a word.
_quoted = re.compile(r'"((?:[^"\\]|\\.)*)"(?=[\s|]|$)', re.DOTALL)
_escaped = re.compile(r"\\(.)", re.DOTALL)
_bare = re.compile(r"[^\s|]+")
_regex = re.compile(r"/((?:[^/\\]|\\.|/(?!i?(?:\s|$)))+)/(i?)(?=\s|$)", re.DOTALL)


def tokens(text: str, keys: frozenset[str]) -> Iterator[Token]:
    """The terms of a filter, from left to right.

    Args:
        text: The filter.
        keys: The keys there are; what looks like another one is a word.

    Raises:
        FilterError: If a quote or a regular expression has no end, or a term is empty.
    """
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return
        start = at
        negated = text[at] == "!"
        if negated:
            at += 1
        token, at = _token(text, at, start, negated, keys)
        yield token


def _token(
    text: str, at: int, start: int, negated: bool, keys: frozenset[str]
) -> tuple[Token, int]:
    if text.startswith("/", at):
        found = _regex.match(text, at)
        if found is None:
            raise FilterError(
                "a regular expression ends with /, as in /re/; "
                'to look for a text that begins with /, quote it: "/text"',
                start,
            )
        ignore_case = bool(found[2])
        token = Token(
            "regex", (found[1],), start, negated=negated, ignore_case=ignore_case
        )
        return token, found.end()
    key = _key.match(text, at)
    if key is not None and key[1].lower() in keys:
        values, at = _values(text, key.end(), start, key[0])
        name = key[1].lower()
        return Token("key", values, start, negated, name, key[2]), at
    values, at = _values(text, at, start)
    return Token("word", values, start, negated), at


def _values(
    text: str, at: int, start: int, key: str = ""
) -> tuple[tuple[str, ...], int]:
    """Alternatives up to the next space outside of quotes, and where that is."""
    values: list[str] = []
    while True:
        found = _quoted.match(text, at)
        if found is not None:
            values.append(_escaped.sub(r"\1", found[1]))
        else:
            found = _bare.match(text, at)
            if found is None:
                raise FilterError(
                    f"what is to follow {key} is missing"
                    if key
                    else 'something is missing; to look for | or !, quote it: "|"',
                    start,
                )
            if found[0].startswith('"') and found[0].count('"') == 1:
                raise FilterError('a quote has no end; write "some words"', start)
            values.append(found[0])
        at = found.end()
        if not values[-1]:
            raise FilterError("an empty text matches everything; leave it out", start)
        if not text.startswith("|", at):
            return tuple(values), at
        at += 1
