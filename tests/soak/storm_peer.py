"""The far side of one socket of a storm, through all its connections."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from websockets.frames import Frame, Opcode

from tests.soak.far_end import FarEnd
from tests.soak.stamp import CLOSE, ECHO, END, KILL, Payloads, read_stamp
from tests.soak.storm_ledger import Connection, Ledger
from tests.soak.storm_plan import Plan
from tests.soak.words import Ended

__all__ = ["Peer", "Storming"]

MOST_CONNECTIONS = 0x10000
"""Of one socket: no two connections of a run have the same number."""
_COMMANDS = {"pool closes": CLOSE, "pool kills": KILL, "end": END}


class Storming(Protocol):
    """What the peers of a storm have in common."""

    ledger: Ledger
    payloads: Payloads
    sent: int
    echoed: int

    def fault(self, text: str) -> None:
        """Something did not hold: the storm is over."""

    def done(self, peer: "Peer") -> None:
        """A peer has sent all that it had to, and its socket has gone for good."""


class Peer:
    """Sends and checks; implements `far_end.Owner`.

    Args:
        storm: It is part of.
        number: Of the socket; from 0.
        id: The socket's ID.
        messages: How many it has to send.
        plan: Gives the plan of a connection, by its number and the messages left.
        dial: Connects to the pool; `None` if the pool does that.
    """

    def __init__(
        self,
        storm: Storming,
        number: int,
        id: str,
        messages: int,
        plan: Callable[[int, int], Plan],
        dial: Callable[["Peer"], None] | None,
    ) -> None:
        self.id = id
        self.left = messages
        self.open: Connection | None = None
        self._storm = storm
        self._number = number
        self._plan = plan
        self._dial = dial
        self._connections = 0
        self._far: FarEnd | None = None
        self._next: FarEnd | None = None
        self._untold: dict[int, Connection] = {}
        self._over = False

    # far_end.Owner

    def requested(self, far: FarEnd, path: str) -> None:
        if self.open is None:
            far.answer()
        else:  # the pool's end is gone, and we, in a pause, didn't read that yet
            self._next = far

    def opened(self, far: FarEnd) -> None:
        if self._over:
            self._storm.fault(f"{self.id}: dialled again after its end")
            return
        self._connections += 1
        plan = self._plan(self._connections, self.left)
        serial = self._number * MOST_CONNECTIONS + self._connections
        connection = Connection(self.id, serial, plan)
        self.open = self._untold[connection.serial] = connection
        self._far = far
        self._send()

    def received(self, far: FarEnd, frames: Sequence[Frame]) -> None:
        connection = self.open
        assert connection is not None
        numbers, plan, serial = connection.numbers, connection.plan, connection.serial
        of = self._storm.payloads.of
        for frame in frames:
            due = numbers.highest + 1
            command = ECHO if due != plan.ends_at else self._command(plan)
            if frame.data == of(serial, due, command) and frame.opcode is _opcode(due):
                numbers.arrived(due)
            else:
                self._astray(connection, frame, due)
        self._storm.echoed += len(frames)
        self._send()

    def _astray(self, connection: Connection, frame: Frame, due: int) -> None:
        serial, number = read_stamp(bytes(frame.data))
        who = f"{self.id}, connection {connection.serial}: when {due} was due,"
        if serial != connection.serial:
            self._storm.fault(f"{who} message {number} of connection {serial} came")
        elif connection.numbers.arrived(number):
            self._storm.fault(f"{who} it came changed")
        else:
            self._storm.fault(f"{who} {number} came")

    def closed(self, far: FarEnd) -> None:
        connection = self.open
        if far is self._next:
            self._next = None
            return
        if far is not self._far or connection is None:
            self._storm.fault(f"{self.id}: a connection that wasn't let in")
            return
        connection.closed = True
        connection.clean = far.clean
        self.open = self._far = None
        self._settle(connection)
        waiting, self._next = self._next, None
        if waiting is not None:
            waiting.answer()

    # Told by the pool's process

    def told(self, ended: Ended) -> None:
        """A connection of its socket has ended, the pool says."""
        connection = self._untold.get(ended.connection)
        if connection is None and self._dial is not None and len(self._untold) == 1:
            connection = next(iter(self._untold.values()))  # nothing of it had arrived
        if connection is None or connection.ended is not None:
            self._storm.ledger.nobody(ended)
            return
        connection.ended = ended
        self._settle(connection)

    def _settle(self, connection: Connection) -> None:
        if connection.ended is None or not connection.closed:
            return
        del self._untold[connection.serial]
        self._storm.ledger.settle(connection)
        if connection.plan.ending == "end":
            self._over = True
            for never_told in self._untold.values():
                self._storm.ledger.never_told(never_told)
            self._storm.done(self)
        elif self._dial is not None:
            self._dial(self)

    # Sending

    def _send(self) -> None:
        """Send as much as the plan and its window let it."""
        connection, far = self.open, self._far
        if connection is None or far is None or not far.writable:
            return
        plan, numbers = connection.plan, connection.numbers
        until = plan.messages
        if plan.ending == "end" and numbers.received < until - 1:
            until -= 1  # the last one is sent when all others have come back
        first = numbers.sent + 1
        after = min(until + 1, numbers.received + plan.window + 1)
        if first >= after:
            return
        far.send([self._message(connection, n) for n in range(first, after)])
        numbers.sent = after - 1
        self.left -= after - first
        self._storm.sent += after - first
        if first <= plan.pauses_at < after:
            self._pause(far, plan.pause_s)
        if numbers.sent == plan.messages:
            self._end(far, plan)

    def _message(self, connection: Connection, number: int) -> tuple[Opcode, bytes]:
        plan = connection.plan
        command = ECHO if number != plan.ends_at else self._command(plan)
        return _opcode(number), self._storm.payloads.of(
            connection.serial, number, command
        )

    @staticmethod
    def _command(plan: Plan) -> bytes:
        """What the pool is to do at the message at which the connection ends."""
        return _COMMANDS.get(plan.ending, ECHO)

    @staticmethod
    def _end(far: FarEnd, plan: Plan) -> None:
        """All has been sent: what the peer does then."""
        if plan.ending == "peer closes":
            far.close(4001)
        elif plan.ending == "peer kills":
            if plan.delay_s:
                asyncio.get_running_loop().call_later(plan.delay_s, far.kill)
            else:
                far.kill()

    @staticmethod
    def _pause(far: FarEnd, seconds: float) -> None:
        """Don't read for a while."""
        transport = far.transport

        def resume() -> None:
            if not transport.is_closing():
                transport.resume_reading()

        if not transport.is_closing():
            transport.pause_reading()
            asyncio.get_running_loop().call_later(seconds, resume)


def _opcode(number: int) -> Opcode:
    return Opcode.TEXT if number % 3 else Opcode.BINARY
