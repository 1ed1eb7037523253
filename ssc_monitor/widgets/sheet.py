"""`Sheet`: a widget made of lines, of which only those that changed are painted again.

Textual's own table and log can't hold a firehose, as they do work for every row or every
message. A sheet makes the lines in view from the model, compares them with those
on the screen, and refreshes the difference.
"""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ssc_monitor.model.visible import visible
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.line import Ground, Line, Span, StyleName, fill, joined

__all__ = ["Sheet"]


class Sheet(Widget):
    """Lines of styled text.

    A subclass gives `lines()`; whoever owns the sheet calls `repaint()` when what they
    are made from may have changed. The styles are the screen's component classes: one
    set for all sheets, as Textual looks at each whenever a focus or a class changes.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._strips: list[Strip] = []
        self._painted = (0, 0)
        self._palette: dict[tuple[StyleName, Ground], Style] = {}

    def lines(self, width: int, height: int) -> list[Line]:
        """The lines in view, at most `height`; each is cut or padded to `width` cells."""
        raise NotImplementedError

    def repaint(self) -> bool:
        """Make the lines again and refresh those that changed; whether any did."""
        width, height = self.size
        if not width or not height or not self.display:
            return False
        same_size = self._painted == (width, height)
        changed = self._make(width, height)
        if not changed:
            return False
        if not same_size or len(changed) >= height:
            self.refresh()
        else:
            self.refresh(*_regions(changed, width))
        return True

    def _make(self, width: int, height: int) -> list[int]:
        """Make the strips; returns which lines changed."""
        known = 0
        if self._painted == (width, height):
            known = len(self._lines)
        before, strips = self._lines, self._strips
        lines = self.lines(width, height)[:height]
        made: list[Strip] = []
        changed: list[int] = []
        for y, line in enumerate(lines):
            if y < known and line == before[y]:
                made.append(strips[y])
            else:
                made.append(self._strip(line, width))
                changed.append(y)
        changed.extend(range(len(lines), known))
        self._lines, self._strips, self._painted = lines, made, (width, height)
        return changed

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self._painted != (width, height):
            self._make(width, height)
        if y < len(self._strips):
            return self._strips[y]
        return self._strip(Line(()), width)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette.clear()
        self._painted = (0, 0)

    def _strip(self, line: Line, width: int) -> Strip:
        ground = line.ground
        style = self._style
        # What is remote is visible long since; that none is forgotten is seen to here.
        spans: Sequence[Span] = [
            (text if text.isprintable() else visible(text), name)
            for text, name in line.spans
        ]
        if self.app.has_class("-ascii"):  # pyright: ignore[reportUnknownMemberType]
            spans = fill([(to_ascii(text), name) for text, name in spans], width)
            spans = [(to_ascii(text), name) for text, name in spans]  # where it was cut
        merged = joined(fill(spans, width))
        return Strip(
            [Segment(text, style(name, ground)) for text, name in merged], width
        )

    def _style(self, name: StyleName, ground: Ground) -> Style:
        if name in ("frame", "lit"):  # a frame goes through
            ground = "bar" if ground == "bar" else ""
        key = (name, ground)
        style = self._palette.get(key)
        if style is None:
            style = self.screen.get_component_rich_style(f"line--{name}")
            if ground:
                below = self.screen.get_component_rich_style(f"line--{ground}")
                style += Style(bgcolor=below.bgcolor, bold=below.bold)
            self._palette[key] = style
        return style


def _regions(rows: list[int], width: int) -> list[Region]:
    """Rows in ascending order as regions, neighbours in one."""
    regions: list[Region] = []
    start = end = rows[0]
    for y in [*rows[1:], -1]:
        if y == end + 1:
            end = y
            continue
        regions.append(Region(0, start, width, end - start + 1))
        start = end = y
    return regions
