"""The list of warnings: what is wrong, since when, and what to do about it."""

from collections.abc import Sequence

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model.search import Search
from ssc_monitor.model.visible import wrap
from ssc_monitor.model.warnings.rule import Finding
from ssc_monitor.widgets.line import Line, Span, StyleName, tail
from ssc_monitor.widgets.pane import Pane

__all__ = ["WarningList"]

_Key = tuple[str, int, float]


class WarningList(Pane):
    """The warnings there are, the latest on top.

    The cursor is on a warning, not on a line: it goes where its warning goes.
    """

    def __init__(self, feed: Feed, clock: Clock, *, id: str = "warnings") -> None:
        super().__init__(joined=True, id=id)
        self._feed = feed
        self._clock = clock
        self._cursor: _Key | None = None
        self._at = 0
        self._top = 0
        self._made: tuple[object, ...] = ()
        self._lines_of: list[list[Line]] = []

    @property
    def selected(self) -> Finding | None:
        """The warning under the cursor; without a cursor the latest."""
        findings = self._findings
        return findings[self._place()] if findings else None

    def release(self) -> None:
        """Take the cursor away and go to the top."""
        self._cursor, self._at, self._top = None, 0, 0

    @property
    def _findings(self) -> Sequence[Finding]:
        return self._feed.lookout.findings[::-1]

    def _place(self) -> int:
        findings = self._findings
        if self._cursor is not None:
            keys = [_key(finding) for finding in findings]
            if self._cursor in keys:
                self._at = keys.index(self._cursor)
        return max(0, min(self._at, len(findings) - 1))

    # Moving

    def move(self, lines: int) -> None:
        findings = self._findings
        if not findings:
            return
        at = self._place() + (lines if self._cursor is not None else 0)
        self._at = max(0, min(at, len(findings) - 1))
        self._cursor = _key(findings[self._at])

    def first(self) -> None:
        self.move(-len(self._findings))

    def last(self) -> None:
        if self._cursor is None:
            self.move(0)
        self.move(len(self._findings))

    def point(self, y: int) -> bool:
        line = 0
        for at, lines in enumerate(self._lines_of):
            line += len(lines)
            if self._top + y < line:
                self._at, self._cursor = at, _key(self._findings[at])
                return True
        return False

    def searched(self, step: int) -> tuple[int, int, int]:
        return 0, len(self._findings), self._place()

    def holds(self, search: Search, at: int) -> bool:
        finding = self._findings[at]
        return search.in_text(f"{finding.id} {finding.text} {finding.advice}")

    def jump(self, at: int) -> None:
        self._at, self._cursor = at, _key(self._findings[at])

    # Lines

    def title(self) -> Sequence[Span]:
        lookout = self._feed.lookout
        total = len(lookout.findings) + lookout.suppressed
        return [
            ("Warnings", "title" if self.has_focus else "strong"),
            (f" {total:,}", "warn" if total else "plain"),
        ]

    def note(self) -> Sequence[Span]:
        if more := self._feed.lookout.suppressed:
            return [(f"{more:,} earlier ones not shown", "muted")]
        return []

    def thumb(self) -> tuple[int, int, int]:
        return self._top, self.inner_height, sum(map(len, self._lines_of))

    def body(self, width: int, height: int) -> list[Line]:
        self._prepare(width)
        if not self._lines_of:
            return [Line((("  nothing to warn of", "muted"),))]
        at = self._place()
        before = sum(len(lines) for lines in self._lines_of[:at])
        if self._cursor is not None:
            end = before + len(self._lines_of[at])
            self._top = max(min(self._top, before), end - height)
        shown: list[Line] = []
        for n, lines in enumerate(self._lines_of):
            here = self._cursor is not None and n == at
            shown += [Line(line.spans, "cursor") for line in lines] if here else lines
        self._top = max(0, min(self._top, len(shown) - height))
        return shown[self._top : self._top + height]

    def _prepare(self, width: int) -> None:
        key = (self._feed.lookout.version, width)
        if key != self._made:
            self._made = key
            self._lines_of = [self._lines_for(f, width) for f in self._findings]

    def _lines_for(self, finding: Finding, width: int) -> list[Line]:
        style: StyleName = "muted" if finding.over else "warn"
        time = self._clock.wall(finding.since)[:8]
        name_width = max(8, min(32, width // 4))
        name = tail(finding.id or "the pool", name_width)
        used = len(time) + name_width + 7
        room = max(12, width - used - 1)
        first, *more = wrap(finding.text, room, words=True)
        glyph = "○" if finding.over else "!"
        indent: Span = (" " * used, "plain")
        return [
            Line(
                (
                    (f"  {time} ", "muted"),
                    (f"{glyph} ", style),
                    (f"{name}  ", "muted" if finding.over else "plain"),
                    (first, style),
                )
            ),
            *(Line((indent, (rest, style))) for rest in more),
            *(
                Line((indent, (rest, "muted")))
                for rest in wrap(finding.advice, room, words=True)
            ),
        ]


def _key(finding: Finding) -> _Key:
    return finding.rule, finding.number, finding.since
