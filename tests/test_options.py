import inspect
from typing import Any

import pytest

from ssc_rx import InvalidOptionError, Options, Outbox, Overflow, Pool, Reconnect


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
        {"reconnect": True},
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


@pytest.mark.parametrize(
    "fields",
    [
        {"min_delay": 0},
        {"max_delay": float("inf")},
        {"min_uptime": "5"},
        {"max_attempts": 0},
        {"max_dials": 1.5},
        {"min_delay": 2, "max_delay": 1},
        {"retry": True},
        {"jitter": 0.5},
    ],
)
def test_a_reconnect_checks_its_fields(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError, match=f"Reconnect.{next(iter(fields))}"):
        Reconnect(**fields)


def test_only_a_server_socket_may_override_how_it_is_dialled_again() -> None:
    options = Options()
    assert options.override_server(reconnect=None).reconnect is None
    assert options.override_server(ping_timeout=3).reconnect == Reconnect()
    with pytest.raises(InvalidOptionError, match="'reconnect'"):
        options.override(reconnect=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("overflow", ["latest", None, 1])
def test_a_policy_that_there_is_not_is_refused_with_those_there_are(
    overflow: Any,
) -> None:
    with pytest.raises(InvalidOptionError) as refused:
        Outbox(overflow=overflow)
    for policy in Overflow:
        assert (str(policy) in str(refused.value)) == (policy is not Overflow.BLOCK)


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
