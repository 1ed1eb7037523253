"""What a test says of a pool at its end: nothing is lost untold, nothing is left."""

import asyncio
from collections.abc import Sequence

from ssc_rx.core.stats import Counts
from ssc_rx.message import Message
from ssc_rx.pool import Pool

__all__ = ["assert_accounted", "assert_delivered", "assert_nothing_left"]

_TURNS = 5
"""What a task that was cancelled needs to end, and what waits for it."""


def assert_accounted(pool: Pool) -> None:
    """Every accepted write is handed over, queued, dropped or failed; by socket too.

    Args:
        pool: Running or stopped; asked on its own thread.

    Raises:
        AssertionError: If one is not; shows the account.
    """
    stats = pool.stats()
    rows = [(f"socket {row.id!r}", row) for row in stats.sockets]
    for who, counts in [(f"pool {stats.name!r}", stats), *rows]:
        if not counts.balanced:
            raise AssertionError(_unbalanced(who, counts))


def _unbalanced(who: str, counts: Counts) -> str:
    parts = {
        "handed over": counts.messages_out,
        "queued": counts.queued,
        "dropped": counts.dropped_total,
        "failed": counts.failed_total,
    }
    found = sum(parts.values())
    account = " + ".join(f"{n} {name}" for name, n in parts.items())
    return (
        f"the {who} accepted {counts.accepted} writes and accounts for {found}: "
        f"{account}\n  dropped: {dict(counts.dropped)}, failed: {dict(counts.failed)}"
    )


def assert_delivered(messages: Sequence[Message], id: str, *texts: str) -> None:
    """The messages of this ID are these texts, in this order, and no others.

    Args:
        messages: What was heard, of this ID and of others.
        id: The socket's ID.
        texts: What it should have sent.

    Raises:
        AssertionError: If not; tells the first difference, what is missing, what is too
            much.
    """
    heard = [message.text for message in messages if message.id == id]
    wanted = list(texts)
    if heard == wanted:
        return
    at = next(
        (
            n
            for n, pair in enumerate(zip(heard, wanted, strict=False))
            if len({*pair}) > 1
        ),
        min(len(heard), len(wanted)),
    )
    lines = [
        f"{id!r} delivered {len(heard)} messages, not the {len(wanted)} expected",
        f"  the first difference is at {at}:",
        f"  expected {_from(wanted, at)}",
        f"  heard    {_from(heard, at)}",
    ]
    missing, surplus = _without(wanted, heard), _without(heard, wanted)
    lines += [f"  missing: {missing}"] if missing else []
    lines += [f"  too much: {surplus}"] if surplus else []
    if not missing and not surplus:
        lines.append("  the same messages in another order")
    if not heard and (others := sorted({message.id for message in messages})):
        lines.append(f"  other IDs were heard: {others}")
    raise AssertionError("\n".join(lines))


def _from(texts: Sequence[str], at: int) -> str:
    shown = [*(["…"] if at else []), *map(repr, texts[at : at + 5])]
    return ", ".join(shown + ["…"] * (len(texts) > at + 5)) or "nothing"


def _without(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    rest = list(others)
    left: list[str] = []
    for text in texts:
        if text in rest:
            rest.remove(text)
        else:
            left.append(text)
    return left


async def assert_nothing_left() -> None:
    """No task of the library's is left but this one; those that end get their turns.

    Raises:
        AssertionError: If one is; tells which, and where it waits.
    """
    me = asyncio.current_task()
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    left = [
        task
        for task in asyncio.all_tasks()
        if task is not me and task.get_name().startswith("ssc-rx")
    ]
    if left:
        lines = "".join(f"\n  {task!r}" for task in left)
        raise AssertionError(f"tasks are left that should have ended:{lines}")
