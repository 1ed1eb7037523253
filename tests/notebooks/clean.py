"""Bring the notebooks into the form in which they are kept: python -m tests.notebooks.clean

To be run after they were worked on in a front end: it takes out outputs, counts and notes.
"""

import sys

from tests.notebooks.book import BOOKS

__all__ = ["main"]


def main() -> None:
    """Rewrite those that differ, and name them."""
    for book in BOOKS:
        stored = book.stored()
        if book.path.read_text(encoding="utf-8") != stored:
            book.path.write_text(stored, encoding="utf-8")
            sys.stdout.write(f"cleaned {book.path.name}\n")


if __name__ == "__main__":
    main()
