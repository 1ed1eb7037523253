"""What can be done: each thing to the pool, and to its model, which says what follows."""

from tests.state_machine.hearers import Hearers
from tests.state_machine.members import Members
from tests.state_machine.writers import Writers

__all__ = ["Play"]


class Play(Members, Writers, Hearers):
    """All that can be done."""
