"""What both servers have beside their routes: a command line, and the page."""

import argparse
import socket
from pathlib import Path

__all__ = ["listen", "page"]

HOST = "127.0.0.1"
PORT = 8000


def listen(about: str | None) -> socket.socket:
    """Read the arguments, listen where they say, and tell the URL."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"default: {PORT}; 0: one that is free"
    )
    try:
        listening = socket.create_server((HOST, parser.parse_args().port))
    except (OSError, OverflowError) as error:
        parser.exit(1, f"can't listen: {error}\n")
    print(f"http://{HOST}:{listening.getsockname()[1]}/  (Ctrl-C ends it)", flush=True)
    return listening


def page() -> str:
    """The page to chat with, as HTML."""
    return Path(__file__).with_name("page.html").read_text("utf-8")
