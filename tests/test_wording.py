import time

import pytest

from ssc_rx.wording import (
    address_text,
    bare,
    counted,
    shown,
    without_credentials,
    without_secrets,
)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (("127.0.0.1", 80), "127.0.0.1:80"),
        (("::1", 80, 0, 0), "[::1]:80"),
        ("/run/a.sock", "/run/a.sock"),
        (("memory", "a"), "('memory', 'a')"),
        (None, ""),
    ],
)
def test_an_address_is_told_as_people_write_it(address: object, text: str) -> None:
    assert address_text(address) == text


def test_things_are_counted_in_english() -> None:
    assert counted(1, "byte") == "1 byte"
    assert counted(2000, "byte") == "2,000 bytes"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("wss://user:secret@a.example/feed", "wss://a.example/feed"),
        ("wss://a.example/feed?token=secret", "wss://a.example/feed?…"),
        ("wss://a.example/#secret", "wss://a.example/#…"),
        ("wss://[a.example/feed?token=secret", "<unreadable URL>"),
    ],
)
def test_a_url_is_shown_without_what_is_secret(url: str, text: str) -> None:
    assert without_credentials(url) == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        (
            "go to wss://u:secret@a.example/x?secret, please",
            "go to wss://a.example/x?…, please",
        ),
        ("'wss://u:secret@a.example/x?t=secret': no", "'wss://a.example/x?…': no"),
        ("can't open wss://a.example/x?…: no", "can't open wss://a.example/x?…: no"),
        ("KeyError: '/chat?token=secret'", "KeyError: '/chat?…"),
        ("is it so? perhaps/or not", "is it so? perhaps/or not"),
    ],
)
def test_urls_and_paths_in_a_text_are_without_what_is_secret(
    text: str, without: str
) -> None:
    assert without_secrets(text) == without


@pytest.mark.parametrize("piece", ["/'", "a://", ":", "'/?", "x", "@:/?"])
def test_a_long_text_of_a_stranger_takes_no_long_time(piece: str) -> None:
    before = time.process_time()
    text = without_secrets(piece * 1_000_000)
    assert time.process_time() - before < 2.0
    assert len(text) < 30_000


@pytest.mark.parametrize(
    ("id", "field"),
    [
        ("wss://u:secret@a.example/x?a='secret'", "wss://a.example/x?…"),
        ("/chat?token=secret", "/chat?…"),
        ("alice@example.org", "alice@example.org"),
        ("really?", "really"),
        ("x" * 600, "x" * 511 + "…"),
    ],
)
def test_an_id_is_in_a_record_without_what_is_secret(id: str, field: str) -> None:
    assert bare(id) == field


def test_an_id_is_shown_quoted_escaped_and_bounded() -> None:
    assert shown("x\n") == r"'x\n'"
    assert shown("x" * 100) == repr("x" * 80) + "…"
    assert shown(7) == "<int>"
