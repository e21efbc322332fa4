"""The aiohttp application: who asks, who may post, how errors read, and the headers of every answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot import caller
from bot.assembly import Parts, door_of
from bot.caller import CALLER, FOR_ALL, FRAMED_BY, SHUT_IN
from bot.channels.webchat import MessageTooLong
from bot.console import errors as console_errors
from bot.console import routes as console
from bot.console.errors import SignedOut
from bot.console.visits import HOME, SIGN_IN, go, safe_next
from bot.errors import Words
from bot.files.routes import FileRoutes
from bot.health import Health
from bot.outcomes import OutcomePages
from bot.pace import Pace, TooOften
from bot.public_disclosures import PublicDisclosures
from bot.public_notices import PublicNotices
from bot.site import Site
from bot.webchat import errors as chat_errors
from bot.webchat.errors import NOT_ALLOWED, NOT_FOUND, UNEXPECTED, ForeignOrigin
from bot.webchat.outside import Outside
from bot.webchat.pages import Pages
from bot.webchat.petitions import PetitionRoutes
from bot.webchat.receipts import Receipts
from bot.webchat.routes import WebChatRoutes
from bot.webhooks import LARGEST, Door, Webhooks

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers post our own form with Origin: null
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), browsing-topics=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Server": "danhoi",
}
PARTS = web.AppKey("parts", Parts)
SITE = web.AppKey("site", Site)
PACE = web.AppKey("pace", Pace)
SENTENCES = chat_errors.SENTENCES | console_errors.SENTENCES
HSTS = "max-age=31536000"
DICTATION = "microphone=(self)"

log = logging.getLogger(__name__)


def application(parts: Parts, door: Door | None = None) -> web.Application:
    """Everything that this process answers over HTTP. What is not named here answers 404."""
    site, hub = Site(), parts.hub
    app = web.Application(
        middlewares=[know_the_caller, answer_in_plain_words, refuse_other_sites, keep_the_pace],
        client_max_size=LARGEST,  # of a webhook; the chat and the console have limits of their own
    )
    app[PARTS], app[SITE], app[PACE] = parts, site, Pace()
    app.on_response_prepare.append(add_headers)
    receipts = Receipts(parts.database, parts.clock)
    app.cleanup_ctx.append(receipts.running)
    app.router.add_routes(WebChatRoutes(parts, Pages(site), hub, receipts).table())
    app.router.add_routes(PetitionRoutes(parts).table())
    app.router.add_routes(OutcomePages(parts, site).table())
    app.router.add_routes(FileRoutes(parts).table())
    app.router.add_routes(PublicNotices(parts, site).table())
    app.router.add_routes(PublicDisclosures(parts, site).table())
    app.router.add_routes(Outside(parts, site).table())
    app.router.add_routes(console.table(parts, site))
    app.router.add_routes(Health(parts, hub).table())
    app.router.add_get("/static/{name}", site.file)
    app.router.add_routes(Webhooks(parts.connections, door or door_of(parts)).table())

    async def stop_streams(_app: web.Application) -> None:
        hub.close()

    app.on_shutdown.append(stop_streams)
    return app


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """The same on every answer, whatever it is."""
    response.headers.update(HEADERS)
    if framer := request.get(FRAMED_BY):
        policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {framer}")
        response.headers["Content-Security-Policy"] = policy
        del response.headers["X-Frame-Options"]  # it knows no list; the policy above says it all
    if FRAMED_BY in request:  # a chat: people may dictate; the browser itself asks them first
        response.headers["Permissions-Policy"] = HEADERS["Permissions-Policy"].replace("microphone=()", DICTATION)
    if request.get(SHUT_IN):
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    if request.get(FOR_ALL):
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    known = request.get(CALLER)
    if known is not None and known.https:
        response.headers["Strict-Transport-Security"] = HSTS


@web.middleware
async def know_the_caller(request: web.Request, handler: Handler) -> web.StreamResponse:
    """First: who asks, as the outside sees it."""
    request[CALLER] = caller.of(request, request.app[PARTS].settings)
    return await handler(request)


@web.middleware
async def answer_in_plain_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An error becomes a sentence, as a page or as JSON; a surprise goes to the log and stays there."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return _refusal(request, MessageTooLong())
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _say(request, NOT_FOUND if error.status == 404 else NOT_ALLOWED, error.status)
    except SignedOut as error:
        return go(SIGN_IN) if error.wanted == HOME else go(SIGN_IN, next=safe_next(error.wanted))
    except TooOften as error:
        response = _refusal(request, error)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except tuple(SENTENCES) as error:
        return _refusal(request, error)
    except Exception:
        log.exception("%s %s failed", request.method, request.rel_url.path)
        return _say(request, UNEXPECTED, UNEXPECTED.status)


@web.middleware
async def keep_the_pace(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nobody posts faster than people do; a page sends again later what was not taken."""
    if request.method not in SAFE_METHODS and not request.path.startswith("/webhooks/"):
        request.app[PACE].count(request)
    return await handler(request)


@web.middleware
async def refuse_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page of somebody else cannot post in the name of a citizen.

    Browsers say where a post comes from; a program that says nothing carries nobody's cookie by accident.
    """
    if request.method not in SAFE_METHODS:
        origin = request.headers.get("Origin")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise ForeignOrigin(origin or "")
        if origin is not None and not request[CALLER].may_post_from(origin, request.app[PARTS].settings):
            raise ForeignOrigin(origin)
    return await handler(request)


def _refusal(request: web.Request, error: Exception) -> web.Response:
    words = SENTENCES[type(error)]
    return _say(request, words._replace(sentence=words.sentence.format_map(vars(error))), words.status)


def _say(request: web.Request, words: Words, status: int) -> web.Response:
    if request.content_type == "application/json" or "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"error": words.sentence}, status=status, headers={"Cache-Control": "no-store"})
    site, sample = request.app[SITE], request.app[PARTS].settings.sample
    return site.error(status, words.title, words.sentence, back=_way_back(request, status), sample=sample)


def _way_back(request: web.Request, status: int) -> tuple[str, str]:
    """Where the page of an error leads, and its words."""
    if request.path == HOME or request.path.startswith(HOME + "/"):
        return HOME, "Về trang làm việc"
    code = request.match_info.get("code")
    return (f"/x/{code}" if code and status != NOT_FOUND.status else "/"), "Về trang hỏi"
