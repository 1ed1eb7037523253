"""Does what the viewers of a pool ask for, and says how soon they may ask again."""

import contextlib
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed

from ssc_rx.driver import Driver
from ssc_rx.message import Message
from ssc_rx.monitor import wire
from ssc_rx.monitor.commands import Commands, Person
from ssc_rx.monitor.details import details_of
from ssc_rx.monitor.discovery import peer_of
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.sampler import Sampler
from ssc_rx.monitor.tap import Tap
from ssc_rx.monitor.viewer import Viewer

__all__ = ["TICK_S", "Requests"]

TICK_S = 0.25
"""How often viewers are sent what is new."""
REQUEST_PAUSE_S = 0.02
"""After each request of a viewer, so that a flood of them costs little."""
COMMAND_PAUSE_S = 0.1
"""The same after a command: more than a person types, less than floods a peer."""


class Requests:
    """What viewers of one pool ask for.

    Args:
        roll: The numbers of its sockets.
        tap: Where samples are taken.
        driver: The pool's.
        commands: Carries out what acts on the pool.
        level: What viewers may see.
        redact: Gives the payload of a message that viewers may see; all of it by default.
    """

    def __init__(
        self,
        roll: Roll,
        tap: Tap,
        driver: Driver,
        commands: Commands,
        *,
        level: wire.Level,
        redact: Callable[[Message], bytes] | None,
    ) -> None:
        self._roll = roll
        self._tap = tap
        self._driver = driver
        self._commands = commands
        self._level = level
        self._redact = redact

    async def take(self, viewer: Viewer, data: str | bytes) -> float:
        """Do what is asked for; returns how long to wait until the next is heard.

        Raises:
            WireError: If it is no request.
        """
        match wire.decode_request(data):
            case wire.Watch(messages=selection):
                if selection is not None and self._level == "stats":
                    await viewer.reply(
                        wire.Problem(
                            'this pool shows no messages: open it with monitor="traffic"'
                        )
                    )
                else:
                    self.sample(viewer, selection)
            case wire.Get(sequence=sequence):
                sampler = viewer.sampler
                payload = None if sampler is None else sampler.payload(sequence)
                await viewer.reply(wire.Payload(sequence, payload))
            case wire.Inspect(number=number):
                socket = self._roll.socket(number)
                if socket is None:
                    await viewer.reply(wire.Problem("that socket has left the pool"))
                else:
                    await viewer.reply(details_of(number, socket))
            case wire.Ping() as ping:  # a pong may be long in coming
                answering = self._answer(viewer, ping)
                self._driver.spawn(answering, "ssc-rx monitor pings")
                return COMMAND_PAUSE_S
            case wire.Send() | wire.Kick() as command:
                await self._answer(viewer, command)
                return COMMAND_PAUSE_S
            case _:
                pass  # of a later version
        return REQUEST_PAUSE_S

    def sample(self, viewer: Viewer, selection: wire.Selection | None) -> None:
        """Take other samples for a viewer from now on; with `None`, no more."""
        before = viewer.sampler
        viewer.sampler = None
        if before is not None:
            self._tap.remove(before)
        if selection is not None:
            viewer.sampler = Sampler(
                selection,
                ticks_per_s=1 / TICK_S,
                redact=self._redact,
                clock=self._driver.wall,
                first=1 if before is None else before.next,
            )
            self._tap.add(viewer.sampler)

    async def _answer(self, viewer: Viewer, command: wire.Command) -> None:
        connection = viewer.connection
        person = Person(*peer_of(connection.transport.get_extra_info("socket")))
        answer = await self._commands.carry_out(command, person)
        with contextlib.suppress(ConnectionClosed):
            await viewer.reply(answer)
