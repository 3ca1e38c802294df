"""Hands a letter to a mail server or a messenger. No database here: a slow receiver holds nothing but this thread.

Mail goes by the standard library: a mail keeps its Message-ID however often it is tried, so that a repetition can be
told by the receiver. Messengers go by Apprise; `answers` reads what they say.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, localtime

import requests
from apprise import Apprise, AppriseAsset
from apprise.plugins.base import NotifyBase

from db.enums import MailSecurity, NoticeChannel
from services.errors import N_, RefusedError
from services.notifications.addresses import ensure_public
from services.notifications.answers import answers_read
from services.notifications.rows import Letter, MailServer, Parcel
from services.notifications.signed_robots import is_signed, post_signed

#: For each answer of a receiver; a mail takes about six of them.
CONNECT_SECONDS, READ_SECONDS, MAIL_SECONDS = 5.0, 10.0, 15.0
_NO_ANSWER = N_("The messenger did not answer in time, or could not be reached.")
_ASSET = AppriseAsset(app_id="Greyledger", app_desc="Greyledger", http_redirects=False, secure_logging=True)

# The log lines of these libraries name addresses in full, and our log is read by people who may not know them.
logging.getLogger("apprise").disabled = True
logging.getLogger("urllib3.connectionpool").disabled = True


class NotSentError(RefusedError):
    """A message was not taken, or it is not known whether it was; trying again may help."""


def carry(parcel: Parcel, letter: Letter) -> None:
    """Send a letter to the parcel's address.

    Raises:
        NotSentError, RefusedError: it was not taken, with the reason in words that hold no secret.
    """
    if parcel.channel == NoticeChannel.EMAIL:
        _mail(parcel, letter)
    else:
        _message(parcel, letter)


# --- mail


def _mail(parcel: Parcel, letter: Letter) -> None:
    server = parcel.mail
    if server is None:
        raise NotSentError(N_("No mail server is set. An administrator sets it on the page of notices."))
    try:
        with _connected(server) as line:
            if server.user:
                line.login(server.user, server.password)
            line.send_message(written_mail(parcel, letter, server))
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(N_("The mail server did not accept the name or the password.")) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSentError(N_("The mail server does not know the address, or may not send to it.")) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSentError(N_("The mail server does not offer the encryption that is set.")) from error
    except smtplib.SMTPResponseException as error:
        raise NotSentError(N_("The mail server refused the message with code %(code)s."), code=error.smtp_code) from (
            error
        )
    except ssl.SSLError as error:
        raise NotSentError(N_("The mail server's certificate or encryption can't be trusted.")) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError(
            N_("The mail server %(host)s did not answer, or broke off."), host=f"{server.host}:{server.port}"
        ) from error


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.security == MailSecurity.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=MAIL_SECONDS, context=ssl.create_default_context())
    line = smtplib.SMTP(server.host, server.port, timeout=MAIL_SECONDS)
    if server.security == MailSecurity.STARTTLS:
        try:
            line.starttls(context=ssl.create_default_context())
        except BaseException:
            line.close()
            raise
    return line


def written_mail(parcel: Parcel, letter: Letter, server: MailServer) -> EmailMessage:
    """The mail: text, and the same as HTML. Its Message-ID is the sending's, not the attempt's."""
    mail = EmailMessage()
    mail["From"] = formataddr(("Greyledger", server.sender))
    mail["To"] = parcel.address
    mail["Subject"] = " ".join(letter.title.split())
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<greyledger.{delivery_key(parcel)}@{server.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if parcel.language:
        mail["Content-Language"] = parcel.language.replace("_", "-")
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


def delivery_key(parcel: Parcel) -> str:
    """What a receiver can tell a repetition by."""
    return "test" if parcel.is_test else ".".join(str(one) for one in (parcel.deliveries[0], len(parcel.deliveries)))


# --- messengers


def messenger_of(address: str) -> NotifyBase | None:
    """The library's messenger for an address; None where it does not understand it."""
    found = Apprise.instantiate(address, asset=_ASSET, suppress_exceptions=True)
    return found if isinstance(found, NotifyBase) else None


def _message(parcel: Parcel, letter: Letter) -> None:
    ensure_public(parcel.address, allows_private=parcel.allows_private)
    if is_signed(parcel.channel, parcel.address):
        _signed_message(parcel, letter)
        return
    messenger = messenger_of(parcel.address)
    if messenger is None:
        raise NotSentError(N_("This address is not understood any more. Remove it and add it again."))
    messenger.socket_connect_timeout, messenger.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    if parcel.channel == NoticeChannel.WEBHOOK:
        messenger.headers["Idempotency-Key"] = delivery_key(parcel)  # type: ignore[attr-defined]
    with answers_read(messenger) as answers:
        was_taken = messenger.notify(body=letter.text, title=letter.title)
    if was_taken:
        return
    if answers.refusal:
        raise _refused(answers.refusal, parcel)
    raise NotSentError(_NO_ANSWER)


def _signed_message(parcel: Parcel, letter: Letter) -> None:
    words = f"{letter.title}\n{letter.text}"
    try:
        refusal = post_signed(
            parcel.channel, parcel.address, words, int(time.time()), (CONNECT_SECONDS, READ_SECONDS)
        )  # fmt: skip
    except requests.RequestException:
        # Its own words hold the address.
        raise NotSentError(_NO_ANSWER) from None
    if refusal:
        raise _refused(refusal, parcel)


def _refused(answer: str, parcel: Parcel) -> NotSentError:
    return NotSentError(N_("The messenger refused the message: %(answer)s"), answer=_without_secrets(answer, parcel))


def _without_secrets(answer: str, parcel: Parcel) -> str:
    """A receiver's words, cut, without any part of the address that it might repeat."""
    for part in parcel.address.replace("://", "/").replace("@", "/").replace("?", "/").split("/"):
        if len(part) >= 6:
            answer = answer.replace(part, "…")
    return " ".join(answer.split())[:200]
