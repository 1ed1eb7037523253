"""Remote text made visible and harmless: on a terminal, and in a notebook.

Terminals obey escape sequences, and Textual, Rich and browsers hand on what reorders or
hides text. What comes from a peer passes `visible` before anybody sees it.
"""

import codecs
import itertools
import re
import unicodedata

__all__ = ["LIMIT", "MAX_MARKS", "joins", "visible", "visible_bytes"]

LIMIT = 4096
"""How many characters of a text are shown, if nothing else is asked for."""

MAX_MARKS = 4
"""How many combining marks are left on one character."""

_MAX_BYTES_PER_CHARACTER = 4  # UTF-8

# Terminals don't agree on how wide these make the character before them: variation
# selectors 15 and 16, and the skin tones. They say how it looks, not what it is.
_LOOKS = "\ufe0e\ufe0f\U0001f3fb-\U0001f3ff"
# Flags are pairs of these, each one or two cells wide, as the terminal pleases.
_FLAGS = "\U0001f1e6-\U0001f1ff"
# Printable by their category, yet never seen (Unicode's Default_Ignorable_Code_Point).
_UNSEEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0d\uffa0"
    "\U000e0100-\U000e01ef"
)
# Vowels and final consonants of Hangul, which join the character before them.
_JOINING = "\u1160-\u11ff\ud7b0-\ud7ff"
_odd = re.compile(f"[{_LOOKS}{_FLAGS}{_UNSEEN}]")
_look = re.compile(f"[{_LOOKS}]")
_flag = re.compile(f"[{_FLAGS}]")
_joining = re.compile(f"[{_JOINING}]")
# Marks are no word characters, nor in the blocks of symbols: a cheap first look for too
# many in a row.
_pile = re.compile(
    rf"(?:[^\w\s\x00-\u02ff\u2010-\u20cf\u2100-\u2bff\U0001f000-\U0001faff]|[{_JOINING}])"
    f"{{{MAX_MARKS + 1},}}"
)


def visible(text: str, limit: int = LIMIT) -> str:
    """Remote text as printable characters that do nothing but be seen.

    Control characters become their pictures (␛, ␉, ␊), what else can't be seen becomes
    its code point («U+202E»), spaces other than U+0020 become ␣, and a character keeps at
    most 4 combining marks. Text that went through once is not changed again.

    Args:
        text: Anything, lone surrogates included.
        limit: At most so many characters; "…" stands for the rest.
    """
    if len(text) > limit:
        text = text[:limit] + "…"
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable() or _odd.search(text):
        text = text.translate(_seen)
    if _pile.search(text):
        text = _pile.sub(_thinned, text)
    if text and joins(text[0]):
        text = "◌" + text
    return text[:limit] + "…" if len(text) > limit else text


def visible_bytes(payload: bytes, limit: int = LIMIT) -> str:
    """The first characters of a payload, as UTF-8, by the rules of `visible`.

    Bytes that aren't UTF-8 become U+FFFD; a character that the payload's end cuts off is
    left out.
    """
    head = payload[: (limit + 1) * _MAX_BYTES_PER_CHARACTER]
    text, _ = codecs.utf_8_decode(head, "replace", False)
    return visible(text, limit)


def joins(character: str) -> bool:
    """Whether it takes no cell of its own."""
    return unicodedata.category(character)[0] == "M" or bool(_joining.match(character))


class _Seen(dict[int, str]):
    """How each code point is seen; those that were met are remembered, within bounds."""

    def __missing__(self, code: int) -> str:
        seen = _mark(chr(code))
        if len(self) < 4096:
            self[code] = seen
        return seen


_seen = _Seen()


def _mark(character: str) -> str:
    if character.isprintable() and not _odd.match(character):
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) == "Zs":
        return "␣"
    if _look.match(character):
        return ""
    if _flag.match(character):
        return chr(ord("Ⓐ") + code - 0x1F1E6)
    return f"«U+{code:04X}»"


def _thinned(match: re.Match[str]) -> str:
    """A run whose marks that are too many became their number: «+196»."""
    out: list[str] = []
    for are_marks, run in itertools.groupby(match[0], joins):
        characters = list(run)
        kept = MAX_MARKS if are_marks else len(characters)
        out += characters[:kept]
        if len(characters) > kept:
            out.append(f"«+{len(characters) - kept}»")
    return "".join(out)
