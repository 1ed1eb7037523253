"""What the running program is called."""

import sys
from pathlib import Path

__all__ = ["program_name"]


def program_name() -> str:
    """Its file's name; the package's for `python -m package`; "python" without a file."""
    path = Path(sys.argv[0] if sys.argv else "")
    if path.name in ("-", "-c"):
        return "python"
    return path.parent.name if path.name == "__main__.py" else path.name or "python"
