"""The chat without its web server: a pool whose groups are rooms.

Whoever comes may take any name that is free: a chat for one machine, not for the world.
"""

from typing import NamedTuple

from ssc_rx import Message, Pool, SocketClosed, SocketOpened
from ssc_rx.events import Event

__all__ = ["LONGEST_TEXT", "Chat", "Member"]

LONGEST_NAME = 40
LONGEST_TEXT = 2_000
"""Characters of one message; the rest is cut off."""
LONGEST_FRAME_BYTES = 32 * 1024
"""What a member may send at once; and enough for the longest text as JSON."""


class Member(NamedTuple):
    """Who is in which room."""

    room: str
    name: str

    @property
    def allowed(self) -> bool:
        """Whether both are names: short, visible, and without the slash of an ID."""
        return all(
            0 < len(part) <= LONGEST_NAME and part.isprintable() and "/" not in part
            for part in self
        )

    @property
    def id(self) -> str:
        """The ID of its socket."""
        return f"{self.room}/{self.name}"

    @classmethod
    def of(cls, id: str) -> "Member":
        """The inverse of `id`."""
        return cls(*id.split("/"))


class Chat:
    """Rooms: what a member says is told to its room, and so is who joins and leaves.

    Attributes:
        pool: Its sockets are the members; a room is the group of those that bear its tag.
    """

    def __init__(self) -> None:
        self.pool = Pool(name="chat", max_message_size=LONGEST_FRAME_BYTES)
        self.pool.messages.subscribe(self._said)
        self.pool.events.subscribe(self._happened)

    def members(self, room: str) -> list[str]:
        """The names of those in a room, in the order in which they came."""
        return [Member.of(id).name for id in self.pool.tagged(room)]

    def note(self, member: Member, text: str) -> None:
        """Write to one member.

        Raises:
            UnknownSocketError: If it isn't there.
            SocketClosedError: If it is leaving.
            OutboxFullError: If it reads too slowly; it is being closed.
        """
        self.pool.write(Message.of(member.id, {"note": text[:LONGEST_TEXT]}))

    def _said(self, message: Message) -> None:
        member = Member.of(message.id)
        text = message.payload.decode(errors="replace")[:LONGEST_TEXT]
        self._tell(member.room, {"from": member.name, "text": text})

    def _happened(self, event: Event) -> None:
        match event:
            case SocketOpened(id=id):
                member = Member.of(id)
                self._tell(member.room, {"joined": member.name})
            case SocketClosed(id=id, generation=1):  # 0: it never got in
                member = Member.of(id)
                self._tell(member.room, {"left": member.name})
            case _:
                pass

    def _tell(self, room: str, what: dict[str, str]) -> None:
        self.pool.tagged(room).write_all(Message.of("", what))
