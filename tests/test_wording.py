import pytest

from ssc_rx.wording import counted, shown, without_credentials


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


def test_an_id_is_shown_quoted_escaped_and_bounded() -> None:
    assert shown("x\n") == r"'x\n'"
    assert shown("x" * 100) == repr("x" * 80) + "…"
    assert shown(7) == "<int>"
