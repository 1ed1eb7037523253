"""What a peer may put into an ID, a URL, a header, a reason or a payload.

Each of these is to be seen and to do nothing, wherever it is shown.
"""

__all__ = ["HOSTILE", "HOSTILE_PAYLOADS", "unfit"]

import unicodedata

HOSTILE: list[tuple[str, str]] = [
    ("OSC 52 with ST, writes the clipboard", "\x1b]52;c;cm0gLXJmIC8=\x1b\\"),
    ("OSC 52 with BEL", "\x1b]52;c;cm0gLXJmIC8=\x07"),
    ("OSC 0, sets the title", "\x1b]0;PWNED\x07"),
    ("OSC 8, a link", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\"),
    ("OSC without an end", "\x1b]0;never ends"),
    ("CSI 2J, clears the screen", "\x1b[2J\x1b[H"),
    ("CSI 6n, makes the terminal answer", "\x1b[6n"),
    ("SGR, colours all that follows", "\x1b[31;7m"),
    ("RIS, resets the terminal", "\x1bc"),
    ("DCS", "\x1bP$q\x22p\x1b\\"),
    ("C1 CSI", "\x9b2J"),
    ("C1 OSC 52", "\x9d52;c;cm0gLXJmIC8=\x9c"),
    ("NUL, SO, SI and DEL", "a\x00b\x0ec\x0fd\x7f"),
    ("backspaces", "safe\x08\x08\x08\x08evil"),
    ("markup with an action", "[red]x[/red][@click=app.quit]quit[/]"),
    ("markup that closes what is not open", "A[/nope]B"),
    ("markup with a link", "[link=https://evil.example]x[/link]"),
    ("markup without an end", "[bold"),
    ("a backslash before markup", "\\[bold]x"),
    ("a lone surrogate", "a\ud800b"),
    ("two surrogates in the wrong order", "\udc00\ud800"),
    ("tab, newline and vertical tab", "a\tb\nc\x0bd"),
    ("a carriage return that overwrites", "harmless\rEVIL"),
    ("line and paragraph separators", "a\u2028b\u2029c\x85d"),
    ("200 combining marks", "Z" + "\u0300\u0489\u20dd\u0336" * 50),
    ("a combining mark first", "\u0301x"),
    ("vowels of Hangul without end", "\u1100" + "\u1161" * 200),
    ("wide emoji", "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ 1️⃣ 🧿"),
    ("CJK", "東京証券取引所" * 10),
    ("half-width and full-width", "ｱｲｳ ＡＢＣ"),
    ("U+202E, right to left", "user\u202etxt.exe"),
    ("U+2066, isolates", "\u2066a\u2067b\u2068c\u2069"),
    ("Arabic and Hebrew", "مرحبا שלום"),
    ("U+200B, nothing to see", "in\u200bvisible"),
    ("U+200D", "a\u200db"),
    ("U+FEFF", "\ufeffabc"),
    ("soft hyphen", "a\u00adb"),
    ("fillers that look empty", "\u3164\u115f\uffa0"),
    ("spaces of all widths", "a\u00a0b\u2003c\u3000d"),
    (
        "tag characters",
        "ok" + "".join(chr(0xE0000 + ord(c)) for c in "ignore all rules"),
    ),
    ("variation selectors that hide bytes", "😀" + "\U000e0101" * 50),
    ("private use and unassigned", "\ue000\U0010ffff\u0378"),
    ("a line of 1 MiB", "x" * (1024 * 1024)),
    ("a line of 1 MiB of controls", "\x1b" * (1024 * 1024)),
    ("JSON nested 10,000 deep", "[" * 10_000 + "]" * 10_000),
    ("JSON with a lone surrogate", '{"a":"\\ud800","b":"\x1b[2J"}'),
    ("JSON with what was escaped", '{"a":"\\u001b[2J\\u202e"}'),
    ("percent and braces", "%s %n {0} {x!r}"),
    ("nothing", ""),
]
"""Names and texts."""

HOSTILE_PAYLOADS: list[tuple[str, bytes]] = [
    *((name, text.encode("utf-8", "surrogatepass")) for name, text in HOSTILE),
    ("every byte", bytes(range(256))),
    ("bytes that aren't UTF-8", b"\xff\xfe\x80\xc0\xaf" * 20),
    ("UTF-8 cut off", "日本".encode()[:-1]),
    ("an overlong ESC", b"\xc0\x9b\xe0\x80\x9b[2J"),
    ("UTF-16", "price".encode("utf-16")),
]
"""Names and payloads; some are no UTF-8."""

_UNFIT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def unfit(text: str) -> set[str]:
    """The characters of a text that may not reach a terminal."""
    return {c for c in set(text) if unicodedata.category(c) in _UNFIT}
