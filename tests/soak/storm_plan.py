"""What is to happen to each connection of a storm: chosen by the seed, nothing else."""

import random
from dataclasses import dataclass
from typing import Literal

from tests.mistreatment import Fault
from tests.soak.running import Loop
from tests.soak.stamp import stamp
from tests.soak.words import Plant

__all__ = ["WINDOW", "Ending", "Plan", "Weather", "plan_of"]

Ending = Literal["peer closes", "peer kills", "pool closes", "pool kills", "end"]
WINDOW = 64
"""The most messages that may be under way on a connection."""
_ENDINGS: tuple[Ending, ...] = (
    "peer closes",
    "peer kills",
    "pool closes",
    "pool kills",
)


@dataclass(frozen=True, slots=True)
class Weather:
    """What a storm is to be.

    Attributes:
        loop: The event loop of the pool.
        seed: What chooses everything else.
        messages: How many are sent to the pool, which echoes them.
        sockets: Through how many sockets; every other one is dialled by the pool.
        plant: One message is mistreated in the pool's process, like this.
        plant_on: Whether when the pool writes it or when it reads it.
    """

    loop: Loop
    seed: int
    messages: int
    sockets: int
    plant: Fault = "none"
    plant_on: str = "write"

    @property
    def typical(self) -> int:
        """Messages of a connection of middle length; each socket has twenty or more."""
        return max(20, min(500, self.messages // self.sockets // 20))

    @property
    def planted(self) -> Plant | None:
        """The mistreatment: of a message in the middle of the first socket's."""
        if self.plant == "none":
            return None
        middle = stamp(connection=1, number=self.share(0) // 2)
        return Plant(fault=self.plant, on=self.plant_on, stamp=middle)

    def share(self, n: int) -> int:
        """How many messages the socket number `n` has to send."""
        return self.messages // self.sockets + (n < self.messages % self.sockets)


@dataclass(frozen=True, slots=True)
class Plan:
    """One connection.

    Attributes:
        messages: How many are sent on it, at most.
        ending: Who ends it, and how. "end": the pool, when all has come back.
        ends_at: The number of the message at which it ends.
        window: How many may be under way.
        pauses_at: The number of the message after which the peer doesn't read for a
            while; 0 for none.
        pause_s: For how long, in seconds.
        delay_s: Seconds from the last message until the peer kills the connection.
    """

    messages: int
    ending: Ending
    ends_at: int
    window: int
    pauses_at: int
    pause_s: float
    delay_s: float


def plan_of(seed: int, id: str, connection: int, left: int, typical: int) -> Plan:
    """The plan of a socket's connection.

    Args:
        seed: Of the run.
        id: The socket's.
        connection: Its number, from 1.
        left: Messages that this socket has to send yet.
        typical: Messages of a connection of middle length.
    """
    chance = random.Random(f"{seed} {id} {connection}")
    short = chance.random() < 0.1
    messages = (
        chance.randint(1, 20) if short else round(typical * 2 * chance.random()) + 1
    )
    ending = chance.choice(_ENDINGS)
    behind = chance.randint(0, WINDOW)
    window = chance.choice((1, 8, WINDOW, WINDOW))
    pauses = chance.random() < 0.1
    pauses_at = chance.randint(1, messages) if pauses else 0
    pause_s = 0.1 * chance.random()
    delay_s = chance.choice((0.0, 0.0, 0.002))
    if messages >= left:
        return Plan(left, "end", left, window, pauses_at, pause_s, 0.0)
    # The peer goes on sending while the pool ends the connection.
    by_pool = ending in ("pool closes", "pool kills")
    ends_at = max(1, messages - behind) if by_pool else messages
    return Plan(messages, ending, ends_at, window, pauses_at, pause_s, delay_s)
