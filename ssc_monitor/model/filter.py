"""The filter line: what it may say, what it matches, what the source can do of it.

    btc !dir:out type:text|binary id:stream* kind:server state:open size>1k rate>100
    /re/ json:s=BTCUSDT "quoted words"

Terms are separated by spaces and all have to hold; `!` turns a term round; `|` separates
alternatives. A word is looked for in the ID and in the payload, whatever the case.
"""

from ssc_monitor.model.compare import all_of
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.pushdown import Pushed
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.terms import KEYS, OnMessage, Term, read_term
from ssc_monitor.model.tokens import FilterError, tokens
from ssc_rx.monitor import wire

__all__ = ["MAX_LENGTH", "Filter", "FilterError"]

MAX_LENGTH = 1000
"""How many characters a filter may have."""


class Filter:
    """A filter that was read; immutable. An empty one matches everything.

    Attributes:
        text: The filter as it was written.
    """

    __slots__ = ("_on_message", "_on_socket", "_terms", "text")

    def __init__(self, text: str = "", terms: tuple[Term, ...] = ()) -> None:
        self.text = text
        self._terms = terms
        self._on_socket = tuple(t.on_socket for t in terms if t.on_socket is not None)
        on_message = [term.on_message for term in sorted(terms, key=_cost)]
        self._on_message: OnMessage | None = all_of(on_message) if on_message else None

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """Read a filter.

        Raises:
            FilterError: If it can't be read; says where and what to write instead.
        """
        if len(text) > MAX_LENGTH:
            raise FilterError(f"a filter may have {MAX_LENGTH} characters", MAX_LENGTH)
        return cls(text, tuple(read_term(token) for token in tokens(text, KEYS)))

    def sockets(self, sockets: list[SocketView]) -> list[SocketView]:
        """Those that match, by the terms that are about sockets, in their order.

        A word is looked for in the ID.
        """
        for matches in self._on_socket:
            sockets = [socket for socket in sockets if matches(socket)]
        return sockets

    def matches_message(self, entry: Entry, socket: SocketView | None) -> bool:
        """Whether a message matches, by all terms.

        Args:
            entry: The message, as far as it is known: its preview.
            socket: Its socket; `None` if it isn't known any more.
        """
        return self._on_message is None or self._on_message(entry, socket)

    def selection(self) -> wire.Selection:
        """What the source can leave out for us: never more than the filter does."""
        pushed = Pushed()
        for term in self._terms:
            if term.push is not None:
                term.push(pushed)
        return pushed.selection()

    def __bool__(self) -> bool:
        return bool(self._terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Filter.parse({self.text!r})"


def _cost(term: Term) -> int:
    return term.cost
