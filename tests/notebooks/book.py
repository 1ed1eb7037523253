"""A notebook of the folder: its cells, and the form in which it is kept."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["BOOKS", "NOTEBOOKS", "Book", "CodeCell"]

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"

_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell that runs."""

    id: str
    code: str


class Book:
    """A notebook.

    Attributes:
        path: Where it is.
        content: What is in the file, as JSON.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    def __repr__(self) -> str:
        return self.path.stem

    @property
    def cells(self) -> list[dict[str, Any]]:
        """All cells."""
        return list(self.content["cells"])

    @property
    def code(self) -> list[CodeCell]:
        """Those that run."""
        return [
            CodeCell(cell["id"], "".join(cell["source"]))
            for cell in self.cells
            if cell["cell_type"] == "code"
        ]

    def stored(self) -> str:
        """The file as it is kept: without outputs, counts and what front ends note."""
        cells: list[dict[str, Any]] = []
        for cell in self.cells:
            source = "".join(cell["source"]).strip("\n").splitlines(keepends=True)
            kept = {"cell_type": cell["cell_type"], "id": cell["id"], "metadata": {}}
            if cell["cell_type"] == "code":
                kept = {"execution_count": None, "outputs": [], **kept}
            cells.append(dict(sorted({**kept, "source": source}.items())))
        content = {
            "cells": cells,
            "metadata": _METADATA,
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


BOOKS = [Book(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
