"""What must not leave the process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.monitor.redaction import (
    redacted_headers,
    redacted_id,
    redacted_text,
    redacted_url,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("wss://user:secret@a.example/feed", "wss://a.example/feed"),
        ("wss://a.example/f?token=s3&symbol=btc", "wss://a.example/f?token=…&symbol=…"),
        ("wss://a.example/f?s3cr3t", "wss://a.example/f?…"),
        ("wss://a.example/f#s3cr3t", "wss://a.example/f#…"),
        ("/rooms/1?token=s3", "/rooms/1?token=…"),
        ("ws://[::1", "<unreadable URL>"),
    ],
)
def test_urls_lose_what_lets_somebody_in(url: str, shown: str) -> None:
    assert redacted_url(url) == shown


@pytest.mark.parametrize("id", ["wss://u:pw@a/?k=v", "/chat?k=v", "x?k=v"])
def test_an_id_may_be_a_url(id: str) -> None:
    assert "v" not in redacted_id(id).rpartition("?")[2]
    assert "pw" not in redacted_id(id)


def test_other_ids_stay_as_they_are() -> None:
    assert redacted_id("trader/alice#2") == "trader/alice#2"


def test_urls_in_texts_are_found() -> None:
    text = "can't dial 'wss://u:pw@a.example/f?token=s3': refused; see http://b/?x=y."
    assert redacted_text(text) == (
        "can't dial 'wss://a.example/f?token=…': refused; see http://b/?x=…"
    )
    assert redacted_text("can't open ws://a/?…: refused") == (
        "can't open ws://a/?…: refused"
    )


def test_headers_keep_their_names_only_where_the_value_is_a_secret() -> None:
    headers = [
        ("Host", "a"),
        ("Authorization", "Basic czM="),
        ("Cookie", "s3"),
        ("X-Api-Key", "s3"),
        ("Sec-WebSocket-Key", "s3"),
        ("Referer", "http://u:s3@b/"),
    ]
    shown = redacted_headers(headers)
    assert [name for name, _ in shown] == [name for name, _ in headers]
    assert not any("s3" in value or "czM" in value for _, value in shown)
    assert shown[0] == ("Host", "a")


def test_many_headers_are_cut() -> None:
    assert len(redacted_headers([("A", "b")] * 1000)) == 65


@given(st.text(max_size=2000))
def test_everything_can_be_put_on_the_wire_and_is_bounded(text: str) -> None:
    for redact in (redacted_id, redacted_text):
        shown = redact(text + "\ud800")
        shown.encode()
        assert len(shown) <= 6 * 1024
