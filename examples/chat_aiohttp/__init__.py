"""Chat rooms on aiohttp, to try in two tabs of a browser.

./dev python -m examples.chat_aiohttp [--port 8000]
"""
