"""How another system asks: examples to copy, with this server's own address."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from dashboard.i18n import N_, TAGS, _, language

_FALLBACK = "http://127.0.0.1:8501"
#: What is asked, and the rest of the command after the address.
_CALLS: tuple[tuple[str, str], ...] = (
    (
        N_("Ask the gate for an order. The same order number gets the same answer again."),
        """/v1/gate' \\
  -H 'Content-Type: application/json' -H 'Accept-Language: %(language)s' \\
  -d '{"customer_no": "C-1001", "amount": 12000, "terms_days": 30, "order_no": "SO-2025-0001"}'""",
    ),
    (N_("See what became of an order that was held"), "/v1/gate/SO-2025-0001'"),
    (
        N_("Screen a name against listed customers and watch lists"),
        """/v1/screen' \\
  -H 'Content-Type: application/json' -d '{"name": "华东机电有限公司"}'""",
    ),
    (N_("Read a customer's risk status"), "/v1/customers/C-1001/status'"),
    (N_("Read the metrics of a period"), "/v1/metrics?from=2025-01&to=2025-06&by=month'"),
    (N_("Read what happened since a cursor; leave it out the first time"), "/v1/events?after=CURSOR'"),
)


def examples_tab() -> None:
    """Draw the examples."""
    host = _host()
    with st.container(key="machines-examples"):
        st.markdown(
            _("Every question needs a token in its header. The whole description, to try out: %(address)s")
            % {"address": f"[{host}/v1/docs]({host}/v1/docs)"}
        )
        st.caption(
            _(
                "The same answers come on a port of their own, which a busy page can't slow down: where an ERP asks "
                "for every order, use that. The terminal of “greyledger up” names it."
            )
        )
        for about, rest in _CALLS:
            st.markdown(_(about))
            command = f"curl -H 'Authorization: Bearer glk_...' \\\n  '{host}{rest}"
            st.code(command.replace("%(language)s", TAGS[language()]), language=None, wrap_lines=True)
        st.markdown(
            _(
                "Webhooks are signed as Standard Webhooks say: check webhook-signature over webhook-id, "
                "webhook-timestamp and the body, answer within 10 seconds with a status of 200 to 299, and expect that "
                "an event may come twice with the same webhook-id."
            )
        )


def _host() -> str:
    parts = urlsplit(str(st.context.url or _FALLBACK))
    return f"{parts.scheme}://{parts.netloc}"
