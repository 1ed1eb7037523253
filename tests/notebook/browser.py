"""What a browser would make of HTML."""

from collections.abc import Set
from html.parser import HTMLParser

__all__ = ["Outline", "assert_harmless"]

TAGS = {"div", "span", "table", "thead", "tbody", "tr", "th", "td", "b", "bdi", "samp"}


class Outline(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.said = ""
        self.open: list[str] = []
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def assert_harmless(shown: str, more: Set[str] = frozenset()) -> Outline:
    """Nothing in it acts; it has no tags but those of ours, and `more`."""
    outline = Outline(shown)
    assert outline.tags <= TAGS | more
    assert more or outline.attributes <= {"style"}
    assert not any(name.startswith("on") for name in outline.attributes)
    assert outline.open == []
    assert outline.said.isprintable()
    shown.encode()
    return outline
