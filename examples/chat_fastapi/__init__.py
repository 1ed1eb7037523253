"""Chat rooms on FastAPI and uvicorn, to try in two tabs of a browser.

./dev python -m examples.chat_fastapi [--port 8000]
"""
