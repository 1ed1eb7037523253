"""What holds after every step; and more, once nothing is left to do but to wait."""

from ssc_rx import Socket
from ssc_rx.core.stats import Counts
from tests.state_machine.lives import Life
from tests.state_machine.play import Play
from tests.state_machine.stage import CLOSE_TIMEOUT_S, MAX_DIALS

__all__ = ["Checks"]

STATES = {
    "opening": {"opening", "closing"},
    "open": {"opening", "open", "reconnecting", "closing"},
    "down": {"reconnecting", "closing"},
    "gone": {"closing", "closed"},
}
GROWS = ("messages_in", "messages_out", "accepted", "refused")


class Checks:
    """Compares a play's pool with its model; remembers what may only grow."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self._before: Counts | None = None
        self._closing_since: dict[Life, float] = {}

    def always(self) -> None:
        play = self.play
        if play.faults:
            raise play.faults[0]
        assert not play.world.complaints, play.world.complaints
        for task in play.tasks:
            if task.done() and not task.cancelled():
                task.result()
        self._counts()
        for life in play.lives.all:
            self._life(life)
        ids = list(play.lives.owners)
        assert play.pool.list() == ids, (play.pool.list(), ids)
        assert play.network.most <= MAX_DIALS
        self._listeners()

    def _counts(self) -> None:
        play = self.play
        stats = play.pool.stats()
        assert stats.balanced, stats
        assert all(socket.balanced for socket in stats.sockets), stats
        if self._before is not None:
            for name in GROWS:
                assert getattr(stats, name) >= getattr(self._before, name), name
        self._before = stats
        lines = [life.line for life in play.lives.all]
        for life in play.lives.all:
            life.learn()
        assert stats.accepted == sum(line.accepted for line in lines)
        assert stats.messages_out == sum(line.out for line in lines)
        assert stats.dropped_total == sum(line.dropped for line in lines)
        assert stats.failed_total == sum(sum(line.failed.values()) for line in lines)
        assert stats.messages_in == len(play.log)
        assert stats.subscriber_failures == play.failures

    def _life(self, life: Life) -> None:
        socket, line = life.socket, life.line
        for link in life.links:
            given = link.given
            assert link.heard == given[: len(link.heard)], (life, link.heard, given)
        if socket is None:
            return
        stats = socket.stats
        assert stats.balanced, stats
        assert socket.generation == life.generation
        assert socket.state in STATES[life.phase], (life, socket)
        if life.asked:
            assert socket.state in ("closing", "closed"), (life, socket)
        assert (stats.accepted, stats.queued) == (line.accepted, len(line.queue)), life
        assert (stats.dropped_total, stats.failed) == (line.dropped, line.failed)
        if life.phase != "gone" or (life.replaced and socket.close_info is None):
            return
        assert socket.close_info is not None
        assert life.replaced or life.info in (None, socket.close_info)
        for end in life.ends:
            assert end.result() == socket.close_info

    def _listeners(self) -> None:
        play = self.play
        for listener in play.listeners:
            listener.check(play.log)
            ended = (
                play.lives.stopped
                if listener.of is None
                else listener.of.phase == "gone"
            )
            if listener.end is None:
                assert listener.completed == ended, (listener, ended)
            assert listener.completed <= 1
        for tank in play.tanks:
            tank.check()
        for watcher in play.watchers:
            for life in play.lives.all:
                begin = watcher.begin.get(life, 0)
                shown = life.line.shown[begin:]
                got = [t for id, t in watcher.got if id == life.id and t in shown]
                assert got == shown, (life, watcher.got, shown)

    # When nothing is left to do but to wait

    def at_rest(self) -> None:
        play = self.play
        assert play.lives.refusals == play.refusals
        lines = [life.line for life in play.lives.all]
        refused = play.refused + sum(line.refused for line in lines)
        assert play.pool.stats().refused == refused
        for life in play.lives.all:
            self._at_rest(life)
        if play.world.now > play.stop_by + CLOSE_TIMEOUT_S + 1:
            assert play.lives.stopped, "stop() takes too long"
        assert all(stop.done() == play.lives.stopped for stop in play.stops)

    def _at_rest(self, life: Life) -> None:
        socket, line = life.socket, life.line
        if socket is None:
            return
        if life.phase == "gone":
            assert not line.waiting, f"{life} is gone, and sends wait for it"
        if socket.state == "closed":
            assert life.add is None or life.add.done(), f"{life} is being added"
        for waiter in line.waiting:
            assert waiter.task is not None
            assert not waiter.task.done(), f"{life}: {waiter} doesn't wait"
        self._bounded(life, socket)
        link = life.link
        if link is None:
            return
        stranded = life.takes_writes and line.strands
        assert not stranded, f"{life} lets senders wait though there is room"
        held = any(tank.may_hold and tank.feeds_from(life) for tank in self.play.tanks)
        if not held:
            assert not link.lost, f"{life} doesn't know that it is lost"
        if link.touched or life.asked or life.excuses:
            return
        if life.ready:
            assert socket.state == "open", (life, socket)
        assert held or link.delivered == len(link.sent), f"{life} isn't read"
        if not link.far.stalled:
            assert link.heard == link.given, (life, link.heard, link.given)
            assert not line.queue, f"{life} doesn't hand over what waits"

    def _bounded(self, life: Life, socket: Socket) -> None:
        """Nothing takes longer to close than it may."""
        now = self.play.world.now
        if socket.state != "closing":
            self._closing_since.pop(life, None)
            return
        since = self._closing_since.setdefault(life, now)
        assert now <= since + 2 * CLOSE_TIMEOUT_S, f"{life} doesn't get closed"

    def at_the_end(self) -> None:
        """The pool has stopped: nothing is left."""
        play = self.play
        assert play.lives.stopped, "the pool didn't stop"
        assert play.pool.stats().state == "stopped"
        assert play.pool.list() == []
        left = [task for task in play.tasks if not task.done()]
        assert not left, left
        others = play.world.tasks()
        assert not others, others
        assert not play.world.timers(), play.world.timers()
        assert all(tank.stream is None or tank.stream.ended for tank in play.tanks)
