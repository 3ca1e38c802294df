"""What may be an address, how it is shown, and which hosts a message may go to.

Addresses are set by people, so that the server could be made to call what only it can reach. Robots of the named
messengers have fixed hosts; addresses with a host of their own are for administrators, and hosts inside the network are
refused, when the address is added and again each time before something is sent, unless a setting allows them.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from db.enums import NoticeChannel, NoticeMedium
from services.errors import N_, RefusedError

#: Channels that a person may add without the administrator: where the host is not theirs to choose.
FIXED_HOSTS = frozenset(
    {NoticeChannel.EMAIL, NoticeChannel.DINGTALK, NoticeChannel.WECOM, NoticeChannel.FEISHU, NoticeChannel.LARK}
)
#: What an address of the channel `other` may begin with. Nothing else that the library knows is let in: some of its
#: schemes read files, run programs or talk to the machine itself.
OTHER_SCHEMES = frozenset({"slack", "tgram", "discord", "workflows", "ntfys", "mmosts", "gotifys"})
#: Those of them whose host the address chooses.
OWN_HOST_SCHEMES = frozenset({"ntfys", "mmosts", "gotifys", "workflows"})

#: Robots that may ask for a signature.
SIGNING = frozenset({NoticeChannel.DINGTALK, NoticeChannel.FEISHU, NoticeChannel.LARK})

_LONGEST = 500
_EMAIL = re.compile(r"[^@\s,;<>\"()]{1,64}@(?=.{3,190}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")
_SIGNED_WITH = r"[A-Za-z0-9_-]{0,200}"
_CODE = r"(?P<token>[A-Za-z0-9_-]{8,100})"
_ROBOTS: dict[NoticeChannel, tuple[re.Pattern[str], str]] = {
    NoticeChannel.DINGTALK: (
        re.compile(rf"https://oapi\.dingtalk\.com/robot/send/?\?access_token={_CODE}"),
        "https://oapi.dingtalk.com/robot/send?access_token=…",
    ),
    NoticeChannel.WECOM: (
        re.compile(rf"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send/?\?key={_CODE}"),
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
    ),
    NoticeChannel.FEISHU: (
        re.compile(rf"https://open\.feishu\.cn/open-apis/bot/v2/hook/{_CODE}/?"),
        "https://open.feishu.cn/open-apis/bot/v2/hook/…",
    ),
    NoticeChannel.LARK: (
        re.compile(rf"https://open\.larksuite\.com/open-apis/bot/v2/hook/{_CODE}/?"),
        "https://open.larksuite.com/open-apis/bot/v2/hook/…",
    ),
}
_ROBOT_SCHEMES = {
    NoticeChannel.DINGTALK: "dingtalk", NoticeChannel.WECOM: "wecombot", NoticeChannel.FEISHU: "feishu",
    NoticeChannel.LARK: "lark",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """An address that was understood: `full` is the secret that is kept, `masked` what screens and the ledger show."""

    channel: NoticeChannel
    full: str
    masked: str

    def __repr__(self) -> str:
        return f"Address({self.channel}, {self.masked})"


# --- rules


def medium_of(channel: str) -> NoticeMedium:
    """E-mail, or one of the messengers."""
    return NoticeMedium.EMAIL if channel == NoticeChannel.EMAIL else NoticeMedium.MESSENGER


def example_of(channel: str) -> str:
    """What an address of a channel looks like."""
    if channel in _ROBOTS:
        return _ROBOTS[NoticeChannel(channel)][1]
    examples = {NoticeChannel.EMAIL: "name@example.com", NoticeChannel.WEBHOOK: "https://example.com/hook"}
    return examples.get(NoticeChannel(channel), "slack://… discord://… tgram://… ntfys://…")


def address_of(channel: str, written: str, signing_secret: str = "") -> Address:
    """The address that a person wrote, as the messenger's own page shows it; some robots have a secret to sign with.

    Raises:
        RefusedError: it is not an address of this channel.
    """
    kind, text = NoticeChannel(channel), written.strip()
    if not text or len(text) > _LONGEST or any(ord(letter) < 33 for letter in text):
        raise _unusable(kind)
    if kind is NoticeChannel.EMAIL:
        return _email(text)
    if kind in _ROBOTS:
        return _robot(kind, text, signing_secret.strip())
    return _webhook(text) if kind is NoticeChannel.WEBHOOK else _other(text)


def _unusable(channel: NoticeChannel) -> RefusedError:
    return RefusedError(
        N_("This address can't be used. It should look like this: %(example)s"), example=example_of(channel)
    )


def _email(text: str) -> Address:
    if not _EMAIL.fullmatch(text):
        raise _unusable(NoticeChannel.EMAIL)
    name, _at, host = text.rpartition("@")
    return Address(NoticeChannel.EMAIL, f"{name}@{host.lower()}", f"{name[0]}…@{host.lower()}")


def _robot(channel: NoticeChannel, text: str, signing_secret: str) -> Address:
    found = _ROBOTS[channel][0].fullmatch(text)
    if found is None:
        raise _unusable(channel)
    token = found["token"]
    if signing_secret and channel not in SIGNING:
        raise RefusedError(N_("Robots of this messenger sign nothing. Leave the secret empty."))
    if not re.fullmatch(_SIGNED_WITH, signing_secret):
        raise RefusedError(N_("The secret to sign with is made of letters and digits. Copy it whole from the robot."))
    signed = f"{signing_secret}@" if signing_secret else ""
    return Address(channel, f"{_ROBOT_SCHEMES[channel]}://{signed}{token}/", f"…{token[-4:]}")


def _webhook(text: str) -> Address:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.fragment:
        raise _unusable(NoticeChannel.WEBHOOK)
    try:
        port = parts.port
    except ValueError as error:
        raise _unusable(NoticeChannel.WEBHOOK) from error
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    # Of the receiver's own query only plain pairs are kept: the library reads names of its own there (`verify`, ...).
    kept = urlencode({f"-{name}": value for name, value in query.items()})
    scheme = "jsons" if parts.scheme == "https" else "json"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = f"{host}:{port}" if port else host
    full = f"{scheme}://{place}{parts.path or '/'}" + (f"?{kept}" if kept else "")
    return Address(NoticeChannel.WEBHOOK, full, f"{parts.scheme}://{place}/…")


def _other(text: str) -> Address:
    scheme = urlsplit(text).scheme.lower()
    if scheme not in OTHER_SCHEMES:
        raise RefusedError(
            N_("An address of this kind begins with one of: %(schemes)s."),
            schemes=", ".join(f"{one}://" for one in sorted(OTHER_SCHEMES)),
        )
    if re.search(r"[?&](verify|redirect|cto|rto|retry|wait)=", text, re.IGNORECASE):
        raise RefusedError(
            N_("Leave out verify, redirect, retry, wait, cto and rto: an address does not say how a message is sent.")
        )
    return Address(NoticeChannel.OTHER, text, f"{scheme}://…{text.rstrip('/')[-4:]}")


def host_of(full: str) -> str | None:
    """The host that an address chooses itself; None where its messenger has a fixed one."""
    parts = urlsplit(full)
    return parts.hostname if parts.scheme in {"json", "jsons"} | OWN_HOST_SCHEMES else None


def ensure_public(full: str, *, allows_private: bool) -> None:
    """Refuse an address whose host lies inside the network. Looks the name up; nothing is sent.

    Between this look and the sending a name server could answer otherwise; addresses with a host of their own are the
    administrator's for that reason too, and redirects are never followed.

    Raises:
        RefusedError: it does, or the name is not known.
    """
    host = host_of(full)
    if host is None or allows_private:
        return
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise RefusedError(N_("There is no host called %(host)s."), host=host) from error
    if not all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in found):
        raise RefusedError(
            N_("%(host)s lies inside your network. Messages go there only if the administrator allows it."), host=host
        )
