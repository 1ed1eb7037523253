"""What a dial of a `FakePool` meets, and what it was."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ssc_rx.errors import DialError
from ssc_rx.options import Options
from ssc_rx.ports import Transport
from ssc_rx.testing.peer import Behaviour, Peer
from ssc_rx.transports.memory import MemoryTransport, memory_pair

__all__ = ["Answer", "Dial", "Network", "late", "refuse"]


@dataclass(frozen=True, slots=True)
class Dial:
    """A dial that was begun.

    Attributes:
        time: When, in seconds of the event loop's clock.
        url: Where to.
        headers: The caller's headers.
        subprotocols: What was offered.
    """

    time: float
    url: str
    headers: Mapping[str, str]
    subprotocols: Sequence[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dial meets; made by `refuse` and `late`, or of a behaviour.

    Attributes:
        behaviour: How the peer behaves; `None`: it does what the test makes it do.
        after_s: Seconds until it answers.
        refusal: Why it isn't let in; `None`: it is.
        status, retry_after_s: As in `DialError`.
    """

    behaviour: Behaviour | None = None
    after_s: float = 0.0
    refusal: str | None = None
    status: int | None = None
    retry_after_s: float | None = None


def refuse(status: int | None = None, *, retry_after_s: float | None = None) -> Answer:
    """Let nobody in.

    Args:
        status: The HTTP status of the answer; with `None` nobody listens there.
        retry_after_s: Seconds to wait, of its Retry-After header.
    """
    reason = "nobody listens there" if status is None else f"HTTP {status}"
    return Answer(refusal=reason, status=status, retry_after_s=retry_after_s)


def late(after_s: float, then: Behaviour | Answer | None = None) -> Answer:
    """Answer after so many seconds; `float("inf")` never does."""
    answer = answer_of(then)
    return Answer(
        answer.behaviour, after_s, answer.refusal, answer.status, answer.retry_after_s
    )


def answer_of(what: Behaviour | Answer | None) -> Answer:
    """An answer, of a behaviour as well."""
    return what if isinstance(what, Answer) else Answer(what)


class Network:
    """Where a `FakePool` dials: who answers at which URL, and who is connected.

    Attributes:
        dials: All that were begun, in order.
        peers: The far ends of all connections there were, in order.
    """

    def __init__(self) -> None:
        self.dials: list[Dial] = []
        self.peers: list[Peer] = []
        self._answers: dict[str | None, list[Answer]] = {None: [Answer()]}

    def set_answers(self, url: str | None, answers: Sequence[Answer]) -> None:
        """What the next dials of a URL meet; the last of them all further ones."""
        self._answers[url] = list(answers)

    def _next_answer(self, url: str) -> Answer:
        answers = self._answers.get(url) or self._answers[None]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(
        self, name: str, options: Options, behaviour: Behaviour | None
    ) -> tuple[MemoryTransport, Peer]:
        """Make a connection; gives the pool's end and its peer."""
        near, far = memory_pair()
        near.max_message_size = options.max_message_size
        near.remote_address = ("memory", len(self.peers))
        peer = Peer(name, far)
        self.peers.append(peer)
        if behaviour is not None:
            peer.behave(behaviour)
        return near, peer

    async def dial(
        self,
        url: str,
        options: Options,
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] | None = None,
        **_: Any,
    ) -> Transport:
        """What the pool does instead of opening a TCP connection."""
        now = asyncio.get_running_loop().time()
        self.dials.append(
            Dial(now, url, dict(headers or {}), tuple(subprotocols or ()))
        )
        answer = self._next_answer(url)
        limit_s = options.open_timeout
        try:
            async with asyncio.timeout(limit_s):
                await asyncio.sleep(answer.after_s)
        except TimeoutError as error:
            reason = f"no opening handshake within open_timeout={limit_s} s"
            raise DialError(url, reason) from error
        if answer.refusal is not None:
            raise DialError(
                url,
                answer.refusal,
                status=answer.status,
                retry_after=answer.retry_after_s,
            )
        near, _peer = self.connect(url, options, answer.behaviour)
        near.subprotocol = subprotocols[0] if subprotocols else None
        return near
