"""Imports that run while their page is free: one a person at a time, in a thread of its own.

Why not in the page's own run: any call of `st` raises when the reader clicks or leaves (StopException,
RerunException). A progress bar that is moved from inside the transaction would roll the import back for a click on the
menu. Here the import writes its progress into a plain object, and the page looks at it now and then. Leaving the page
stops nothing; what came of it is found by the number of the import. When this process ends, the transaction is rolled
back with it, and nothing is half done.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from dashboard.logs import logged_fault
from services.context import Actor, unit_of_work
from services.errors import RefusedError
from services.imports.plan import Request
from services.imports.run import import_file


@dataclass
class UnderWay:
    """One import: how far it is, then the number it is found by, or why there is none.

    `token` stands for what was asked for: the same click twice is one import.
    """

    token: str
    file_name: str
    kind: str
    share: float = 0.0
    step: str = ""
    batch_id: int | None = None
    refusal: RefusedError | None = None
    fault_id: str | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def note(self, share: float, step: str) -> None:
        """Remember how far it is."""
        self.share, self.step = share, step


_imports: dict[str, UnderWay] = {}
_lock = threading.Lock()


def under_way(login: str) -> UnderWay | None:
    """The import of this person that is under way, or that has ended and was not taken note of."""
    with _lock:
        return _imports.get(login)


def take_note(login: str) -> None:
    """Forget an import that has ended; its result has been shown or noted."""
    with _lock:
        if login in _imports and _imports[login].done.is_set():
            del _imports[login]


def start(actor: Actor, request: Request, *, token: str, all_or_nothing: bool) -> UnderWay | None:
    """Begin an import. The one that is there if it is the same; None while another one of this person is under way."""
    with _lock:
        known = _imports.get(actor.login)
        if known is not None and known.token == token:
            return known
        if known is not None and not known.done.is_set():
            return None
        made = _imports[actor.login] = UnderWay(token, request.file_name, request.kind)
    name = f"import of {actor.login}"
    # A daemon: a server that is told to stop does not wait for a long import, which then leaves nothing.
    threading.Thread(target=_run, args=(made, actor, request, all_or_nothing), name=name, daemon=True).start()
    return made


def _run(made: UnderWay, actor: Actor, request: Request, all_or_nothing: bool) -> None:
    try:
        with unit_of_work(actor) as ctx:
            result = import_file(
                ctx, request.kind, request.source, file_name=request.file_name, mapping=request.mapping,
                defaults=request.defaults, options=request.options, all_or_nothing=all_or_nothing, progress=made.note,
            )  # fmt: skip
        made.batch_id = result.batch_id
    except RefusedError as error:
        made.refusal = error
    except Exception as error:
        made.fault_id = logged_fault(error)
    finally:
        made.done.set()
