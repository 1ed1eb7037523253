"""The routes, and the server that carries them."""

from json import JSONDecodeError

from aiohttp import web

from examples.chat.listening import listen, page
from examples.chat.rooms import LONGEST_TEXT, Chat, Member
from examples.chat_aiohttp import __doc__ as about
from ssc_rx import OutboxFullError, SocketClosedError, UnknownSocketError

ROOM, NAME = "{room:[^/]+}", "{name:[^/]+}"
"""Parts of a path; without their patterns, aiohttp takes no braces."""


def application(chat: Chat) -> web.Application:
    """The chat as a web application, which the pool lives as long as."""
    app = web.Application()
    routes = web.RouteTableDef()

    @routes.get("/")
    async def index(request: web.Request) -> web.Response:
        return web.Response(text=page(), content_type="text/html")

    @routes.get(f"/ws/{ROOM}/{NAME}")
    async def join(request: web.Request) -> web.WebSocketResponse:
        member = _member(request)
        if not member.allowed:
            raise web.HTTPForbidden(text="no name")
        response = web.WebSocketResponse()
        await chat.pool.add_client_socket(
            member.id, (request, response), tags=[member.room]
        )
        return response

    @routes.get(f"/rooms/{ROOM}/members")
    async def members(request: web.Request) -> web.Response:
        return web.json_response(chat.members(request.match_info["room"]))

    @routes.post(f"/rooms/{ROOM}/members/{NAME}")
    async def note(request: web.Request) -> web.Response:
        text = await _text(request)
        try:
            chat.note(_member(request), text)
        except UnknownSocketError:
            raise web.HTTPNotFound(text="no such member") from None
        except (SocketClosedError, OutboxFullError):
            raise web.HTTPConflict(text="the member is leaving") from None
        return web.Response(status=202)

    app.add_routes(routes)
    chat.pool.run_in(app)
    return app


def _member(request: web.Request) -> Member:
    return Member(request.match_info["room"], request.match_info["name"])


async def _text(request: web.Request) -> str:
    if request.content_type != "application/json":  # no form of another site
        raise web.HTTPUnsupportedMediaType()
    try:
        match await request.json():
            case {"text": str(text)} if len(text) <= LONGEST_TEXT:
                text.encode()  # half of a surrogate pair is no text
                return text
            case _:
                raise web.HTTPUnprocessableEntity(text='send {"text": "..."}')
    except (JSONDecodeError, UnicodeError, RecursionError):
        raise web.HTTPUnprocessableEntity(text="no JSON") from None


def main() -> None:
    """Serve until Ctrl-C; then members see 1001, going away."""
    with listen(about) as listening:
        web.run_app(application(Chat()), sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
