"""The README's Python examples."""

import re
from pathlib import Path

__all__ = ["ROOT", "python_blocks"]

ROOT = Path(__file__).parent.parent


def python_blocks() -> list[str]:
    """The code of each Python example, in order."""
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
