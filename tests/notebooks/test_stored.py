"""The notebooks as they are kept: small, readable, the same for everybody."""

import re
import tempfile
from pathlib import Path

import pytest

from tests.notebooks.book import BOOKS, NOTEBOOKS, Book

EACH = pytest.mark.parametrize("book", BOOKS, ids=repr)
MAX_LINES = 16
"""Of a cell: what one sees at a look."""
MACHINE = (NOTEBOOKS.parent, Path(tempfile.gettempdir()))
"""What differs from one machine to the next."""
LINK = re.compile(r"\]\(([^):]+)\)")


def test_there_are_notebooks_and_they_are_numbered() -> None:
    numbers = [int(book.path.stem.split("_")[0]) for book in BOOKS]
    assert numbers == list(range(1, len(BOOKS) + 1))
    assert numbers


@EACH
def test_it_is_kept_without_outputs_in_one_form(book: Book) -> None:
    assert book.path.read_text(encoding="utf-8") == book.stored(), (
        "after working on it: ./dev python -m tests.notebooks.clean"
    )


@EACH
def test_its_cells_have_names_that_stay(book: Book) -> None:
    ids = [cell["id"] for cell in book.cells]
    assert len(set(ids)) == len(ids)
    for id in ids:
        assert re.fullmatch(r"[a-z][a-z-]{2,39}", id), id


@EACH
def test_it_names_no_machine(book: Book) -> None:
    for path in MACHINE:
        assert f"{path}/" not in book.stored()


@EACH
def test_it_begins_with_a_title_and_ends_with_what_to_try_and_a_check(
    book: Book,
) -> None:
    first, *_, exercises, check = book.cells
    assert "".join(first["source"]).startswith("# ")
    assert "## Try this" in "".join(exercises["source"])
    assert check["id"] == "check"
    assert "assert_nothing_left()" in "".join(check["source"])


@EACH
def test_its_cells_are_short(book: Book) -> None:
    for cell in book.code:
        assert len(cell.code.splitlines()) <= MAX_LINES, cell.id


@EACH
def test_its_links_lead_somewhere(book: Book) -> None:
    for cell in book.cells:
        if cell["cell_type"] == "markdown":
            for link in LINK.findall("".join(cell["source"])):
                assert (NOTEBOOKS / link).exists(), link
