"""Groups: the sockets that bear a tag, as one stream and one address."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from reactivex import abc

from ssc_rx.core.tags import Tags
from ssc_rx.errors import counted
from ssc_rx.message import Data, Message
from ssc_rx.sockets import Socket
from ssc_rx.streams.hub import Hub
from ssc_rx.streams.stream import Home, Stream
from ssc_rx.writing import BroadcastResult

__all__ = ["Group", "Grouping"]


class Group:
    """The sockets of a pool that bear a tag, now or later: `pool.tagged("room")`.

    A view: it holds no socket. What is written or read through it costs its members, and
    nothing for the rest of the pool.

    Attributes:
        tag: What they bear.
    """

    def __init__(
        self, tag: str, grouping: "Grouping", write_all: Callable[..., BroadcastResult]
    ) -> None:
        self.tag = tag
        self._grouping = grouping
        self._write_all = write_all

    @property
    def messages(self) -> Stream[Message]:
        """What its members receive, merged; hot, never fails, completes at `stop()`.

        A socket that comes to bear the tag is in it from its next message on.
        """
        return self._grouping.messages(self.tag)

    def write_all(
        self, message: Data | Message, *, exclude: Collection[str] = ()
    ) -> BroadcastResult:
        """Queue a message for every member; as `pool.write_all`, whose result it gives."""
        return self._write_all(message, to=self.list(), exclude=exclude)

    def count(self) -> int:
        """How many members it has; the same as `len(group)`."""
        return self._grouping.tags.count(self.tag)

    def __len__(self) -> int:
        return self.count()

    def __bool__(self) -> bool:
        """True, even while it has no member."""
        return True

    def __iter__(self) -> Iterator[str]:
        """Iterate over the IDs, of a copy."""
        return iter(self.list())

    def __repr__(self) -> str:
        return f"<Group {self.tag!r}, {counted(len(self), 'socket')}>"

    def list(self) -> list[str]:
        """The IDs of its members, in the order in which they came to bear the tag."""
        return [socket.id for socket in self._grouping.tags.bearers(self.tag)]


class Grouping:
    """Keeps who bears what, and feeds the streams of groups that somebody subscribes to.

    Attributes:
        tags: Who bears what.
    """

    def __init__(self, home: Home) -> None:
        self.tags: Tags[Socket] = Tags()
        self.home = home
        self.completed = False
        self.hubs: dict[str, _GroupHub] = {}

    def joined(self, socket: Socket, tags: Collection[str]) -> None:
        """A socket bears these from now on."""
        self.tags.add(socket, tags)
        for tag in tags:
            if (hub := self.hubs.get(tag)) is not None:
                hub.follow(socket)

    def left(self, socket: Socket, tags: Collection[str]) -> None:
        """A socket doesn't bear these any more."""
        self.tags.remove(socket, tags)
        for tag in tags:
            if (hub := self.hubs.get(tag)) is not None:
                hub.unfollow(socket)

    def messages(self, tag: str) -> Stream[Message]:
        """What the bearers of a tag receive; nothing is done until somebody subscribes."""
        stream = Stream[Message](
            lambda observer, scheduler: self._hub(tag).subscribe(
                observer, scheduler=scheduler
            )
        )
        stream.home = self.home
        return stream

    def complete(self) -> None:
        """The pool has stopped."""
        self.completed = True
        for hub in list(self.hubs.values()):
            hub.complete()

    def _hub(self, tag: str) -> "_GroupHub":
        hub = self.hubs.get(tag) or _GroupHub(tag, self)
        if self.completed:
            hub.complete()
        return hub


class _GroupHub(Hub[Message]):
    """The messages of one group; follows its members while it has a subscriber."""

    def __init__(self, tag: str, grouping: Grouping) -> None:
        super().__init__("group.messages", grouping.home)
        self._tag = tag
        self._grouping = grouping
        self._followed: dict[Socket, abc.DisposableBase] = {}

    def follow(self, socket: Socket) -> None:
        """Emit what it receives."""
        if socket not in self._followed:
            self._followed[socket] = socket.messages.subscribe(self.emit)

    def unfollow(self, socket: Socket) -> None:
        """Emit no more of it."""
        if (followed := self._followed.pop(socket, None)) is not None:
            followed.dispose()

    def _set(self, subscriptions: tuple[Any, ...]) -> None:
        hubs = self._grouping.hubs
        if subscriptions and not self.observed:
            hubs[self._tag] = self
            for socket in self._grouping.tags.bearers(self._tag):
                self.follow(socket)
        elif not subscriptions and hubs.get(self._tag) is self:
            del hubs[self._tag]
            for socket in list(self._followed):
                self.unfollow(socket)
        super()._set(subscriptions)
