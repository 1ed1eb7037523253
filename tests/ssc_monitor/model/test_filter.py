import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.filter import MAX_LENGTH, Filter, FilterError
from ssc_monitor.model.sockets import SocketView
from ssc_rx.monitor import wire
from ssc_rx.monitor.sampler import Sampler
from tests.ssc_monitor.hostile import HOSTILE, unfit
from tests.ssc_monitor.model.frames import entry, socket


def matches(text: str, line: Entry, of: SocketView | None = None) -> bool:
    return Filter.parse(text).matches_message(line, of)


def finds(text: str, view: SocketView) -> bool:
    return bool(Filter.parse(text).sockets([view]))


def pushed(text: str) -> wire.Selection:
    return Filter.parse(text).selection()


def parsed(text: str) -> Filter | FilterError:
    try:
        return Filter.parse(text)
    except FilterError as error:
        return error


TRADE = entry(
    b'{"e":"trade","s":"BTCUSDT","p":60000.25}', id="wss://stream.example/btc"
)


# Words


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("", True),
        ("btcusdt", True),
        ("BtcUsdt", True),
        ("stream.example", True),
        ("STREAM", True),
        ("ethusdt", False),
        ("btc trade", True),
        ("btc eth", False),
        ("btc|eth", True),
        ("eth|xrp", False),
        ("!eth", True),
        ("!btc", False),
        ("!eth|xrp", True),
        ('"e":"trade"', True),
        ('{"e":"trade","s"', True),
        ('"trade\\",\\"s"', True),
        ('"a|b"', False),
        ("wss://stream", True),
    ],
)
def test_words_are_in_the_id_or_in_the_payload(text: str, matched: bool) -> None:
    assert matches(text, TRADE) is matched


def test_quoted_words_stay_together() -> None:
    assert matches('"hello world"', entry(b"say Hello World"))
    assert not matches('"hello world"', entry(b"world hello"))
    assert matches('"hello world"|bye', entry(b"bye"))


def test_words_that_are_not_ascii_mind_no_case() -> None:
    assert matches("zürich", entry("ZÜRICH".encode()))
    assert matches("東京", entry("日本東京".encode()))
    assert not matches("zürich", entry(b"z\xff"))
    assert matches("straße", entry("Straße".encode()))


def test_words_about_sockets_are_in_the_id() -> None:
    assert finds("BTC", socket(id="wss://x/btcusdt"))
    assert not finds("BTC", socket(id="wss://x/ethusdt"))
    assert finds("!BTC eth|xrp", socket(id="wss://x/ethusdt"))


# Keys


@pytest.mark.parametrize(
    ("text", "line", "matched"),
    [
        ("dir:in", entry(direction="in"), True),
        ("dir:OUT", entry(direction="in"), False),
        ("!dir:out", entry(direction="in"), True),
        ("DIR:in|out", entry(direction="out"), True),
        ("type:text", entry(type=1), True),
        ("type:binary|ping", entry(type=9), True),
        ("!type:ping|pong", entry(type=10), False),
        ("id:stream", entry(id="my-stream-7"), True),
        ("id:stream*", entry(id="my-stream-7"), False),
        ("id:*stream*", entry(id="my-STREAM-7"), True),
        ("id:my*7", entry(id="my-stream-7"), True),
        ("id:my*8|*7", entry(id="my-stream-7"), True),
        ("id:aa*aa", entry(id="aaa"), False),
        ("size>1k", entry(size=1001), True),
        ("size>1k", entry(size=1000), False),
        ("size>=1kB", entry(size=1000), True),
        ("size<1.5k", entry(size=1499), True),
        ("size<=0.001M", entry(size=1000), True),
        ("size=71", entry(size=71), True),
        ("!size=71", entry(size=71), False),
        ("/tra+de/", entry(b"a traaade"), True),
        ("/TRADE/", entry(b"a trade"), False),
        ("/TRADE/i", entry(b"a trade"), True),
        ("!/trade/", entry(b"a trade"), False),
        ("/a b/ c", entry(b"a b c"), True),
        (r"/a\/b/", entry(b"a/b"), True),
        ("/a/b/", entry(b"a/b"), True),
        ("json:s=BTC", entry(b'{"s":"BTC"}'), True),
        ("json:s=btc|eth", entry(b'{"s":"BTC"}'), True),
        ("json:s=BTC*", entry(b'{"s":"BTCUSDT"}'), True),
        ('json:s="a b"', entry(b'{"s":"a b"}'), False),
        ("json:p>10", entry(b'{"p":10.5}'), True),
        ("json:p>10", entry(b'{"p":"10.5"}'), False),
        ("json:p=1.0", entry(b'{"p":1}'), True),
        ("json:p", entry(b'{"p":null}'), True),
        ("json:q", entry(b'{"p":null}'), False),
        ("json:ok=true", entry(b'{"ok":true}'), True),
    ],
)
def test_terms_about_messages(text: str, line: Entry, matched: bool) -> None:
    assert matches(text, line) is matched


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kind:server", True),
        ("kind:client", False),
        ("state:open", True),
        ("state:OPEN|closing", True),
        ("!state:open", False),
        ("id:feed*", True),
        ("!id:feed*", False),
        ("queued>5", True),
        ("failed>0", False),
        ("rate<1", True),
        ("rate>0.5", False),
        ("kind:server state:open id:feed* queued>=6", True),
        ("kind:server state:closed", False),
    ],
)
def test_terms_about_sockets_hold_for_sockets_and_their_messages(
    text: str, found: bool
) -> None:
    view = socket(id="feed-1", queued=6)
    assert finds(text, view) is found
    assert matches(text, entry(id="feed-1"), view) is found


def test_terms_about_messages_say_nothing_of_sockets() -> None:
    text = "dir:out !dir:in type:ping size>1G /nothing/ json:a=b"
    assert finds(text, socket())


def test_socket_that_is_not_known_has_no_state() -> None:
    assert not matches("state:open", entry(), None)
    assert matches("!state:open", entry(), None)


def test_socket_that_left_is_closed() -> None:
    view = socket()
    view.leave(1.0)
    assert finds("state:closed", view)


# Errors


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("btc !", 4, "missing"),
        ("a|", 0, "missing"),
        ("a b||c", 2, "missing"),
        ("|", 0, "missing"),
        ('a ""', 2, "empty"),
        ('a "never ends', 2, "no end"),
        ("a /never ends", 2, "ends with /"),
        ("dir:up", 0, "in, out, not up"),
        ("x type:txt", 2, "text, binary, ping, pong, not txt"),
        ("kind:x", 0, "server, client"),
        ("state:retry", 0, "opening, open, reconnecting, closing, closed"),
        ("btc state:", 4, "what is to follow state: is missing"),
        ("size>", 0, "what is to follow size> is missing"),
        ("dir>in", 0, "write dir:in or dir:out"),
        ("id=x", 0, "write id:stream*"),
        ("size:1k", 0, "write size>1k"),
        ("size>big", 0, "1.5k or 2M"),
        ("size>1|2", 0, "write size>1k"),
        ("rate>", 0, "missing"),
        ("rate=1_0", 0, "no number"),
        ("stat:open", 0, "state:opening|open|reconnecting|closing|closed"),
        ("sise>1k", 0, "size>1k"),
        ("price>10", 0, "json:price>10"),
        ("json:", 0, "missing"),
        ("json:a..b=1", 0, "names of members"),
        ("json:a|b", 0, "json:s=BTC|ETH"),
        ("json:a>x", 0, "no number"),
        ("/(/", 0, "missing ), unterminated"),
        ("/(a+)+$/", 0, "a repeat or a choice inside a repeat"),
        ("/.*.*.*x/", 0, "split it"),
        (f"/{'a' * 201}/", 0, "may have 200 characters"),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH, "may have 1000 characters"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_a_way_out(
    text: str, position: int, hint: str
) -> None:
    with pytest.raises(FilterError) as caught:
        Filter.parse(text)
    assert caught.value.position == position
    assert hint in str(caught.value)
    assert str(caught.value).endswith(f"(character {position + 1})")


PIECES = [
    *(
        "btc",
        "!",
        "|",
        " ",
        '"',
        "\\",
        "/",
        ":",
        "=",
        "<",
        ">",
        "*",
        "(",
        ")",
        "+",
        "?",
    ),
    *(
        "[",
        "]",
        "{2,}",
        ".",
        "dir:",
        "type:text",
        "id:",
        "kind:",
        "state:open",
        "size>1k",
    ),
    *(
        "rate>",
        "json:a.b",
        "/re/",
        "1e9",
        "9" * 20,
        "\x1b",
        "é",
        "\ud800",
        "(?i)",
        "(?<=a)",
    ),
]
filters = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=12).map(
    "".join
)


@settings(deadline=None)
@given(filters, st.binary(max_size=100))
def test_nothing_but_a_filter_error_is_raised(text: str, preview: bytes) -> None:
    found = parsed(text)
    if isinstance(found, FilterError):
        assert 0 <= found.position <= len(text)
        assert not unfit(str(found))
        return
    found.sockets([socket()])
    found.matches_message(entry(preview), socket())
    found.matches_message(entry(preview, size=5000), None)
    wire.encode(wire.Watch(found.selection()))


@pytest.mark.parametrize(
    "text", [text for _, text in HOSTILE], ids=[n for n, _ in HOSTILE]
)
def test_hostile_text_pasted_into_the_filter_is_harmless(text: str) -> None:
    for pasted in (text, f"type:{text}", f"/{text}/", f'"{text}"', f"json:{text}=1"):
        found = parsed(pasted)
        if isinstance(found, FilterError):
            assert not unfit(str(found))
            assert len(str(found)) < 400
        else:
            found.matches_message(TRADE, None)


# What the source can do


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("", wire.Selection()),
        ("btc Trade", wire.Selection(words=("btc", "trade"))),
        ("!btc eth|xrp é straße", wire.Selection()),
        ("dir:in", wire.Selection(direction="in")),
        ("!dir:in", wire.Selection(direction="out")),
        ("dir:in|out", wire.Selection()),
        ("type:text|ping", wire.Selection(types=(1, 9))),
        ("!type:ping|pong", wire.Selection(types=(1, 2))),
        ("type:text|ping type:ping|pong", wire.Selection(types=(9,))),
        ("size>1k", wire.Selection(min_size=1001)),
        ("size>=1k size<2k", wire.Selection(min_size=1000, max_size=1999)),
        ("!size>1k !size<10", wire.Selection(min_size=10, max_size=1000)),
        ("size=7", wire.Selection(min_size=7, max_size=7)),
        ("size>1.0005k", wire.Selection(min_size=1001)),
        ("size<=1.0005k", wire.Selection(max_size=1000)),
        ("!size=7", wire.Selection()),
        ("id:a kind:server state:open rate>1 /re/", wire.Selection()),
        ("json:a.s=BTCUSDT", wire.Selection(words=('"s"', "btcusdt"))),
        ("json:p=60000", wire.Selection(words=('"p"',))),
        ("json:p>1 json:s=a|b !json:q=x", wire.Selection()),
        ("json:ü=x", wire.Selection(words=("x",))),
    ],
)
def test_what_is_pushed_down(text: str, selection: wire.Selection) -> None:
    assert pushed(text) == selection


@pytest.mark.parametrize("text", ["dir:in dir:out", "type:text !type:text", "size<0"])
def test_what_cannot_match_asks_for_nothing(text: str) -> None:
    sampler = Sampler(pushed(text), ticks_per_s=10, redact=None, clock=lambda: 0.0)
    assert pushed(text).max_size == -1
    assert sampler.flow(1, "a", "in") is not None


TERMS = [
    *("btc", "!btc", "btc|eth", "trade", "dir:in", "dir:out", "!dir:out", "type:text"),
    *("!type:text", "type:binary|ping", "size>20", "size<=20", "!size>20", "size=40"),
    *("json:s=BTC", "json:s", "json:p>1", "/t/", "id:b*", "kind:server"),
]


def wanted_by_source(selection: wire.Selection, line: Entry) -> bool:
    """As the wire's documentation puts it, on a payload that the preview holds whole."""
    text = line.preview.decode(errors="replace").lower()
    return (
        selection.direction in (None, line.direction)
        and (selection.types is None or line.type in selection.types)
        and all(word in text or word in line.id.lower() for word in selection.words)
        and line.size >= selection.min_size
        and (selection.max_size is None or line.size <= selection.max_size)
    )


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(TERMS), max_size=4),
    st.sampled_from(["in", "out"]),
    st.sampled_from([1, 2, 9]),
    st.sampled_from(
        [b"", b"btc", b'{"s":"BTC","p":2}', b'{"e":"trade","s":"ETH"}' * 2, b"x" * 40]
    ),
    st.sampled_from(["a", "btc-1"]),
)
def test_source_never_leaves_out_what_the_filter_wants(
    terms: list[str], direction: str, type: int, preview: bytes, id: str
) -> None:
    found = Filter.parse(" ".join(terms))
    line = entry(preview, direction=direction, type=type, id=id)
    if found.matches_message(line, socket(id=id)):
        assert wanted_by_source(found.selection(), line)


# The value itself


def test_a_filter_is_a_value() -> None:
    assert Filter.parse("btc") == Filter.parse("btc") != Filter.parse("eth")
    assert len({Filter.parse("btc"), Filter.parse("btc")}) == 1
    assert Filter.parse(" a b ").text == " a b "
    assert not Filter.parse("  ")
    assert Filter.parse("a")
    assert repr(Filter.parse("a")) == "Filter.parse('a')"


def test_all_terms_have_to_hold_whatever_their_order() -> None:
    terms = ["btc", "dir:in", "json:e=trade", "/BTC/"]
    for order in itertools.permutations(terms):
        assert matches(" ".join(order), TRADE)
        assert not matches(" ".join((*order, "dir:out")), TRADE)
