"""The refusals: sentences that an officer can act on. Raised in English with parameters; doors translate them."""

from __future__ import annotations


def N_(template: str) -> str:
    """Mark a template for translation without translating it here."""
    return template


class RefusedError(Exception):
    """The request can't be done; nothing was changed. `template` is the message id, `params` fills its %(name)s."""

    def __init__(self, template: str, **params: object) -> None:
        self.template = template
        self.params = params
        super().__init__(template % params if params else template)


class NotAllowedError(RefusedError):
    """This person's role or department may not do it."""


class NotFoundError(RefusedError):
    """No such record."""


class StaleError(RefusedError):
    """Somebody changed the record since it was shown."""


class HeldError(RefusedError):
    """Somebody else is at work on the record right now."""


class IllegalMoveError(RefusedError):
    """The record's lifecycle does not allow this move (SPEC 4)."""


class WrongFileError(RefusedError):
    """A file can't be read at all, or its headers can't be matched."""
