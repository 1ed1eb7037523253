"""Run the suite on this machine only: python2.7 loopback.py MODE SPEC

The suite's servers listen on all interfaces, whatever URL they are given (Autobahn's
`wstest` passes no interface). Here an empty interface becomes 127.0.0.1. Standard output
tells each port that is listened on, and nothing else; the suite's own words go to
standard error.

Runs inside the suite's own Python 2.7: it imports nothing of the project.
"""

# mypy: ignore-errors
# ruff: noqa: UP031
import sys

import autobahntestsuite.choosereactor  # noqa: F401 - first, or Twisted chooses
from twisted.internet.posixbase import PosixReactorBase

told = sys.stdout
sys.stdout = sys.stderr
listen_anywhere = PosixReactorBase.listenTCP


def listen(reactor, port, factory, backlog=50, interface=""):
    """Listen where it was asked to, but not on all interfaces."""
    interface = interface or "127.0.0.1"
    listening = listen_anywhere(reactor, port, factory, backlog, interface)
    told.write("listening on port %d\n" % listening.getHost().port)
    told.flush()
    return listening


PosixReactorBase.listenTCP = listen

from autobahntestsuite import wstest  # noqa: E402 - it takes what is there by now

if __name__ == "__main__":
    mode, spec = sys.argv[1:]
    sys.argv = ["wstest", "--mode", mode, "--spec", spec, "--webport", "0"]
    wstest.run()
