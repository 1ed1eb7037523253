"""The routes, and the server that carries them."""

import contextlib
from http import HTTPStatus
from typing import Annotated

import uvicorn
from fastapi import (
    Body,
    FastAPI,
    HTTPException,
    Request,
    WebSocket,
    WebSocketException,
)
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse

from examples.chat.listening import listen, page
from examples.chat.rooms import LONGEST_TEXT, Chat, Member
from examples.chat_fastapi import __doc__ as about
from ssc_rx import OutboxFullError, SocketClosedError, SscError, UnknownSocketError

POLICY_VIOLATION = 1008


def application(chat: Chat) -> FastAPI:
    """The chat as a web application, which the pool lives as long as."""
    app = FastAPI(title="chat", lifespan=chat.pool.lifespan)

    @app.get("/", include_in_schema=False)
    def index() -> HTMLResponse:
        return HTMLResponse(page())

    @app.websocket("/ws/{room}/{name}")
    async def join(websocket: WebSocket, room: str, name: str) -> None:
        member = Member(room, name)
        if not member.allowed:
            raise WebSocketException(POLICY_VIOLATION)
        with contextlib.suppress(SscError):  # refused: the peer got an HTTP status
            await chat.pool.add_client_socket(member.id, websocket, tags=[room])

    @app.get("/rooms/{room}/members")
    async def members(room: str) -> list[str]:
        return chat.members(room)

    @app.post("/rooms/{room}/members/{name}", status_code=HTTPStatus.ACCEPTED)
    async def note(
        room: str,
        name: str,
        text: Annotated[str, Body(embed=True, max_length=LONGEST_TEXT)],
    ) -> None:
        try:
            chat.note(Member(room, name), text)
        except UnknownSocketError:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such member") from None
        except (SocketClosedError, OutboxFullError):
            raise HTTPException(HTTPStatus.CONFLICT, "the member is leaving") from None

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> PlainTextResponse:
        # FastAPI's own answer repeats what was sent, which may be no Unicode.
        return PlainTextResponse('send {"text": "..."}', 422)

    return app


def main() -> None:
    """Serve until Ctrl-C; then members see 1012, service restart."""
    config = uvicorn.Config(application(Chat()), log_level="warning")
    with listen(about) as listening, contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
