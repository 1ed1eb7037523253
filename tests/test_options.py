import inspect
from typing import Any

import pytest

from ssc_rx import InvalidOptionError, Options, Outbox, Overflow, Pool


@pytest.mark.parametrize(
    "options",
    [
        {"ping_interval": 0},
        {"ping_interval": "45"},
        {"ping_interval": True},
        {"ping_timeout": None},
        {"ping_timeout": -1},
        {"open_timeout": float("inf")},
        {"close_timeout": float("nan")},
        {"max_message_size": 0},
        {"max_message_size": 1.5},
        {"max_sockets": -3},
        {"compression": "gzip"},
        {"origins": "https://one.example"},
        {"outbox": 4096},
    ],
)
def test_an_option_that_can_not_be_is_refused_by_name(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError, match=next(iter(options))):
        Pool(**options)


@pytest.mark.parametrize(
    "fields", [{"messages": 0}, {"bytes": -1}, {"messages": 2.0}, {"overflow": "close"}]
)
def test_an_outbox_checks_its_fields(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError, match="Outbox"):
        Outbox(**fields)


def test_a_socket_may_override_what_concerns_it() -> None:
    options = Options()
    own = options.override(ping_interval=None, outbox=Outbox(1, 1, Overflow.ERROR))
    assert (own.ping_interval, own.outbox.messages) == (None, 1)
    assert own.close_timeout == options.close_timeout
    assert options.override() is options


def test_an_unknown_option_of_a_socket_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        InvalidOptionError, match=r"'pingInterval'; a socket takes ping_int"
    ):
        Options().override(pingInterval=3)  # type: ignore[call-arg]


def test_the_defaults_of_a_pool_are_those_of_the_options() -> None:
    shown = inspect.signature(Pool).parameters
    defaults = Options()
    for name in Options.__slots__:
        assert shown[name].default == getattr(defaults, name), name
