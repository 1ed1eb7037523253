import pytest

import ssc_rx
from ssc_rx import errors


def test_every_error_has_one_root() -> None:
    for name in errors.__all__:
        thing = getattr(errors, name)
        if isinstance(thing, type):
            assert issubclass(thing, ssc_rx.SscError), name
            assert getattr(ssc_rx, name) is thing
            assert name in (errors.__doc__ or "")


def test_an_unknown_socket_reads_well_although_it_is_a_key_error() -> None:
    error = ssc_rx.UnknownSocketError("x")
    assert isinstance(error, KeyError)
    assert str(error).startswith("no socket has the ID 'x'")


def test_ids_in_texts_are_bounded_and_escaped() -> None:
    error = ssc_rx.DuplicateIdError("\x1b]0;" + "x" * 10_000)
    assert len(str(error)) < 300
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (2, "2 bytes"), (4096, "4,096 bytes")],
)
def test_one_thing_is_not_told_as_many(n: int, text: str) -> None:
    assert errors.counted(n, "byte") == text


def test_texts_count_one_thing_as_one() -> None:
    full = ssc_rx.OutboxFullError("x", 1, 1, closing=True)
    assert "full (1 message, 1 byte)" in str(full)
    assert "its buffer of 1 message was" in str(ssc_rx.ConsumerTooSlowError("s", 1, 2))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("wss://user:secret@host:1/p?token=secret", "wss://host:1/p?…"),
        ("ws://host/p", "ws://host/p"),
        ("ws://[", "<unreadable URL>"),
    ],
)
def test_credentials_are_taken_out_of_urls(url: str, shown: str) -> None:
    assert errors.without_credentials(url) == shown
    assert "secret" not in str(ssc_rx.DialError(url, "why"))
    assert "secret" not in str(ssc_rx.InvalidUrlError(url, "why", url))
    assert "secret" not in str(ssc_rx.InvalidUrlError("user:secret@host:1/p", "why"))


def test_a_pool_start_error_is_a_group_and_ours() -> None:
    group = ssc_rx.PoolStartError("no", [ssc_rx.DialError("ws://a", "refused")])
    with pytest.raises(ssc_rx.SscError):
        raise group
    part, rest = group.split(ssc_rx.DialError)
    assert isinstance(part, ssc_rx.PoolStartError)
    assert rest is None
    assert "1 sub-exception" in str(group)
