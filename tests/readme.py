"""The Python examples of the README and of other pages."""

import re
from pathlib import Path

__all__ = ["ROOT", "python_blocks"]

ROOT = Path(__file__).parent.parent


def python_blocks(page: str = "README.md") -> list[str]:
    """The code of each Python example of a page, in order."""
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)
