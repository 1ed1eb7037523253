"""The terms of a filter: what each one matches, and what the source can do of it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ssc_monitor.model.compare import (
    COMPARISONS,
    any_of,
    quantity,
    text_test,
    value_test,
)
from ssc_monitor.model.entry import Direction, Entry
from ssc_monitor.model.jsonterm import read_path
from ssc_monitor.model.opcodes import NAMES, OPCODES
from ssc_monitor.model.patterns import MAX_SEARCHED, PatternError, compile_pattern
from ssc_monitor.model.pushdown import Pushed
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.tokens import FilterError, Token

__all__ = ["KEYS", "OnMessage", "OnSocket", "Term", "read_term"]

OnMessage = Callable[[Entry, SocketView | None], bool]
OnSocket = Callable[[SocketView], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One term, understood.

    Attributes:
        on_message: Whether a message matches.
        on_socket: Whether a socket matches; `None` if the term isn't about sockets.
        push: Asks the source for what it can do; `None` if that is nothing.
        cost: Which terms to try first: those that cost less.
    """

    on_message: OnMessage
    on_socket: OnSocket | None = None
    push: Callable[[Pushed], None] | None = None
    cost: int = 0


def read_term(token: Token) -> Term:
    """Understand a term.

    Raises:
        FilterError: If it says something that can't be; tells what to write instead.
    """
    if token.kind == "word":
        _check_word(token)
        return _words(token)
    if token.kind == "regex":
        return _pattern(token)
    return _READERS[token.key](token)


def _words(token: Token) -> Term:
    first, *others = token.values

    def push(pushed: Pushed) -> None:
        pushed.words.append(first.lower())

    # The source knows the case of ASCII letters only, and no alternatives.
    pushable = first.isascii() and not others and not token.negated
    return _term(
        token,
        any_of([_word(value) for value in token.values]),
        any_of([_in_id(value.casefold()) for value in token.values]),
        push if pushable else None,
        cost=1,
    )


def _in_id(needle: str) -> OnSocket:
    return lambda socket: needle in socket.id.casefold()


def _word(value: str) -> OnMessage:
    """Whether it is in the ID, in the preview, or in what the source found."""
    needle = value.casefold()
    if not value.isascii():
        return lambda entry, _: (
            needle in _text(entry).casefold() or needle in entry.id.casefold()
        )
    raw = needle.encode()
    return lambda entry, _: (
        raw in entry.preview.lower()
        or needle in entry.id.casefold()
        or (needle in entry.words and not entry.whole)
    )


def _pattern(token: Token) -> Term:
    try:
        search = compile_pattern(token.values[0], ignore_case=token.ignore_case).search
    except PatternError as error:
        raise FilterError(
            f"this expression can't be used: {error}", token.position
        ) from error
    return _term(
        token,
        lambda entry, _: search(_text(entry)[:MAX_SEARCHED]) is not None,
        cost=3,
    )


def _direction(token: Token) -> Term:
    wanted: set[Direction] = {
        "in" if value == "in" else "out" for value in _choices(token, ("in", "out"))
    }

    def push(pushed: Pushed) -> None:
        pushed.directions &= {"in", "out"} - wanted if token.negated else wanted

    return _term(token, lambda entry, _: entry.direction in wanted, push=push)


def _type(token: Token) -> Term:
    wanted = {OPCODES[value] for value in _choices(token, tuple(OPCODES))}

    def push(pushed: Pushed) -> None:
        pushed.only_types(set(NAMES) - wanted if token.negated else wanted)

    return _term(token, lambda entry, _: entry.type in wanted, push=push)


def _id(token: Token) -> Term:
    _check_operator(token)
    matches = any_of(
        [text_test(value.casefold(), contains=True) for value in token.values]
    )
    return _term(
        token,
        lambda entry, _: matches(entry.id.casefold()),
        lambda socket: matches(socket.id.casefold()),
        cost=1,
    )


def _kind(token: Token) -> Term:
    wanted = set(_choices(token, ("server", "client")))
    return _about_socket(token, lambda socket: socket.kind in wanted)


def _state(token: Token) -> Term:
    states = ("opening", "open", "reconnecting", "closing", "closed")
    wanted = set(_choices(token, states))
    return _about_socket(token, lambda socket: socket.state in wanted)


def _size(token: Token) -> Term:
    compare, limit = _comparison(token)
    sign = _OPPOSITES[token.operator] if token.negated else token.operator

    def push(pushed: Pushed) -> None:
        if sign in (">", ">=", "="):
            least = math.floor(limit) + 1 if sign == ">" else math.ceil(limit)
            pushed.at_least(least)
        if sign in ("<", "<=", "="):
            most = math.ceil(limit) - 1 if sign == "<" else math.floor(limit)
            pushed.at_most(most)

    return _term(token, lambda entry, _: compare(entry.size, limit), push=push)


def _number(token: Token) -> Term:
    compare, limit = _comparison(token)
    number = _NUMBERS[token.key]
    return _about_socket(token, lambda socket: compare(number(socket), limit), cost=1)


def _json(token: Token) -> Term:
    _check_operator(token)
    first, *others = token.values
    found = _JSON.match(first)
    if others and (found is None or found["sign"] != "="):
        raise FilterError("alternatives are for texts: json:s=BTC|ETH", token.position)
    path = read_path(found["path"] if found else first)
    if path is None:
        raise FilterError(
            "json: wants the names of members, as in json:data.s=BTC", token.position
        )
    sign = found["sign"] if found else ""
    first = first[found.end() :] if found else ""
    values = (first, *others)
    test = _json_test(token, sign, values)

    def push(pushed: Pushed) -> None:
        for word in (f'"{path.steps[-1]}"', first):
            if _PLAIN.fullmatch(word):
                pushed.words.append(word.casefold())

    pushable = sign in ("", "=") and len(values) == 1 and not token.negated
    return _term(
        token,
        lambda entry, _: path.find(entry.preview, entry.whole, test),
        push=push if pushable else None,
        cost=4,
    )


def _json_test(
    token: Token, sign: str, values: tuple[str, ...]
) -> Callable[[str | float], bool]:
    if not sign:
        return lambda _: True
    if sign == "=":
        return any_of([value_test(value.casefold()) for value in values])
    compare, limit = COMPARISONS[sign], _quantity(values[0], token)
    return lambda value: not isinstance(value, str) and compare(value, limit)


def _term(
    token: Token,
    on_message: OnMessage,
    on_socket: OnSocket | None = None,
    push: Callable[[Pushed], None] | None = None,
    cost: int = 0,
) -> Term:
    """The term, turned round if it is negated; `push` minds that by itself."""
    if not token.negated:
        return Term(on_message, on_socket, push, cost)
    turned = None if on_socket is None else _turned(on_socket)
    return Term(lambda entry, socket: not on_message(entry, socket), turned, push, cost)


def _turned(on_socket: OnSocket) -> OnSocket:
    return lambda socket: not on_socket(socket)


def _about_socket(token: Token, on_socket: OnSocket, cost: int = 0) -> Term:
    return _term(
        token,
        lambda _, socket: socket is not None and on_socket(socket),
        on_socket,
        cost=cost,
    )


def _text(entry: Entry) -> str:
    return entry.preview.decode(errors="replace")


def _check_word(token: Token) -> None:
    """Find terms that were meant to be more than a word."""
    found = _LIKE_A_TERM.match(token.values[0])
    if found is None:
        return
    name, sign = found["name"].lower(), found["sign"]
    near = get_close_matches(name, KEYS, 1, 0.75)
    if near:
        raise FilterError(
            f"there is no {name}{sign}, but {_SHAPES[near[0]]}; to look for the text, "
            f'quote it: "{token.values[0]}"',
            token.position,
        )
    if sign != ":":
        raise FilterError(
            f"{name} is no number of a message or socket, those are "
            f"{', '.join(('size', *_NUMBERS))}; for a member of JSON write "
            f"json:{token.values[0]}",
            token.position,
        )


def _check_operator(token: Token) -> None:
    if token.operator != ":":
        raise FilterError(f"write {_SHAPES[token.key]}", token.position)


def _choices(token: Token, known: tuple[str, ...]) -> list[str]:
    _check_operator(token)
    chosen = [value.lower() for value in token.values]
    for value in chosen:
        if value not in known:
            raise FilterError(
                f"{token.key}: can be {', '.join(known)}, not {value}", token.position
            )
    return chosen


def _comparison(token: Token) -> tuple[Callable[[float, float], bool], float]:
    number, *others = token.values
    if token.operator not in COMPARISONS or others:
        raise FilterError(f"write {_SHAPES[token.key]}", token.position)
    return COMPARISONS[token.operator], _quantity(number, token)


def _quantity(text: str, token: Token) -> float:
    number = quantity(text)
    if number is None:
        raise FilterError(
            f"{text} is no number; write one like 100, 1.5k or 2M", token.position
        )
    return number


_OPPOSITES = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "≠"}

_JSON = re.compile(r"(?P<path>[^<>=]+)(?P<sign>[<>]=?|=)(?=.)", re.DOTALL)
_LIKE_A_TERM = re.compile(r"(?P<name>[A-Za-z_]+)(?P<sign>:(?!/)|[<>]=?(?=[0-9]))")
# What no encoder of JSON writes in another way, and is no number.
_PLAIN = re.compile(r'"[\w-]+"|(?=.*[A-Za-z])(?![0-9+-])[A-Za-z0-9_-]+', re.ASCII)

_NUMBERS: Mapping[str, Callable[[SocketView], float]] = {
    "rate": lambda socket: socket.per_s,
    "queued": lambda socket: socket.queued,
    "failed": lambda socket: socket.failed,
}

_READERS: Mapping[str, Callable[[Token], Term]] = {
    "dir": _direction,
    "type": _type,
    "id": _id,
    "kind": _kind,
    "state": _state,
    "size": _size,
    "json": _json,
    **dict.fromkeys(_NUMBERS, _number),
}

_SHAPES: Mapping[str, str] = {
    "dir": "dir:in or dir:out",
    "type": "type:text|binary|ping|pong",
    "id": "id:stream*",
    "kind": "kind:server or kind:client",
    "state": "state:opening|open|reconnecting|closing|closed",
    "size": "size>1k or size<=100",
    "json": "json:s=BTCUSDT",
    **{name: f"{name}>100" for name in _NUMBERS},
}

KEYS = frozenset(_READERS)
"""The keys of terms; what stands before another ":" is part of a word."""
