"""What a viewer is told of one socket."""

from types import SimpleNamespace

import pytest
from websockets.datastructures import Headers

from ssc_rx.monitor.details import details_of
from ssc_rx.monitor.wire import encode
from tests.monitor.fakes import FakeSocket


def test_the_handshake_is_told_without_secrets() -> None:
    socket = FakeSocket("a")
    socket.url = "wss://u:s3cr3t@a.example/f?token=s3cr3t"
    socket.subprotocol = "json"
    socket.tags = frozenset({"room", "vip"})
    headers = Headers([("Host", "a"), ("Authorization", "s3cr3t")])
    socket.request = SimpleNamespace(path="/f?token=s3cr3t", headers=headers)
    details = details_of(3, socket)
    assert b"s3cr3t" not in encode(details)
    assert details.url == "wss://a.example/f?token=…"
    assert details.path == "/f?token=…"
    assert details.headers == (("Host", "a"), ("Authorization", "…"))
    assert details.tags == ("room", "vip")
    assert (details.number, details.subprotocol) == (3, "json")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (("127.0.0.1", 80), "127.0.0.1:80"),
        (("::1", 80, 0, 0), "[::1]:80"),
        ("/run/app.sock", "/run/app.sock"),
        (None, ""),
    ],
)
def test_addresses_are_told_as_people_write_them(address: object, shown: str) -> None:
    socket = FakeSocket("a")
    socket.remote_address = address
    assert details_of(1, socket).remote_address == shown


def test_a_request_of_an_unknown_shape_tells_nothing() -> None:
    socket = FakeSocket("a")
    socket.request = object()
    details = details_of(1, socket)
    assert (details.path, details.headers) == ("", ())
