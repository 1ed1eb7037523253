import pytest

from ssc_rx.core.origin import origin_allowed


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "example.org"),
        (None, None),
        ("https://example.org", "example.org"),
        ("https://EXAMPLE.org", "example.ORG"),
        ("https://example.org", "example.org:443"),
        ("http://example.org:80", "example.org"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_the_own_host_and_those_that_are_no_browser_are_let_in(
    origin: str | None, host: str | None
) -> None:
    assert origin_allowed(origin, host, None)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "good.example"),
        ("http://good.example.evil.example", "good.example"),
        ("http://good.example:8080", "good.example"),
        ("https://example.org", "example.org:80"),
        ("null", "good.example"),
        ("", "good.example"),
        ("file://", ""),
        ("http://good.example", None),
        ("http://[", "["),
        ("http://x:notaport", "x:notaport"),
    ],
)
def test_a_foreign_or_unreadable_origin_is_refused(
    origin: str, host: str | None
) -> None:
    assert not origin_allowed(origin, host, None)


def test_a_list_of_origins_replaces_the_rule() -> None:
    allowed = ["https://app.example"]
    assert origin_allowed("https://App.example", "api.example", allowed)
    assert not origin_allowed("https://api.example", "api.example", allowed)
    assert origin_allowed(None, "api.example", allowed)


def test_a_star_allows_every_origin() -> None:
    assert origin_allowed("null", "x", "*")
