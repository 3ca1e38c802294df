"""Sentences that leave the imports untranslated: a template and its values, as the refusals have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """A sentence for a person. `template` is the message id; `params` fill its %(name)s."""

    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.template % self.params if self.params else self.template

    def __str__(self) -> str:
        return self.text
