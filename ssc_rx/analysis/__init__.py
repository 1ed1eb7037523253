"""What analysts' operators compute: messages in, values out. Pure.

Each is a `Fold`; `ssc_rx.streams.analysis` makes operators of them. They go by the time
that messages have, not by a clock: of a replay they make the same as of the live stream.
"""
