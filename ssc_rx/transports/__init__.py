"""Transports: one connected link each, behind the port `ssc_rx.ports.Transport`."""
