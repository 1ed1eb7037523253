"""Our own themes; Textual's come with it."""

from textual.theme import BUILTIN_THEMES, Theme

__all__ = ["DEFAULT_THEME", "OURS", "theme_names"]

OURS = (
    Theme(
        name="ssc-night",
        primary="#6cb6ff",
        secondary="#76c7c0",
        accent="#d2a8ff",
        success="#6bc46d",
        warning="#e0af5b",
        error="#f47067",
        foreground="#c6d0da",
        background="#0f141a",
        surface="#151c24",
        panel="#1d2630",
        dark=True,
    ),
    Theme(
        name="ssc-day",
        primary="#0550ae",
        secondary="#116e6a",
        accent="#7a3fb5",
        success="#1a7f37",
        warning="#8a5a00",
        error="#b3261e",
        foreground="#1f2933",
        background="#fbfcfd",
        surface="#eef2f6",
        panel="#e3e9ef",
        dark=False,
    ),
)

DEFAULT_THEME = OURS[0].name


def theme_names() -> list[str]:
    """All there are, ours first."""
    return [*(theme.name for theme in OURS), *sorted(BUILTIN_THEMES)]
