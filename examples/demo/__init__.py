"""A trading desk on real sockets: one pool that dials feeds and serves traders.

    python -m examples.demo                live table, until Ctrl-C
    python -m examples.demo --headless     ten seconds, then a report and checks

`desk.py` is what an application writes with the library: start reading there. The
feeds and the traders run in a process of their own, which `feeds.py` is.
"""
