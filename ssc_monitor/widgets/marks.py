"""What was searched for, marked in the lines of a pane. Pure."""

from collections.abc import Callable
from itertools import pairwise

from ssc_monitor.model.search import Search
from ssc_monitor.widgets.line import Line, Span

__all__ = ["Marks", "marked"]


class Marks:
    """Marks lines, and remembers those in view: an expression may cost something.

    Args:
        search: What is marked.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._known: dict[Line, Line] = {}

    def mark(self, lines: list[Line], more: Callable[[], bool]) -> list[Line]:
        """The lines with marks; without, as soon as there is no more time."""
        known, self._known = self._known, {}
        done: list[Line] = []
        for line in lines:
            found = known.get(line)
            if found is None and not more():
                done.append(line)
                continue
            self._known[line] = found = found or marked(line, self._search)
            done.append(found)
        return done


def marked(line: Line, search: Search) -> Line:
    """The line with a mark wherever the search is, be it across spans or in one."""
    places = set(search.places(line.text))
    start = 0
    for text, _ in line.spans:
        places.update((start + a, start + b) for a, b in search.places(text))
        start += len(text)
    if not places:
        return line
    cuts = sorted({0, start, *(edge for place in places for edge in place)})
    spans: list[Span] = []
    at = 0
    for text, style in line.spans:
        end = at + len(text)
        edges = [at, *(cut for cut in cuts if at < cut < end), end]
        for a, b in pairwise(edges):
            hit = any(begin <= a and b <= stop for begin, stop in places)
            spans.append((text[a - at : b - at], "match" if hit else style))
        at = end
    return Line(tuple(spans), line.ground)
