"""What server sockets are dialled from: URLs, or functions that give them."""

from collections.abc import Iterable, Mapping
from typing import cast

from ssc_rx.core.registry import check_id
from ssc_rx.dialling import Url
from ssc_rx.errors import DuplicateIdError, InvalidOptionError
from ssc_rx.transports.dialer import check_url

__all__ = ["check_source", "check_sources"]


def check_source(url: object, id: str | None) -> str:
    """Let a URL, or what gives it, through; returns the socket's ID.

    Raises:
        InvalidUrlError, InvalidOptionError
    """
    if not callable(url):
        url = check_url(url)
        return url if id is None else id
    if id is None:
        raise InvalidOptionError(
            "a URL that a function gives needs an ID besides: "
            "add_server_socket(function, id=...), or Pool({id: function})"
        )
    return id


def check_sources(urls: Iterable[str] | Mapping[str, Url]) -> dict[str, Url]:
    """Let the URLs of a pool through; returns them by their sockets' IDs.

    Raises:
        InvalidUrlError, InvalidIdError, EmptyIdError, DuplicateIdError,
            InvalidOptionError
    """
    if isinstance(urls, str):
        raise InvalidOptionError(f"urls is one string; give a list: Pool([{urls!r}])")
    pairs: Iterable[tuple[str | None, Url]]
    if isinstance(urls, Mapping):
        named = cast("Mapping[str, Url]", urls)
        pairs = [(check_id(id), url) for id, url in named.items()]
    elif isinstance(urls, Iterable):
        pairs = [(None, url) for url in urls]
    else:
        raise InvalidOptionError(
            f"urls must be a list of URLs, or a dict of IDs to URLs, not {urls!r}"
        )
    checked: dict[str, Url] = {}
    for given, url in pairs:
        id = check_source(url, given)
        if check_id(id) in checked:
            raise DuplicateIdError(id)
        checked[id] = url
    return checked
