"""The rules from which hypothesis makes its plays."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from ssc_rx import Outbox, Overflow
from tests.state_machine.checks import Checks
from tests.state_machine.members import Duplicate
from tests.state_machine.play import Play
from tests.state_machine.world import Answer

__all__ = ["PoolMachine"]

IDS = st.sampled_from(["a", "a", "b", "b", "c", "d", ""])
TAKEN = st.sampled_from(["a", "a", "b", "b", "c"])
SIZES = st.sampled_from([1, 20, 50])
NUMBERS = st.integers(0, 9)
OUTBOXES = st.builds(
    Outbox,
    messages=st.integers(1, 3),
    bytes=st.just(60),
    overflow=st.sampled_from([o for o in Overflow if o is not Overflow.BLOCK]),
)
TAGS = st.sampled_from([(), ("red",), ("red", "blue")])
DUPLICATES: st.SearchStrategy[Duplicate] = st.sampled_from(["reject", "replace"])
SOURCES = st.sampled_from(["pool", "name", "socket", "group"])
REACTIONS = st.sampled_from(
    ["raise", "write", "broadcast", "remove", "dispose", "subscribe", "stop"]
)
TOGETHER = -1
PACES = st.sampled_from([None, None, None, TOGETHER, 0, 1, 2])


class PoolMachine(RuleBasedStateMachine):
    """Does anything in any order, at any pace, and checks after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.checks = Checks(self.play)
        self.pace: int | None = None
        self.held_back: list[Callable[[], None]] = []

    @initialize(
        bound=OUTBOXES, server=OUTBOXES, kind=st.none() | st.sampled_from(["write"])
    )
    def first_sockets(self, bound: Outbox, server: Outbox, kind: str | None) -> None:
        play = self.play
        if (reaction := self.reaction(kind, "b")) is not None:
            self.do(lambda: play.watch_events(reaction))
        self.do(lambda: play.add_client("a", bound, (), "reject", until_closed=False))
        self.do(
            lambda: play.add_server(
                "b", server, ("red",), "reject", on_open=None, back=True
            )
        )

    def do(self, act: Callable[[], None]) -> None:
        """Act, at the present pace, and check."""
        self.held_back.append(act)
        if self.pace != TOGETHER:
            self.go_on()

    def go_on(self) -> None:
        acts, self.held_back = self.held_back, []
        world = self.play.world
        world.call(*acts)
        if self.pace is None:
            world.loop.run_ready()
        else:
            for _ in range(self.pace):
                world.loop.run_turn()
        self.checks.always()
        if self.pace is None:
            self.checks.at_rest()

    @rule(pace=PACES)
    def keep_pace(self, pace: int | None) -> None:
        """From now on, let so many turns of the loop pass after a step; or all it takes."""
        self.pace = pace
        if pace != TOGETHER:
            self.go_on()

    # Sockets

    @rule(
        id=IDS, bound=OUTBOXES, tags=TAGS, twice=DUPLICATES, until_closed=st.booleans()
    )
    def add_client(
        self,
        id: str,
        bound: Outbox,
        tags: tuple[str, ...],
        twice: Duplicate,
        until_closed: bool,
    ) -> None:
        self.do(
            lambda: self.play.add_client(
                id, bound, tags, twice, until_closed=until_closed
            )
        )

    @rule(
        id=IDS,
        bound=OUTBOXES,
        tags=TAGS,
        twice=DUPLICATES,
        on_open=st.sampled_from([None, None, "returns", "writes", "waits", "fails"]),
        back=st.booleans(),
    )
    def add_server(
        self,
        id: str,
        bound: Outbox,
        tags: tuple[str, ...],
        twice: Duplicate,
        on_open: str | None,
        back: bool,
    ) -> None:
        self.do(
            lambda: self.play.add_server(
                id, bound, tags, twice, on_open=on_open, back=back
            )
        )

    @precondition(lambda self: any(life.gate for life in self.play.lives.here))
    @rule(id=TAKEN)
    def let_on_open_go(self, id: str) -> None:
        self.do(lambda: self.play.let_on_open_go(id))

    @rule(answer=st.sampled_from(Answer), takes_s=st.sampled_from([0.0, 0.0, 1.0]))
    def network(self, answer: Answer, takes_s: float) -> None:
        self.play.network.answer = answer
        self.play.network.takes_s = takes_s

    @rule(id=IDS, code=st.sampled_from([1000, 4000]), by_socket=st.booleans())
    def remove(self, id: str, code: int, by_socket: bool) -> None:
        self.do(lambda: self.play.remove(id, code, by_socket=by_socket))

    @rule(deadline=st.sampled_from([0.0, 0.5, 5.0]), really=NUMBERS)
    def stop(self, deadline: float, really: int) -> None:
        if really == 0:
            self.do(lambda: self.play.stop(deadline))

    @precondition(lambda self: self.play.pending())
    @rule(n=NUMBERS)
    def cancel(self, n: int) -> None:
        self.do(lambda: self.play.cancel(n))

    # Writes

    @rule(
        id=IDS,
        door=st.sampled_from(
            ["write", "writes.on_next", "socket.write", "socket.writes.on_next"]
        ),
        size=SIZES,
        times=st.integers(1, 4),
    )
    def write(self, id: str, door: str, size: int, times: int) -> None:
        for _ in range(times):
            self.do(lambda: self.play.write(id, door, size))

    @rule(size=SIZES, exclude=st.sampled_from(["", "a"]), inbound=st.booleans())
    def write_all(self, size: int, exclude: str, inbound: bool) -> None:
        self.do(lambda: self.play.write_all(size, exclude, inbound=inbound))

    @rule(
        id=IDS, sizes=st.lists(SIZES, min_size=1, max_size=3), by_socket=st.booleans()
    )
    def send(self, id: str, sizes: list[int], by_socket: bool) -> None:
        for size in sizes:
            self.do(lambda size=size: self.play.send(id, size, by_socket=by_socket))

    # Peers

    @rule(id=TAKEN, stalled=st.sampled_from([True, True, False]))
    def stall(self, id: str, stalled: bool) -> None:
        self.do(lambda: self.play.stall(id, stalled))

    @rule(id=TAKEN)
    def mute(self, id: str) -> None:
        self.do(lambda: self.play.mute(id))

    @rule(id=TAKEN, n=st.integers(1, 4))
    def peer_sends(self, id: str, n: int) -> None:
        self.do(lambda: self.play.peer_sends(id, n))

    @rule(id=TAKEN, code=st.sampled_from([1000, 1001, 1008, 1012]))
    def peer_closes(self, id: str, code: int) -> None:
        self.do(lambda: self.play.peer_closes(id, code))

    @rule(id=TAKEN)
    def lose(self, id: str) -> None:
        self.do(lambda: self.play.lose(id))

    @rule(seconds=st.sampled_from([0.1, 0.6, 1.1, 5.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.pace = None
        self.go_on()
        if seconds >= 5.0:
            self.play.silence_counts()
        self.play.world.loop.run_for(seconds)
        self.go_on()

    # Listeners

    def reaction(self, kind: str | None, id: str) -> Callable[[], None] | None:
        play = self.play
        reactions: dict[str, Callable[[], None]] = {
            "raise": play.raise_mishap,
            "write": lambda: play.write(id, "write", 1),
            "broadcast": lambda: play.write_all(1, "", inbound=False),
            "remove": lambda: play.remove(id, 1000, by_socket=False),
            "dispose": lambda: play.dispose(len(id)),
            "subscribe": lambda: play.subscribe("socket", id, None),
            "stop": lambda: play.stop(1.0),
        }
        return None if kind is None else reactions[kind]

    @rule(to=SOURCES, id=TAKEN, kind=st.none() | REACTIONS, aim=IDS)
    def subscribe(self, to: str, id: str, kind: str | None, aim: str) -> None:
        self.do(lambda: self.play.subscribe(to, id, self.reaction(kind, aim)))

    @rule(kind=st.none() | REACTIONS, aim=IDS)
    def watch_writes(self, kind: str | None, aim: str) -> None:
        self.do(lambda: self.play.watch_writes(self.reaction(kind, aim)))

    @rule(kind=REACTIONS, aim=IDS)
    def watch_events(self, kind: str, aim: str) -> None:
        reaction = self.reaction(kind, aim)
        assert reaction is not None
        self.do(lambda: self.play.watch_events(reaction))

    @precondition(lambda self: self.play.listeners)
    @rule(n=NUMBERS)
    def dispose(self, n: int) -> None:
        self.do(lambda: self.play.dispose(n))

    @rule(
        to=st.sampled_from(["pool", "name", "socket"]),
        id=TAKEN,
        overflow=st.sampled_from(
            [
                Overflow.BLOCK,
                Overflow.BLOCK,
                Overflow.DROP_OLDEST,
                Overflow.DROP_NEWEST,
                Overflow.LATEST,
            ]
        ),
        buffer=st.integers(1, 3),
        block_timeout=st.sampled_from([2.0, 100.0]),
    )
    def open_stream(
        self, to: str, id: str, overflow: Overflow, buffer: int, block_timeout: float
    ) -> None:
        self.do(lambda: self.play.open_stream(to, id, overflow, buffer, block_timeout))

    @precondition(lambda self: self.play.tanks)
    @rule(n=NUMBERS, times=st.integers(1, 3))
    def take(self, n: int, times: int) -> None:
        for _ in range(times):
            self.do(lambda: self.play.take(n))

    @precondition(lambda self: self.play.tanks)
    @rule(n=NUMBERS)
    def close_stream(self, n: int) -> None:
        self.do(lambda: self.play.close_stream(n))

    @precondition(lambda self: self.play.tanks)
    @rule(n=NUMBERS)
    def forget_stream(self, n: int) -> None:
        self.do(lambda: self.play.forget_stream(n))

    def teardown(self) -> None:
        world = self.play.world
        try:
            self.pace = None
            self.go_on()
            self.do(lambda: self.play.stop(0.5))
            self.time_passes(5.0)
            self.checks.at_the_end()
        finally:
            world.close()
