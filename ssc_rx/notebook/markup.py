"""HTML of what peers sent: escaped, bounded, without scripts, for any theme.

The one place where text becomes HTML. Only what these functions made is `Html`; all else
is text, even if it looks like HTML. Nothing has a colour of its own but by variables of
the front end, and styles are inline, so that a saved notebook shows the same.

    table(["id", "messages"], [["feed", 12_403]], total=1)
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from ssc_rx.visible import visible, visible_bytes

__all__ = [
    "MAX_CHARACTERS",
    "MAX_ROWS",
    "Bundle",
    "Html",
    "bundle",
    "card",
    "code",
    "dot",
    "facts",
    "joined",
    "muted",
    "preview",
    "table",
    "text",
]

MAX_ROWS = 50
"""How many rows of a table are shown; it says of how many."""
MAX_CHARACTERS = 120
"""How many characters of one text are shown."""

Bundle = dict[str, str]
"""What `_repr_mimebundle_` returns: a text for each MIME type."""
Tone = str
"""Of a dot: "good", "busy", "bad" or "off"."""

# Half-transparent grey is seen on black as on white.
_LINE = "1px solid #80808059"
_TONES = {
    "good": "var(--jp-success-color1, var(--vscode-testing-iconPassed, #2e9d55))",
    "busy": "var(--jp-warn-color1, var(--vscode-editorWarning-foreground, #d08700))",
    "bad": "var(--jp-error-color1, var(--vscode-errorForeground, #d9473f))",
    "off": "rgba(128,128,128,.8)",
}
# Each cell says it again, as front ends have rules for cells, which those of their table
# don't beat, and no saved notebook may have a style sheet: so it says what it must.
_CELL = "padding:2px 5px;"
_FONT = "font-size:var(--jp-code-font-size, 13px);line-height:1.45;"


class Html(str):
    """HTML that the functions of this module made."""

    __slots__ = ()


def text(value: object, limit: int = MAX_CHARACTERS) -> Html:
    """A text as HTML that shows it, and does nothing else.

    Numbers get their thousands separated, and `None` is a dash. `Html` stays as it is.
    """
    if isinstance(value, Html):
        return value
    if value is None:
        return Html("–")
    if isinstance(value, bool):
        return Html("yes" if value else "no")
    if isinstance(value, int):
        return Html(f"{value:,}")
    if isinstance(value, float):
        return Html(f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}")
    return Html(html.escape(visible(str(value), limit)))


def code(value: object, limit: int = MAX_CHARACTERS) -> Html:
    """The same, in the font of code."""
    # Each is a paragraph of its own for what is written from right to left.
    return Html(
        f'<bdi style="overflow-wrap:anywhere"><samp>{text(value, limit)}</samp></bdi>'
    )


def muted(value: object) -> Html:
    """The same, less loud."""
    return Html(f'<span style="opacity:.65">{text(value)}</span>')


def dot(tone: Tone, label: object) -> Html:
    """A label behind a dot of the colour that the front end has for this tone."""
    return Html(f'<span style="color:{_TONES[tone]}">●</span> {text(label)}')


def preview(payload: bytes, *, binary: bool, limit: int = MAX_CHARACTERS) -> Html:
    """The beginning of a payload: text, or bytes as hex; longer ones say how long."""
    if binary:
        head = payload[: limit // 3]
        shown, cut = code(head.hex(" "), limit), len(payload) > len(head)
    else:
        decoded = visible_bytes(payload, limit)
        shown, cut = code(decoded, limit + 1), decoded.endswith("…")
    size = muted(f"{len(payload):,} bytes")
    return Html(f"{shown}{'…' * (cut and binary)} {size}" if cut or binary else shown)


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    total: int | None = None,
) -> Html:
    """A table of at most `MAX_ROWS` rows.

    Args:
        headings: One for each column.
        rows: Their cells; numbers are put to the right.
        total: How many rows there are, if `rows` may be less than all; a last line says
            how many aren't shown. By default it counts `rows`, if they can be counted.
    """
    if total is None and isinstance(rows, Sequence):
        total = len(rows)
    shown = [list(row) for row in islice(rows, MAX_ROWS)]
    numbers = {
        n
        for row in shown
        for n, value in enumerate(row)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    align = ["right" if n in numbers else "left" for n in range(len(headings))]
    head = "".join(
        f'<th style="{_CELL}text-align:{align[n]};font-weight:600;opacity:.65">'
        f"{text(heading)}</th>"
        for n, heading in enumerate(headings)
    )
    lines = "".join(
        f'<tr style="background:none;border-top:{_LINE}">'
        + "".join(
            f'<td style="{_CELL}text-align:{align[n]}">{text(value)}</td>'
            for n, value in enumerate(row[: len(headings)])
        )
        + "</tr>"
        for row in shown
    )
    left = 0 if total is None else total - len(shown)
    more = muted(f"… and {left:,} more") if left > 0 else ""
    return Html(
        f'<table style="{_FONT}border-collapse:collapse;margin:0;color:inherit">'
        f'<thead><tr style="background:none">{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table>{more}"
    )


def facts(pairs: Mapping[str, object]) -> Html:
    """Names and values, below each other; what is `None` or empty is left out."""
    rows = "".join(
        f'<tr style="background:none"><td style="{_CELL}text-align:left;opacity:.65">'
        f'{text(name)}</td><td style="{_CELL}text-align:left">{text(value)}</td></tr>'
        for name, value in islice(pairs.items(), MAX_ROWS)
        if value is not None and value != ""
    )
    return Html(
        f'<table style="{_FONT}border-collapse:collapse;margin:0;color:inherit">'
        f"<tbody>{rows}</tbody></table>"
    )


def joined(parts: Iterable[object], between: str = " · ") -> Html:
    """Texts in one line; at most `MAX_ROWS` of them."""
    return Html(html.escape(between).join(map(text, islice(parts, MAX_ROWS))))


def card(kind: str, name: object, line: object, *bodies: Html) -> Html:
    """What something is, its name, a line about it, and what belongs below."""
    below = "".join(f'<div style="margin-top:4px">{body}</div>' for body in bodies)
    return Html(
        f'<div style="{_FONT}color:inherit;overflow-x:auto">'
        f"<div>{muted(kind)} <b>{code(name)}</b> {text(line, 4 * MAX_CHARACTERS)}</div>"
        f"{below}</div>"
    )


def bundle(plain: object, shown: Html) -> Bundle:
    """What `_repr_mimebundle_` returns of something: a text, and HTML."""
    return {"text/plain": str(plain), "text/html": shown}
