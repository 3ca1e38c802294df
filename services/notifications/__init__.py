"""Notices 通知: people and departments are told what they have to know, in the product, by mail and by messenger.

`kinds` is the table of what is told to whom; `noticing` tells it inside the transaction that causes it; `deliveries`
and `errand` send it once after the commit; `targets` are addresses, `choices` what people want, `inbox` what they read.
Other concepts call `notify`, and nothing else.
"""

from services.notifications.kinds import NOTICE_KINDS, NoticeKind
from services.notifications.noticing import notify

__all__ = ["NOTICE_KINDS", "NoticeKind", "notify"]
