"""The pools that a command is about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ssc_monitor.refusal import MISUSED, Refusal

if TYPE_CHECKING:
    from ssc_monitor.sources.source import Found, Source

__all__ = ["find_one", "find_some", "source_of"]

NO_POOL = """\
there is no pool to watch: no running program of yours has opened one
  in the program:        Pool(..., monitor="traffic")
  without changing it:   SSC_MONITOR=traffic python app.py
  any feed, right away:  ssc-monitor connect wss://example.org/feed"""


async def find_some(target: str | None) -> "list[Found]":
    """The pools that are meant; at least one."""
    from ssc_monitor.commands.hint import hint  # of the table, which has this module
    from ssc_monitor.sources.remote import find

    if found := await find(target):
        return found
    if target is None:
        raise Refusal(NO_POOL)
    others = await find()
    raise Refusal(
        f"there is no pool {target!r} (a process ID, a pool's name, or a socket's "
        f"path){hint(target)}"
        + (f"; there are: {_names(others)}" if others else f"\n{NO_POOL}")
    )


async def find_one(target: str | None) -> "Found":
    """The pool that is meant, for a command that is about one."""
    found = await find_some(target)
    if len(found) > 1:
        raise Refusal(f"name one pool with --target: {_names(found)}", MISUSED)
    return found[0]


def source_of(found: "Found") -> "Source":
    """What a pool tells; refused where it can't be attached to."""
    from ssc_monitor.sources.remote import RemoteSource

    if found.hello is None:
        raise Refusal(found.problem)
    return RemoteSource(found.path, found.hello)


def _names(found: "Sequence[Found]") -> str:
    return ", ".join(
        one.path.name if one.hello is None else f"{one.hello.pid} ({one.hello.pool})"
        for one in found
    )
