"""What is worth a warning: small rules of plain numbers, and who keeps them. Pure.

A new warning is a class in `of_sockets` or `of_pools`, its row in the tuple at the end of
that module, and its line in docs/monitor/warnings.md.
"""
