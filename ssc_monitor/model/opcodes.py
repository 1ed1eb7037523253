"""The opcodes of what a socket receives and sends (RFC 6455 section 11.8), by name."""

from collections.abc import Mapping

__all__ = ["BINARY", "NAMES", "OPCODES", "PING", "PONG", "TEXT"]

TEXT, BINARY, PING, PONG = 1, 2, 9, 10

NAMES: Mapping[int, str] = {TEXT: "text", BINARY: "binary", PING: "ping", PONG: "pong"}
OPCODES: Mapping[str, int] = {name: opcode for opcode, name in NAMES.items()}
