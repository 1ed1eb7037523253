"""What all log records of the library have: a pool, a socket's ID, and no secrets."""

import logging
import traceback

from ssc_rx.wording import bare, without_secrets

__all__ = ["FOREIGN", "about", "logger_of"]


class _Finish(logging.Filter):
    """Completes a record, before any handler sees it.

    Formatters take the text of a traceback that is there already; that of an exception
    may hold a URL with a token in it, be it that of a library's below us.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        for field in ("pool", "socket_id"):
            record.__dict__.setdefault(field, "")
        if record.exc_info and record.exc_info[0] and not record.exc_text:
            lines = traceback.format_exception(*record.exc_info)
            record.exc_text = without_secrets("".join(lines)).rstrip("\n")
        return True


_finish = _Finish()


def logger_of(name: str) -> logging.Logger:
    """The logger of the module `name`, whose records are complete and without secrets."""
    logger = logging.getLogger(name)
    logger.addFilter(_finish)
    return logger


def about(pool: str, id: str = "") -> dict[str, str]:
    """The `extra` of a record: the pool's name, and the ID of a socket if it is of one."""
    return {"pool": pool, "socket_id": bare(id)}


FOREIGN = logger_of("ssc_rx.websockets")
"""What websockets has to say. Its opened and closed are told by us, and its DEBUG shows
headers and payloads, so that somebody has to ask for it by name."""
FOREIGN.setLevel(logging.ERROR)
