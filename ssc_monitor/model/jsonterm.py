"""Looking into JSON payloads, whole ones and the beginnings of others."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

__all__ = ["JsonPath", "read_path"]

MAX_STEPS = 16
"""How many steps a path may have."""

Test = Callable[[str | float], bool]
"""Whether a value is one that is looked for: text in lower case, or a number."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """Where in a JSON payload to look.

    Attributes:
        steps: Names of members; a name that a list is asked for is looked for in each
            of its items, a number may be an index.
    """

    steps: tuple[str, ...]

    def find(self, preview: bytes, whole: bool, test: Test) -> bool:
        """Whether a value there passes a test.

        Args:
            preview: The payload, or its beginning.
            whole: Whether it is all of it. Of a beginning, every member of the name in
                the last step is tried, wherever it is.
            test: Gets texts, numbers, and true, false and null as texts.
        """
        if not self._last_name_in(preview):
            return False
        if whole:
            try:
                value = msgspec.json.decode(preview)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return False
            return any(map(test, _leaves(value, self.steps)))
        return any(map(test, self._loosely(preview)))

    def _last_name_in(self, preview: bytes) -> bool:
        return self.steps[-1].isdigit() or _encoded(self.steps[-1]) in preview

    def _loosely(self, preview: bytes) -> Iterator[str | float]:
        name = re.escape(_encoded(self.steps[-1]))
        member = re.compile(
            rb'"' + name + rb'"\s{0,8}:\s{0,8}(?:("(?:[^"\\]|\\.)*")|([^\s",\[\]{}]+))'
        )
        for found in member.finditer(preview):
            try:
                value = msgspec.json.decode(found[1] or found[2])
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            yield from _leaves(value, ())


def read_path(text: str) -> JsonPath | None:
    """Read a path such as "data.0.s"; `None` if it is none."""
    steps = tuple(text.split("."))
    return JsonPath(steps) if all(steps) and len(steps) <= MAX_STEPS else None


def _encoded(name: str) -> bytes:
    return name.encode(errors="surrogatepass")


def _leaves(value: Any, steps: tuple[str, ...]) -> Iterator[str | float]:
    if isinstance(value, dict):
        if steps and steps[0] in value:
            yield from _leaves(value[steps[0]], steps[1:])
    elif isinstance(value, list):
        items = cast(Sequence[Any], value)
        if not steps:
            for item in items:
                if not isinstance(item, dict | list):
                    yield from _leaves(item, steps)
        elif steps[0].isdigit():
            if len(steps[0]) < 10 and int(steps[0]) < len(items):
                yield from _leaves(items[int(steps[0])], steps[1:])
        else:
            for item in items:
                yield from _leaves(item, steps)
    elif not steps:
        yield _plain(value)


def _plain(value: Any) -> str | float:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.lower() if isinstance(value, str) else value
