"""The pictures of the screens are what the app shows.

A picture that is to change: `./dev pictures NAME`, and look at it.
"""

import asyncio
import difflib
import html
import re
from pathlib import Path

import pytest

from tests.ssc_monitor.pictures import DIRECTORIES, PICTURES, path_of, picture


@pytest.mark.parametrize("name", PICTURES)
def test_a_screen_looks_as_in_its_picture(name: str, tmp_path: Path) -> None:
    path = path_of(name)
    kept, shown = path.read_text(encoding="utf-8"), asyncio.run(picture(name))
    if kept == shown:
        return
    other = tmp_path / path.name
    other.write_text(shown, encoding="utf-8")
    told = "\n".join(
        difflib.unified_diff(text_of(kept), text_of(shown), lineterm="", n=0)
    )
    pytest.fail(
        f"{path} isn't what the app shows: {other}\n{told or 'only colours differ'}\n"
        f"To keep what it shows: ./dev pictures {name}"
    )


def test_every_picture_is_of_a_screen() -> None:
    kept = {path for directory in DIRECTORIES for path in directory.glob("*.svg")}
    assert kept == {path_of(name) for name in PICTURES}


def text_of(svg: str) -> list[str]:
    """What a picture says, line by line."""
    lines: dict[float, str] = {}
    for y, text in re.findall(r'<text [^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        said = html.unescape(text).replace("\xa0", " ")
        lines[float(y)] = lines.get(float(y), "") + said
    return [lines[y].rstrip() for y in sorted(lines)]
