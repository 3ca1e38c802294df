"""How entries about other systems read in the ledger: their tokens and webhooks."""

from __future__ import annotations

from dashboard.i18n import N_

MACHINE_ACTIONS: dict[str, str] = {
    "api_token.made": N_("%(who)s made a token for another system"),
    "api_token.revoked": N_("%(who)s revoked a token of another system"),
    "webhook.added": N_("%(who)s added a webhook"),
    "webhook.kinds_changed": N_("%(who)s chose which events a webhook gets"),
    "webhook.paused": N_("%(who)s paused a webhook"),
    "webhook.resumed": N_("%(who)s resumed a webhook"),
    "webhook.secret_renewed": N_("%(who)s gave a webhook a new secret"),
    "webhook.removed": N_("%(who)s removed a webhook"),
    "webhook.sent_again": N_("%(who)s had an event sent again"),
}

MACHINE_GROUPS: dict[str, str] = {
    "api_token": N_("Tokens of other systems"),
    "webhook": N_("Webhooks"),
}

MACHINE_FIELDS: dict[str, str] = {
    "scopes": N_("May be used for"),
    "per_minute": N_("Calls a minute"),
    "expires_at": N_("Ends"),
    "url": N_("Address"),
    "kinds": N_("Events"),
    "event": N_("Event"),
}
