"""Pictures of what the notebooks talk about, as SVG that is drawn here.

They take the colours of the front end, dark or light, need no library and no network, and
are the same in a saved notebook. For more than these, hand the frame to the plot library
that you like.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Picture", "candles", "lines", "marbles", "shares"]

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 26, 24
COLOURS = ("#3d8bd9", "#d9822b", "#2e9d74", "#a364c9", "#cf5a6b", "#8a8f2e")
"""Of a brightness that is seen on white and on black."""
FONT = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:12px"


class Frame(Protocol):
    """A data frame, of polars or pandas."""

    def __getitem__(self, name: str, /) -> Any: ...


class Picture:
    """A picture, for the end of a cell."""

    def __init__(self, title: str, body: str, height: float = HEIGHT) -> None:
        self.title = title
        self._svg = (
            f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" '
            f'aria-label="{html.escape(title)}" style="max-width:100%;display:block;'
            f'color:var(--jp-ui-font-color1,currentColor);{FONT}" fill="currentColor">'
            f"{body}</svg>"
        )

    def __repr__(self) -> str:
        return f"<Picture of {self.title}>"

    def _repr_html_(self) -> str:
        return self._svg


class Scale:
    """Where values are on the paper."""

    def __init__(self, xs: Iterable[float], ys: Iterable[float]) -> None:
        xs, ys = list(xs) or [0.0], list(ys) or [0.0]
        self.left, self.bottom, self.top = min(xs), min(ys), max(ys)
        self._width = (max(xs) - self.left) or 1.0
        self._height = (self.top - self.bottom) or 1.0

    def x(self, value: float) -> float:
        """From the left edge."""
        share = (value - self.left) / self._width
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """From the upper edge."""
        share = (self.top - value) / self._height
        return TOP + share * (HEIGHT - TOP - BOTTOM)

    def grid(self, unit: str) -> str:
        """Lines across, with what they stand for, and how much time there is."""
        drawn: list[str] = []
        for n in range(5):
            value = self.bottom + (self.top - self.bottom) * n / 4
            y = self.y(value)
            drawn.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
                'stroke="currentColor" stroke-opacity=".15"/>'
                + _text(LEFT - 8, y + 4, f"{value:,.2f}", "end", faint=True)
            )
        drawn.append(_text(LEFT, HEIGHT - 6, "0 s", faint=True))
        drawn.append(
            _text(WIDTH - RIGHT, HEIGHT - 6, f"{self._width:.1f} s", "end", faint=True)
        )
        return "".join(drawn) + _text(LEFT, 14, unit, faint=True)


def lines(frame: Frame, *, x: str, y: str, by: str) -> Picture:
    """A line for each value of the column `by`: `y` over `x`, which are times."""
    series: dict[str, list[tuple[float, float]]] = {}
    columns = (frame[name].to_list() for name in (by, x, y))
    for name, at, value in zip(*columns, strict=True):
        series.setdefault(str(name), []).append((at.timestamp(), value))
    every = [point for points in series.values() for point in points]
    scale = Scale([at for at, _ in every], [value for _, value in every])
    body = [scale.grid(y)]
    for n, name in enumerate(sorted(series)):
        colour = COLOURS[n % len(COLOURS)]
        drawn = " ".join(
            f"{scale.x(at):.1f},{scale.y(v):.1f}" for at, v in series[name]
        )
        body.append(
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" '
            'stroke-width="1.6" stroke-linejoin="round"/>'
            + _legend(WIDTH - RIGHT - 96 * (len(series) - n), name, colour)
        )
    return Picture(f"{y} by {by}", "".join(body))


class Bar(Protocol):
    """What `ops.bars` gives."""

    @property
    def start(self) -> float: ...
    @property
    def open(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def close(self) -> float: ...


def candles(title: str, bars: Sequence[Bar], every: float) -> Picture:
    """Bars of `every` seconds: what rose is blue, what fell is orange."""
    scale = Scale(
        [edge for bar in bars for edge in (bar.start, bar.start + every)],
        [edge for bar in bars for edge in (bar.low, bar.high)],
    )
    body = [scale.grid(title)]
    for bar in bars:
        colour = COLOURS[0] if bar.close >= bar.open else COLOURS[1]
        left, right = scale.x(bar.start), scale.x(bar.start + every)
        upper, lower = (
            scale.y(max(bar.open, bar.close)),
            scale.y(min(bar.open, bar.close)),
        )
        middle, width = (left + right) / 2, (right - left) * 0.6
        body.append(
            f'<g fill="{colour}" stroke="{colour}"><line x1="{middle:.1f}" '
            f'x2="{middle:.1f}" y1="{scale.y(bar.high):.1f}" y2="{scale.y(bar.low):.1f}"/>'
            f'<rect x="{middle - width / 2:.1f}" y="{upper:.1f}" width="{width:.1f}" '
            f'height="{max(1.0, lower - upper):.1f}" rx="1"/></g>'
        )
    return Picture(title, "".join(body))


def shares(title: str, parts: Mapping[str, int]) -> Picture:
    """Parts of a whole, side by side: what became of so many messages."""
    whole = sum(parts.values()) or 1
    body = [_text(0, 14, f"{title}: {whole:,}", faint=True)]
    x = 0.0
    for n, (name, count) in enumerate(parts.items()):
        width = WIDTH * count / whole
        colour = COLOURS[n % len(COLOURS)]
        body.append(
            f'<rect x="{x:.1f}" y="24" width="{max(0.0, width - 2):.1f}" height="26" '
            f'rx="3" fill="{colour}"/>'
            + _legend(WIDTH * n / len(parts), f"{name} {count:,}", colour, y=72)
        )
        x += width
    return Picture(title, "".join(body), 84)


def marbles(*rows: tuple[str, str]) -> Picture:
    """Marble pictures below each other, of names and pictures: `("source", "-a-b|")`."""
    step = (WIDTH - 150) / max(1, *(len(picture) for _, picture in rows))
    names = [name for _, picture in rows for name in _names(picture).values()]
    colours = {
        name: COLOURS[n % len(COLOURS)] for n, name in enumerate(dict.fromkeys(names))
    }
    body: list[str] = []
    for n, (label, picture) in enumerate(rows):
        y = 26 + 44 * n
        end = next((at for at, c in enumerate(picture) if c in "|#"), len(picture))
        body.append(
            _text(0, y + 4, label)
            + f'<line x1="130" x2="{140 + end * step:.1f}" y1="{y}" y2="{y}" '
            'stroke="currentColor" stroke-opacity=".5"/>'
        )
        for at, name in _names(picture).items():
            x = 140 + at * step
            body.append(
                f'<circle cx="{x:.1f}" cy="{y}" r="15" fill="{colours[name]}"/>'
                + _text(x, y + 4, name, "middle", colour="#fff")
            )
        if end < len(picture):
            x, colour = 140 + end * step, "currentColor"
            body.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 14}" y2="{y + 14}" '
                f'stroke="{colour}" stroke-width="2"/>'
            )
    return Picture("marbles", "".join(body), 44 * len(rows) + 10)


def _names(picture: str) -> dict[int, str]:
    return {m.start(): m.group() for m in re.finditer(r"[^-|#(),\s]+", picture)}


def _legend(x: float, name: str, colour: str, y: float = 14) -> str:
    dot = f'<circle cx="{x + 6:.1f}" cy="{y - 4}" r="5" fill="{colour}"/>'
    return dot + _text(x + 16, y, name)


def _text(
    x: float,
    y: float,
    what: str,
    anchor: str = "start",
    *,
    faint: bool = False,
    colour: str = "currentColor",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'opacity="{0.7 if faint else 1}">{html.escape(what)}</text>'
    )
