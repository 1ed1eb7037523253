"""What a message of a storm carries: its connection, its number, what the pool is to do.

    00000003 000001f4 e ............
    connection  number  command  padding

All of it follows from connection and number, so that a message that comes back can be
compared with what it has to be, byte by byte, and nothing need be remembered.
"""

import random
import zlib

__all__ = [
    "CLOSE",
    "ECHO",
    "END",
    "KILL",
    "STAMP_BYTES",
    "Payloads",
    "digest_of",
    "read_stamp",
    "stamp",
]

ECHO, CLOSE, KILL, END = b"e", b"c", b"k", b"f"
"""Echo it; and then: close, cut the link, close for good."""
STAMP_BYTES = 16
LARGE_BYTES = 70_000
"""Padding of one message in a thousand, whose frame has a length of 64 bits."""


def stamp(connection: int, number: int) -> bytes:
    """The first bytes of a message."""
    return b"%08x%08x" % (connection, number)


def read_stamp(payload: bytes) -> tuple[int, int]:
    """Connection and number of a message; 0 for what can't be read."""
    try:
        return int(payload[:8], 16), int(payload[8:STAMP_BYTES], 16)
    except ValueError:
        return 0, 0


def digest_of(connection: int, received: int) -> int:
    """The digest of the stamps 1 to `received` of a connection, in this order."""
    head = b"%08x" % connection
    digest = 0
    for first in range(1, received + 1, 1000):
        numbers = range(first, min(first + 1000, received + 1))
        digest = zlib.crc32(b"".join([b"%b%08x" % (head, n) for n in numbers]), digest)
    return digest


class Payloads:
    """The messages of a run: sizes and padding are chosen by its seed."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(f"payloads of {seed}")
        sizes = [chance.randint(0, 200) for _ in range(59)]
        sizes += [chance.randint(200, 4_000) for _ in range(5)]
        chance.shuffle(sizes)
        self._sizes = sizes
        self._text = bytes(chance.choices(range(0x20, 0x7F), k=LARGE_BYTES))
        self._binary = chance.randbytes(LARGE_BYTES)

    def of(self, connection: int, number: int, command: bytes = ECHO) -> bytes:
        """The payload of a message; every third one is binary."""
        size = self._sizes[number & 63] if number % 1000 else LARGE_BYTES
        padding = self._text if number % 3 else self._binary
        return b"%08x%08x%b%b" % (connection, number, command, padding[:size])
