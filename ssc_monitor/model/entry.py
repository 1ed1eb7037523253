"""One line of the stream of messages."""

from typing import Literal

import msgspec

__all__ = ["Direction", "Entry"]

Direction = Literal["in", "out"]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One message that was sampled.

    Attributes:
        sequence: Its number among the samples of its attachment: what to `Get` it by.
        index: Its absolute index in the stream.
        number: Its socket's, in its attachment.
        id: Its socket's ID, visible.
        direction: "in" or "out".
        type: An opcode of RFC 6455: 1 TEXT, 2 BINARY, 9 PING, 10 PONG.
        size: Bytes of the whole payload.
        time: UNIX seconds at which it was read, or accepted for writing.
        preview: The payload's first bytes, as they are: not fit for a terminal.
        missing: Messages just before it that were wanted and not sampled.
        attachment: Which attachment it came with; its payload and its socket can only be
            asked for while `PoolView.attachment` is the same.
        words: What the source found in its ID or in its whole payload, in lower case.
    """

    sequence: int
    index: int
    number: int
    id: str
    direction: Direction
    type: int
    size: int
    time: float
    preview: bytes
    missing: int = 0
    attachment: int = 0
    words: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the preview is all of the payload."""
        return len(self.preview) >= self.size
