"""What viewers may do to a pool at the level "control": send, kick, ping."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal, NamedTuple

from ssc_rx.errors import SocketClosedError, SscError
from ssc_rx.events import Event, MonitorActed, MonitorAction
from ssc_rx.logs import about, logger_of
from ssc_rx.message import Message, MessageType
from ssc_rx.monitor.redaction import redacted_text
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.wire import Answer, Command, Kick, Level, Ping, Send
from ssc_rx.ports import Controlled, ControlledSocket
from ssc_rx.wording import counted, shown

__all__ = ["Commands", "Person"]

logger = logger_of(__name__)

PONG_TIMEOUT_S = 10.0
MAX_PINGS = 8
"""Of all viewers together, that wait for their pong."""

NOT_ALLOWED = 'this pool lets nobody act on it: open it with monitor="control"'
LEFT = "that socket has left the pool"

_WRITABLE = (MessageType.TEXT, MessageType.BINARY)


class Person(NamedTuple):
    """Who is at the other end of a viewer's link; `None` where the system doesn't tell."""

    uid: int | None
    pid: int | None

    def __str__(self) -> str:
        uid = "?" if self.uid is None else self.uid
        return f"user {uid}, process {'?' if self.pid is None else self.pid}"


class _Deed(NamedTuple):
    """A command as the log and the events tell it."""

    action: MonitorAction
    what: str
    """Of a message its type and size, never its payload."""
    to: Literal["socket", "group", "all"] = "socket"
    id: str = ""
    tag: str = ""

    @property
    def whom(self) -> str:
        """Whom it concerns."""
        if self.to == "group":
            return f"the group {shown(self.tag)}"
        if self.to == "all":
            return "all sockets"
        return shown(self.id) if self.id else "several sockets"


class Commands:
    """Carries out what viewers ask for, by the pool's own doors, and says who did what.

    Args:
        controlled: The pool.
        roll: Whose number is whose.
        level: What viewers may do; all is refused but at "control".
        pool: The pool's name.
        tell: Takes the event of each command that was carried out, or failed.
        clock: UNIX seconds.
    """

    def __init__(
        self,
        controlled: Controlled,
        roll: Roll,
        level: Level,
        *,
        pool: str,
        tell: Callable[[Event], None],
        clock: Callable[[], float],
    ) -> None:
        self._controlled = controlled
        self._roll = roll
        self._allowed = level == "control"
        self._pool = pool
        self._tell = tell
        self._clock = clock
        self._pings = 0

    async def carry_out(self, command: Command, by: Person) -> Answer:
        """Do it; waits only for a pong."""
        if not self._allowed:
            return Answer(command.request, NOT_ALLOWED)
        deed = self._deed(command)
        try:
            match command:
                case Send():
                    answer = self._send(command)
                case Kick():
                    answer = self._kick(command)
                case Ping():
                    answer = await self._ping(command)
        except SscError as error:
            answer = Answer(command.request, redacted_text(str(error)))
        self._account_for(deed, answer, by)
        return answer

    def _send(self, command: Send) -> Answer:
        if command.type not in _WRITABLE:
            return Answer(command.request, "only TEXT and BINARY can be sent from here")
        message = Message("", MessageType(command.type), command.payload)
        gone = 0
        if command.numbers is not None:
            sockets = [self._socket(number) for number in command.numbers]
            to = [socket.id for socket in sockets if socket is not None]
            gone = len(sockets) - len(to)
            if len(sockets) == 1 and gone:
                return Answer(command.request, LEFT)
            receipt = self._controlled.write_all(message, to=to)
        elif command.tag is not None:
            to = list(self._controlled.tagged(command.tag))
            if not to:
                text = f"no socket bears the tag {shown(command.tag)}"
                return Answer(command.request, text)
            receipt = self._controlled.write_all(message, to=to)
        else:
            receipt = self._controlled.write_all(message)
        refusal = ""
        if receipt.closed and command.numbers is not None and len(command.numbers) == 1:
            refusal = redacted_text(str(self._not_open(receipt.closed[0])))
        return Answer(
            command.request,
            refusal,
            queued=receipt.queued,
            dropped=len(receipt.dropped),
            closed=len(receipt.closed) + gone,
        )

    def _not_open(self, id: str) -> SscError:
        try:
            return SocketClosedError(id, self._controlled[id].state)
        except SscError as error:
            return error

    def _kick(self, command: Kick) -> Answer:
        socket = self._socket(command.number)
        if socket is None:
            return Answer(command.request, LEFT)
        if socket.state == "closing":
            return Answer(command.request, "that socket is being closed already")
        socket.close(command.code, command.reason)
        return Answer(command.request)

    async def _ping(self, command: Ping) -> Answer:
        socket = self._socket(command.number)
        if socket is None:
            return Answer(command.request, LEFT)
        if self._pings >= MAX_PINGS:
            text = f"{MAX_PINGS} pings wait for their pongs already"
            return Answer(command.request, text)
        self._pings += 1
        try:
            async with asyncio.timeout(PONG_TIMEOUT_S):
                return Answer(command.request, round_trip=await socket.ping())
        except TimeoutError:
            return Answer(command.request, f"no pong within {PONG_TIMEOUT_S:g} s")
        finally:
            self._pings -= 1

    def _socket(self, number: int) -> ControlledSocket | None:
        """Whose number this is, unless it has left, or another has its ID now."""
        seen = self._roll.socket(number)
        if seen is None:
            return None
        try:
            socket = self._controlled[seen.id]
        except SscError:
            return None
        known: object = seen  # the same, by another of its sides
        return socket if socket is known else None

    # Who did what

    def _deed(self, command: Command) -> _Deed:
        """What is asked for; the socket may be gone when it is done."""
        match command:
            case Send(type=type, payload=payload):
                name = MessageType(type).name if type in _WRITABLE else f"type {type}"
                what = f"a {name} of {counted(len(payload), 'byte')}"
                if command.numbers is not None:
                    one = len(command.numbers) == 1
                    id = self._id(command.numbers[0]) if one else ""
                    return _Deed("send", what, id=id)
                if command.tag is not None:
                    return _Deed("send", what, "group", tag=command.tag)
                return _Deed("send", what, "all")
            case Kick(code=code, reason=reason):
                text = f"a close with {code}" + (f" {shown(reason)}" if reason else "")
                return _Deed("kick", text, id=self._id(command.number))
            case Ping():
                return _Deed("ping", "a ping", id=self._id(command.number))

    def _id(self, number: int) -> str:
        socket = self._roll.socket(number)
        return "" if socket is None else socket.id

    def _account_for(self, deed: _Deed, answer: Answer, by: Person) -> None:
        reached = answer.queued if deed.action == "send" else int(not answer.refusal)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                "a monitor (%s): %s for %s: %s",
                by,
                deed.what,
                deed.whom,
                _outcome(deed, answer),
                extra=about(self._pool, deed.id),
            )
        self._tell(
            MonitorActed(
                id=deed.id,
                action=deed.action,
                to=deed.to,
                sockets=reached,
                refusal=answer.refusal,
                uid=by.uid,
                pid=by.pid,
                time=self._clock(),
            )
        )


def _outcome(deed: _Deed, answer: Answer) -> str:
    if answer.refusal:
        return f"refused, {answer.refusal}"
    if deed.action != "send":
        return "done"
    done = [f"{name} {n:,}" for name, n in _counts(answer) if n]
    return ", ".join(done) or "reached nobody"


def _counts(answer: Answer) -> tuple[tuple[str, int], ...]:
    return (
        ("queued by", answer.queued),
        ("dropped by", answer.dropped),
        ("not open", answer.closed),
    )
