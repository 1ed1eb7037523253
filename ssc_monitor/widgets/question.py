"""`Question`: asks for one line of text, such as a search or the name of a file."""

from collections.abc import Callable

from ssc_monitor.widgets.prompt import Prompt

__all__ = ["Answered", "Question"]

Answered = Callable[[str], str]
"""Takes an answer; returns what is wrong with it, or nothing."""


class Question(Prompt):
    """Asks again for as long as the answer won't do."""

    def __init__(self) -> None:
        super().__init__("", max_length=1000, id="question")
        self._answered: Answered | None = None
        self._kept: Callable[[], None] | None = None

    def ask(
        self,
        sign: str,
        answered: Answered,
        closed: Callable[[], None],
        *,
        text: str = "",
        remark: str = "",
    ) -> None:
        """Ask.

        Args:
            sign: What stands before the answer.
            answered: Called with the answer.
            closed: Called once it will do.
            text: An answer to begin with.
            remark: What can be said, and how.
        """
        self._answered, self._kept = answered, closed
        self.sign.text = sign
        self.sign.styles.width = len(sign) + 2
        self.sign.repaint()
        self.open(text, remark)

    def typed(self, text: str) -> None:
        self.complain("")

    def entered(self, text: str) -> None:
        if self._answered is None:
            return
        wrong = self._answered(text)
        if wrong:
            self.complain(wrong)
        elif self._kept is not None:
            self._kept()
