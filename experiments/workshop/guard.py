"""Who may come in? Only this machine, or whoever typed the room code.

An ASGI layer around everything, the live connection included. Its headers forbid a browser to load
or send anything elsewhere.
"""

import asyncio
import hmac
import html
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from string import Template
from typing import Any
from urllib.parse import parse_qs

from experiments.workshop.words import LANGUAGES, words_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

COOKIE = "zwerm_room"
DOOR = "/door"
WRONG_WAIT = 1.0  # seconds after a wrong code
LONGEST_FORM = 2000  # bytes
LOCAL = ("127.0.0.1", "localhost", "[::1]")
HEADERS = (
    (b"content-security-policy", b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
     b"connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)  # fmt: skip
PAGE = Template("""<!doctype html>
<html lang="$language"><head><meta charset="utf-8"><title>Zwerm</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 1.3rem/1.5 system-ui, sans-serif; color: #20262c; display: grid;
       place-content: center; min-height: 90vh; margin: 1rem; text-align: center; }
main { width: min(24rem, 100vw - 2rem); } h1 { font-size: 1.6rem; }
form { display: grid; gap: .8rem; }
input { font: inherit; width: 100%; box-sizing: border-box; font-size: 2rem; letter-spacing: .3em;
        text-align: center; padding: .4rem;
        text-transform: uppercase; border: 2px solid #5a646d; border-radius: .4rem; }
button { font: inherit; padding: .5rem 1rem; border: 0; border-radius: .4rem; color: #fff;
         background: #0072b2; } .wrong { color: #b34a00; min-height: 1.5em; }
</style></head><body><main><h1>$title</h1>
<form method="post" action="$door"><label for="code">$label</label>
<input id="code" name="code" maxlength="12" autocomplete="off" autofocus required>
<button>$enter</button></form><p class="wrong" role="alert">$wrong</p></main></body></html>
""")


class Guard:
    """The layer. An empty code lets this machine in and nobody else."""

    def __init__(self, app: Any, code: str = "") -> None:
        """Around `app`; whoever types `code` gets a key that holds until the workshop stops."""
        self.app, self.code = app, code
        self.key = secrets.token_urlsafe(24)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif self._may_pass(scope):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4003})
        elif self.code:
            await self._at_the_door(scope, receive, send)
        else:
            await _answer(send, 403, b"This workshop is open on its own machine only.")

    def _may_pass(self, scope: Scope) -> bool:
        headers = dict(scope["headers"])
        if not _same_origin(headers):
            return False
        if not self.code:
            host = headers.get(b"host", b"").decode("latin-1")
            return host.rsplit(":", 1)[0] in LOCAL or host in LOCAL
        try:
            cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
        except CookieError:
            return False
        return COOKIE in cookies and hmac.compare_digest(
            cookies[COOKIE].value.encode(), self.key.encode()
        )

    async def _at_the_door(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the code; open if it is right."""
        wrong = False
        if scope["method"] == "POST" and scope["path"] == DOOR:
            typed = await _typed(receive)
            if hmac.compare_digest(typed.encode(), self.code.encode()):
                cookie = f"{COOKIE}={self.key}; Path=/; HttpOnly; SameSite=Strict"
                await _answer(send, 303, b"", (b"location", b"/"), (b"set-cookie", cookie.encode()))
                return
            wrong = True
            await asyncio.sleep(WRONG_WAIT)
        await _answer(send, 401, _page(_language(scope), wrong).encode())


def _same_origin(headers: MutableMapping[bytes, bytes]) -> bool:
    """Whether a page of this workshop asks, and no other page in the same browser."""
    origin = headers.get(b"origin")
    if origin is None:
        return True
    return origin.partition(b"://")[2] == headers.get(b"host", b"")


def _language(scope: Scope) -> str:
    """The language that the browser prefers, of those spoken here."""
    accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1").lower()
    wanted = [part.strip()[:2] for part in accepted.split(",")]
    return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])


def _page(language: str, wrong: bool) -> str:
    words = words_of(language)["code"]
    said = {name: html.escape(words[name]) for name in ("title", "label", "enter")}
    told = html.escape(words["wrong"]) if wrong else ""
    return PAGE.substitute(said, language=language, door=DOOR, wrong=told)


async def _typed(receive: Receive) -> str:
    """The code in a posted form, empty if there is none."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > LONGEST_FORM:
            break
    found = parse_qs(body[:LONGEST_FORM].decode("latin-1")).get("code", [""])
    return found[0].strip().upper()


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    kind = (b"content-type", b"text/html; charset=utf-8")
    start = {"type": "http.response.start", "status": status, "headers": [kind, *headers]}
    await _with_headers(send)(start)
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    """The same, with the headers that keep a page from loading from outside."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return sending
