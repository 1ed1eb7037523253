"""How a command ends: its exit codes, and why it isn't carried out."""

__all__ = ["FAILED", "INTERRUPTED", "MISUSED", "TERMINATED", "Refusal"]

FAILED, MISUSED, INTERRUPTED, TERMINATED = 1, 2, 130, 143


class Refusal(Exception):
    """Why a command isn't carried out.

    Attributes:
        code: With what the program exits.
    """

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code
