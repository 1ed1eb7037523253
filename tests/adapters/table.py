"""The tables of docs/servers.md, made of what the conformance suite holds servers to.

`python -m tests.adapters.table` writes them into the page.
"""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.adapters.checks import CHECKS
from tests.adapters.rows import ROWS, Row

PAGE = Path(__file__).parents[2] / "docs" / "servers.md"
BEGIN, END = "<!-- made by tests/adapters/table.py -->\n", "<!-- until here -->\n"
VERSIONS = "Seen with "
_PACKAGES = (
    "uvicorn",
    "hypercorn",
    "daphne",
    "aiohttp",
    "websockets",
    "wsproto",
    "starlette",
    "fastapi",
    "litestar",
    "channels",
    "quart",
)


def main() -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + tables() + END + after)


def tables() -> str:
    """The part of the page between its two marks."""
    notes = _Notes()
    seen = [("what happens", "what is promised", "where it is otherwise")]
    for name, check in CHECKS.items():
        seen.append((check.title, check.promised, _otherwise(name, notes)))
    ends = [("server", "a client that listens", "one that talks", "why")]
    for label, row in _by_end():
        ends.append(
            (label, row.sigterm.listening, row.sigterm.talking, row.sigterm.why)
        )
    return (
        f"\n{_markdown(seen)}\n{notes}\nThe close codes that clients see when the server "
        f"is told to end (SIGTERM) while the pool writes to all of them:\n\n"
        f"{_markdown(ends)}\n{_versions()}\n"
    )


def without_versions(text: str) -> str:
    """What is the same on every machine."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.startswith(VERSIONS))


class _Notes:
    """The reasons, each once, by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, why: str) -> int:
        return self._numbers.setdefault(why, len(self._numbers) + 1)

    def __str__(self) -> str:
        return "".join(
            f"{n}. {why[0].upper()}{why[1:]}.\n" for why, n in self._numbers.items()
        )


def _otherwise(check: str, notes: _Notes) -> str:
    """Who does not as promised, those together that do the same."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in ROWS.values():
        if (found := row.otherwise.get(check)) is not None:
            groups.setdefault((found.seen, found.why), []).append(row)
    return "; ".join(
        f"{_label(rows)}: **{seen}** ({notes.number(why)})"
        for (seen, why), rows in groups.items()
    )


def _by_end() -> Iterable[tuple[str, Row]]:
    groups: dict[object, list[Row]] = {}
    for row in ROWS.values():
        groups.setdefault(row.sigterm, []).append(row)
    for rows in groups.values():
        yield _label(rows), rows[0]


def _label(rows: Sequence[Row]) -> str:
    """The servers' names, with as little beside them as tells which rows are meant."""
    frameworks: dict[str, list[str]] = {}
    for row in rows:
        of_server = [r for r in ROWS.values() if _server(r) == _server(row)]
        alike = [r for r in of_server if r.framework == row.framework]
        if all(r in rows for r in of_server):
            frameworks.setdefault(_server(row), [])
        elif all(r in rows for r in alike):
            frameworks.setdefault(_server(row), []).append(row.framework)
        else:
            frameworks.setdefault(row.server, []).append(row.framework)
    return ", ".join(
        f"{server} with {'/'.join(dict.fromkeys(names))}" if names else server
        for server, names in frameworks.items()
    )


def _server(row: Row) -> str:
    return row.server.partition(" (")[0]


def _markdown(rows: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |".replace("  ", " ") for cells in rows]
    columns = lines[0].count("|") - 1
    return "\n".join([lines[0], "|" + "---|" * columns, *lines[1:]]) + "\n"


def _versions() -> str:
    installed = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"{VERSIONS}{installed}."


if __name__ == "__main__":
    main()
