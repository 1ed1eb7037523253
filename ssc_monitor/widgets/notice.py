"""The notice: feeds that were given up, and what is wrong with a recording."""

from ssc_monitor.feed import Feed
from ssc_monitor.model.visible import fit, wrap
from ssc_monitor.widgets.line import Line
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["Notice", "notice"]

MOST = 3
"""How many of them are told of."""
LINES_EACH = 3


class Notice(Sheet):
    """As high as what it says; it isn't displayed while there is nothing to say."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(id="notice")
        self._feed = feed

    def lines(self, width: int, height: int) -> list[Line]:
        return notice(self._feed, width)


def notice(feed: Feed, width: int) -> list[Line]:
    """What has to be said: why there is no hope, and what to do."""
    texts = [lost.text for lost in feed.given_up.values()]
    if feed.transport is not None and feed.transport.damage is not None:
        texts.insert(0, f"{feed.source.name}: {feed.transport.damage}")
    lines: list[Line] = []
    for text in texts[:MOST]:
        first, *rest = wrap(text, max(12, width - 4), words=True)
        if len(rest) >= LINES_EACH:
            rest[LINES_EACH - 2 :] = [fit("".join(rest[LINES_EACH - 2 :]), width - 4)]
        lines.append(Line(((" × ", "bad"), (first, "warn")), "bar"))
        lines += [Line((("   ", "plain"), (more, "warn")), "bar") for more in rest]
    if len(texts) > MOST:
        more = f"   and {len(texts) - MOST:,} more"
        lines.append(Line(((more, "warn"),), "bar"))
    return lines
