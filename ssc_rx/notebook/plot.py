"""A line as inline SVG, in the colour of the text around it."""

from collections.abc import Sequence

from ssc_rx.notebook.markup import Html

__all__ = ["line_plot"]

WIDTH, HEIGHT = 480, 72


def line_plot(values: Sequence[float], points: int) -> Html:
    """The last of `points` values to the right, from 0 up to the greatest.

    Args:
        values: At most `points`; what isn't there yet is left free.
        points: How many there is room for.
    """
    top = max(values, default=0.0) or 1.0
    step = WIDTH / max(1, points - 1)
    begin = WIDTH - step * (len(values) - 1)
    line = " ".join(
        f"{begin + step * n:.1f},{HEIGHT - value / top * (HEIGHT - 2):.1f}"
        for n, value in enumerate(values)
    )
    ground = f"{begin:.1f},{HEIGHT} {line} {WIDTH},{HEIGHT}"
    return Html(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'style="max-width:100%;display:block;color:var(--jp-brand-color1, currentColor)">'
        f'<line x1="0" y1="{HEIGHT - 0.5}" x2="{WIDTH}" y2="{HEIGHT - 0.5}" '
        'stroke="rgb(128,128,128)" stroke-opacity=".4"/>'
        f'<polygon points="{ground}" fill="currentColor" fill-opacity=".15"/>'
        f'<polyline points="{line}" fill="none" stroke="currentColor" '
        'stroke-width="1.5" stroke-linejoin="round"/></svg>'
    )
