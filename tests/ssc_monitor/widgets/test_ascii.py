"""Text for terminals that know ASCII only."""

import ast
from pathlib import Path

import pytest

from ssc_monitor.widgets.ascii import to_ascii

ROOT = Path(__file__).parents[3] / "ssc_monitor"
OURS = [
    *ROOT.glob("widgets/*.py"),
    *ROOT.glob("screens/*.py"),
    ROOT / "model/figures.py",
]


def texts(path: Path) -> set[str]:
    """Characters of its own that a file's texts hold, beyond ASCII."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    doc = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    return {
        c
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value not in doc
        for c in node.value
        if not c.isascii()
    }


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_mark_of_ours_has_one_in_ascii(path: Path) -> None:
    assert {c for c in texts(path) if "?" in to_ascii(c)} == set()


def test_marks_keep_their_width_and_others_become_question_marks() -> None:
    assert to_ascii("● open ▸ 世界") == "* open > ????"
    assert to_ascii("plain") == "plain"


def test_keys_are_named_and_arrows_alone_are_directions() -> None:
    assert to_ascii("↓ 18/s  ↑ 2/s") == "< 18/s  > 2/s"
    assert to_ascii("⏎ do it   ↑ ↓ choose") == "enter do it   up down choose"
    assert to_ascii("← → 10 s") == "left right 10 s"
    assert to_ascii("shift+←") == "shift+left"


def test_what_stands_behind_a_named_key_stays_in_its_column() -> None:
    assert to_ascii("⏎       open") == "enter   open"
    assert to_ascii(", shift+←    back") == ", shift+left back"
