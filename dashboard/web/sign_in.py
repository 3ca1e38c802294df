"""Signing in and out, and the choices that live in cookies. A plain page of our own: it works before any page does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dashboard import signed_in
from dashboard.catalogues import LANGUAGES
from dashboard.feedback import fault_text
from dashboard.i18n import NAMES, TAGS, _, format_date, sentence, using_language
from dashboard.labels import label
from dashboard.logs import logged_fault
from dashboard.state import APPEARANCE_COOKIE, LANGUAGE_COOKIE, SESSION_COOKIE
from dashboard.web.cookies import (
    APPEARANCES,
    appearance_of,
    is_from_here,
    is_secure,
    keep,
    language_of,
    local_address,
    page_before,
)
from dashboard.web.session_middleware import ACTOR
from dashboard.web.shell import asset_versions
from services.context import SYSTEM, Actor, unit_of_work
from services.errors import RefusedError
from services.users import (
    SampleSignIn,
    TooManyAttemptsError,
    authenticate,
    choose_language,
    sample_as_of,
    sample_sign_ins,
    sign_out,
    token_hash,
)
from services.users.sessions import ABSOLUTE_LIMIT

_PAGE = Template((Path(__file__).parent / "assets" / "sign_in.html").read_text(encoding="utf-8"))
#: argon2 takes 64 MB for each check (RFC 9106): a few at a time.
_checks = anyio.CapacityLimiter(4)


@dataclass(frozen=True)
class Form:
    """What the page shows again after a refusal."""

    login: str = ""
    password: str = ""
    back: str = "/"
    problem: str = ""


#: For a browser that hears no answer any more; the number is what servers log for it.
_GONE = PlainTextResponse("", status_code=499)


async def _given(request: Request) -> FormData | None:
    """What a form sent; None where the browser went away in the middle of it, which is nobody's fault."""
    try:
        return await request.form()
    except ClientDisconnect:
        return None


async def show_sign_in(request: Request) -> Response:
    """The page. Whoever is signed in already is led on."""
    back = local_address(request.query_params.get("next"))
    if request.scope.get(ACTOR) is not None:
        return RedirectResponse(back, status_code=303)
    form = Form(back=back)
    samples, day = await anyio.to_thread.run_sync(_sample)
    chosen = next((one for one in samples if one.login == request.query_params.get("as")), None)
    if chosen:
        form = Form(login=chosen.login, password=chosen.password, back=back)
    return _page(request, form, samples, day)


async def do_sign_in(request: Request) -> Response:
    """Check the form; start a session, or say what was wrong and keep the name."""
    if not is_from_here(request):
        return PlainTextResponse("Sent from another site", status_code=403)
    given = await _given(request)
    if given is None:
        return _GONE
    form = Form(login=str(given.get("login", ""))[:200], back=local_address(str(given.get("next", ""))))
    password = str(given.get("password", ""))[:1000]
    ip = request.client.host if request.client else None
    browser = request.headers.get("user-agent")
    try:
        _actor, token = await anyio.to_thread.run_sync(
            lambda: authenticate(form.login, password, ip, browser=browser), limiter=_checks
        )
    except RefusedError as error:
        status = 429 if isinstance(error, TooManyAttemptsError) else 401
        with using_language(_language(request)):
            problem = sentence(error)
    except Exception as error:
        status = 503
        with using_language(_language(request)):
            problem = fault_text(logged_fault(error))
    else:
        return _started(request, token, form.back)
    samples, day = await anyio.to_thread.run_sync(_sample)
    return _page(request, Form(form.login, "", form.back, problem), samples, day, status)


def _started(request: Request, token: str, back: str) -> Response:
    if old := request.cookies.get(SESSION_COOKIE):
        signed_in.forget(token_hash(old))
    response = RedirectResponse(back, status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        httponly=True,
        secure=is_secure(request),
        samesite="lax",
    )
    return response


async def do_sign_out(request: Request) -> Response:
    """End the session here and on the server; every open page of this browser is out at its next run."""
    if not is_from_here(request):
        return PlainTextResponse("Sent from another site", status_code=403)
    if token := request.cookies.get(SESSION_COOKIE):
        await anyio.to_thread.run_sync(sign_out, token)
        signed_in.forget(token_hash(token))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, secure=is_secure(request), samesite="lax")
    return response


async def choose(request: Request) -> Response:
    """Keep a language or an appearance, and go back to the page that asked. A person's language is kept for good."""
    if not is_from_here(request):
        return PlainTextResponse("Sent from another site", status_code=403)
    given = await _given(request)
    if given is None:
        return _GONE
    choice = str(given.get("choice", ""))
    is_language = request.url.path == "/language"
    if choice not in (LANGUAGES if is_language else APPEARANCES):
        return PlainTextResponse("No such choice", status_code=400)
    actor: Actor | None = request.scope.get(ACTOR)
    if is_language and actor is not None:
        await anyio.to_thread.run_sync(_keep_language, actor, choice)
        signed_in.forget()
    response = RedirectResponse(page_before(request), status_code=303)
    keep(response, request, LANGUAGE_COOKIE if is_language else APPEARANCE_COOKIE, choice)
    return response


def _keep_language(actor: Actor, language: str) -> None:
    with unit_of_work(actor) as ctx:
        choose_language(ctx, language)


def _sample() -> tuple[list[SampleSignIn], dt.date | None]:
    """The sample's people and day; nobody while the database does not answer: the page must come up all the same."""
    try:
        with unit_of_work(SYSTEM) as ctx:
            return sample_sign_ins(ctx), sample_as_of(ctx)
    except Exception as error:
        logged_fault(error)
        return [], None


def _language(request: Request) -> str:
    return language_of(request, request.scope.get(ACTOR))


def _page(
    request: Request, form: Form, samples: list[SampleSignIn], day: dt.date | None, status: int = 200
) -> HTMLResponse:
    language = _language(request)
    with using_language(language):
        words = {
            "tag": TAGS[language],
            "appearance": appearance_of(request),
            "style": f"/assets/sign_in.css?{asset_versions()['sign_in.css']}",
            "title": escape(_("Sign in to Greyledger")),
            "purpose": escape(_("The black/grey customer policy, applied and measured.")),
            "languages": _language_buttons(language),
            "language_label": escape(_("Language")),
            "problem": f'<p class="problem" role="alert">{escape(form.problem)}</p>' if form.problem else "",
            "next": escape(form.back),
            "login_label": escape(_("Sign-in name")),
            "password_label": escape(_("Password")),
            "login": escape(form.login),
            "password": escape(form.password),
            "focus_login": "" if form.login else " autofocus",
            "focus_password": " autofocus" if form.login and not form.password else "",
            "focus_button": " autofocus" if form.password else "",
            "button": escape(_("Sign in")),
            "layout": "with-sample" if samples else "",
            "sample": _sample_list(samples, day, form.back),
        }
    headers = {"cache-control": "no-store"}
    return HTMLResponse(_PAGE.substitute(words), status_code=status, headers=headers)


def _language_buttons(language: str) -> str:
    return "".join(
        f'<button type="submit" name="choice" value="{code}" lang="{TAGS[code]}"'
        f' aria-pressed="{str(code == language).lower()}">{words}</button>'
        for code, words in NAMES.items()
    )


def _sample_list(samples: list[SampleSignIn], day: dt.date | None, back: str) -> str:
    """The sample's people, one click each: the click fills the form."""
    if not samples:
        return ""
    stands = _("Sample data · as of %(day)s") % {"day": format_date(day)} if day else _("Sample data")
    hint = _("Choose who you want to be. The password of everybody here is %(password)s.") % {
        "password": samples[0].password
    }
    rows = "".join(
        f'<li><a href="/sign-in?as={quote(one.login)}&amp;next={quote(back, safe="")}"><span class="who">'
        f"{escape(one.name)}</span> <code>{escape(one.login)}</code>"
        f'<span class="role">{escape(label("role", one.role))}</span></a></li>'
        for one in samples
    )
    return (
        f'<section class="sample" aria-labelledby="sample"><h2 id="sample">{escape(stands)}</h2>'
        f"<p>{escape(hint)}</p><ul>{rows}</ul></section>"
    )
