"""The aiohttp application: who asks, who may post, how errors read, and the headers of every answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.assembly import Parts
from bot.channels.webchat import LARGEST_FORM, MessageTooLong
from bot.health import Health
from bot.webchat import caller
from bot.webchat.errors import NOT_ALLOWED, NOT_FOUND, SENTENCES, UNEXPECTED, ForeignOrigin, Words
from bot.webchat.hub import Hub
from bot.webchat.pages import Pages
from bot.webchat.receipts import Receipts
from bot.webchat.routes import CALLER, WebChatRoutes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers post our own form with Origin: null
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Server": "danhoi",
}
PARTS = web.AppKey("parts", Parts)
PAGES = web.AppKey("pages", Pages)
HSTS = "max-age=31536000"

log = logging.getLogger(__name__)


def application(parts: Parts) -> web.Application:
    """Everything that this process answers over HTTP. What is not named here answers 404, `/console` too."""
    pages, hub = Pages(), Hub()
    app = web.Application(
        middlewares=[know_the_caller, answer_in_plain_words, refuse_other_sites],
        client_max_size=LARGEST_FORM + 1,
    )
    app[PARTS], app[PAGES] = parts, pages
    app.on_response_prepare.append(add_headers)
    receipts = Receipts(parts.database, parts.clock)
    app.cleanup_ctx.append(receipts.running)
    app.router.add_routes(WebChatRoutes(parts, pages, hub, receipts).table())
    app.router.add_routes(Health(parts, hub).table())

    async def stop_streams(_app: web.Application) -> None:
        hub.close()

    app.on_shutdown.append(stop_streams)
    return app


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """The same on every answer, whatever it is."""
    response.headers.update(HEADERS)
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
    except tuple(SENTENCES) as error:
        return _refusal(request, error)
    except Exception:
        log.exception("%s %s failed", request.method, request.rel_url.path)
        return _say(request, UNEXPECTED, UNEXPECTED.status)


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
    code = request.match_info.get("code")
    back = f"/x/{code}" if code and status != NOT_FOUND.status else "/"
    sample = request.app[PARTS].settings.sample
    return request.app[PAGES].error(status, words.title, words.sentence, back=back, sample=sample)
