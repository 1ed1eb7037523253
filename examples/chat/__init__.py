"""Chat rooms that a browser can join: what `chat_fastapi` and `chat_aiohttp` share.

`rooms.py` is the chat, whatever web framework carries it: start reading there.
"""
