"""The Autobahn conformance suite against the pool, in both directions.

suite          installs the suite and runs its `wstest`
loopback       what runs inside the suite's own Python 2.7
cases          which cases there are, and which may fail
report         reads what the suite found, and judges it
under_test     the pool as a server and as a client, in a process of its own
__main__       the command: ./dev autobahn
"""
