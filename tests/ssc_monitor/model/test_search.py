"""What is looked for, and in which order."""

from collections.abc import Callable

import pytest

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.search import Search, SearchError, Walk


def entry(preview: bytes, id: str = "feed") -> Entry:
    return Entry(1, 0, 1, id, "in", 1, len(preview), 0.0, preview)


@pytest.mark.parametrize(
    ("text", "preview", "found"),
    [
        ("btc", b'{"s":"BTCUSDT"}', True),
        ('"s":"btc', b'{"s":"BTCUSDT"}', True),
        ("two words", b"one, two  words", False),
        ("two words", b"one, two words", True),
        (".*", b"abc", False),
        ("FEED", b"nothing", True),
        ("grüsse", "GRÜSSE".encode(), True),
        ("世界", "Grüße, 世界".encode(), True),
        ("/p.*\\d{5}/", b'{"p":"60000"}', True),
        ("/S/", b"s", False),
        ("/S/i", b"s", True),
        ("/", b"a/b", True),
        ("//", b"a//b", True),
        ("\\x1b", b"\x1b[31m", False),
        ("␛", b"\x1b[31m", True),
        ("x", b"\xff\xfe", False),
    ],
)
def test_it_is_in_the_id_or_in_the_preview(
    text: str, preview: bytes, found: bool
) -> None:
    assert Search(text).in_entry(entry(preview)) is found


@pytest.mark.parametrize("text", ["", "/(/", "/(a+)+b/", "/" + "a" * 300 + "/"])
def test_what_cannot_be_looked_for_says_why(text: str) -> None:
    with pytest.raises(SearchError, match=r"\w+ \w+"):
        Search(text)


def test_places_are_where_it_is() -> None:
    assert Search("ab").places("ab xAB") == [(0, 2), (4, 6)]
    assert Search("/x*/").places("axxb") == [(1, 3)]


def always() -> bool:
    return True


def walked(
    lines: str, start: int, step: int, more: Callable[[], bool] = always
) -> tuple[int | None, bool]:
    walk = Walk(start, step)
    while True:
        at = walk.go(0, len(lines), lambda at: lines[at] == "x", more)
        if at is not None or walk.over:
            return at, walk.wrapped


@pytest.mark.parametrize("more", [lambda: True, lambda: False])
@pytest.mark.parametrize(
    ("lines", "start", "step", "found"),
    [
        ("x.x.x", 0, 1, (2, False)),
        ("x.x.x", 4, 1, (0, True)),
        ("x.x.x", 0, -1, (4, True)),
        ("x.x.x", 5, -1, (4, False)),
        ("x.x.x", -1, 1, (0, False)),
        ("..x..", 2, 1, (2, True)),  # the only one, found again
        ("..x..", 2, -1, (2, True)),
        (".....", 2, 1, (None, True)),
        (".....", 5, -1, (None, True)),
        ("", 0, 1, (None, False)),
    ],
)
def test_a_walk_goes_once_around(
    lines: str,
    start: int,
    step: int,
    found: tuple[int | None, bool],
    more: Callable[[], bool],
) -> None:
    assert walked(lines, start, step, more) == found


def test_a_walk_goes_on_when_lines_are_evicted() -> None:
    walk = Walk(5, -1)
    assert walk.go(0, 10, lambda at: False, lambda: False) is None
    assert walk.go(20, 30, lambda at: at == 25, always) == 25


def test_a_full_ring_is_searched_in_one_walk() -> None:
    entries = [
        entry(b'{"e":"trade","s":"BTCUSDT","p":"%d"}' % n) for n in range(50_000)
    ]
    for text in ("49999", "/49{4}/"):
        search, walk = Search(text), Walk(0, 1)
        found = walk.go(0, 50_000, lambda at, s=search: s.in_entry(entries[at]), always)
        assert found == 49_999, text
