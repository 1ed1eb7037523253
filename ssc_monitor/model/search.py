"""`Search`: a text or an expression that is looked for, and jumped to. Pure."""

import re
from collections.abc import Callable

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.patterns import MAX_SEARCHED, PatternError, compile_pattern
from ssc_monitor.model.visible import visible_bytes
from ssc_rx.errors import SscError

__all__ = ["Search", "SearchError", "Walk"]

MAX_PLAIN = 4096
"""How many characters of a line a plain text is looked for in."""

_REGEX = re.compile(r"/(.+)/(i?)", re.DOTALL)


class SearchError(SscError, ValueError):
    """A text that can't be looked for; says why."""


class Search:
    """What to look for: a text, whatever the case, or `/re/` or `/re/i`.

    Args:
        text: As it was typed.

    Raises:
        SearchError: If it is empty, or an expression that can't be used.
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise SearchError("write what to look for")
        self.text = text
        self._raw = b""
        if found := _REGEX.fullmatch(text):
            try:
                self._pattern = compile_pattern(found[1], ignore_case=bool(found[2]))
            except PatternError as error:
                raise SearchError(f"this expression can't be used: {error}") from error
            self._most = MAX_SEARCHED
        else:
            self._pattern = re.compile(re.escape(text), re.IGNORECASE)
            self._most = MAX_PLAIN
            if text.isascii() and text.isprintable():
                self._raw = text.lower().encode()

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where it is in a visible text: beginnings and ends."""
        found = self._pattern.finditer(text[: self._most])
        return [match.span() for match in found if match.end() > match.start()]

    def in_text(self, text: str) -> bool:
        """Whether it is in a visible text."""
        return self._pattern.search(text[: self._most]) is not None

    def in_entry(self, entry: Entry) -> bool:
        """Whether it is in what is known of a message: its ID or its preview."""
        if self._raw and entry.preview.isascii():
            # What is visible of ASCII differs in control characters only.
            raw = self._raw in entry.preview.lower()
            return raw or self.in_text(entry.id)
        return self.in_text(visible_bytes(entry.preview, MAX_PLAIN)) or self.in_text(
            entry.id
        )


class Walk:
    """A search that goes from line to line, in either direction, once around.

    It is taken up again and again, a little at a time: a costly expression doesn't
    keep the screen from being painted.

    Args:
        start: The line before the first that is looked at, in the direction of `step`.
        step: 1 or -1.

    Attributes:
        wrapped: Whether it went on at the other end.
        over: Whether it came around without finding anything.
    """

    def __init__(self, start: int, step: int) -> None:
        self.step = step
        self.wrapped = self.over = False
        self._start = self._at = start

    def go(
        self,
        first: int,
        end: int,
        test: Callable[[int], bool],
        more: Callable[[], bool],
    ) -> int | None:
        """The line that was found; `None` if it isn't yet, or `over`.

        Args:
            first, end: Which lines there are now.
            test: Whether it is in a line.
            more: Whether there is time to look at more lines.
        """
        step = self.step
        while True:
            at = self._at + step
            if not first <= at < end:
                if self.wrapped or first >= end:
                    self.over = True
                    return None
                self.wrapped = True
                at = first if step > 0 else end - 1
            self._at = at
            if test(at):
                return at
            if self.wrapped and (at - self._start) * step >= 0:
                self.over = True
                return None
            if not more():
                return None
