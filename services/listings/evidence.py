"""Evidence of a proposal: rows of the database by link, and files kept whole with their checksum (clause 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text

from db.enums import EvidenceKind, ListingStep
from db.models import Listing, ListingCandidate, ListingEvidence
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.listings.files import KeptFile, kept_files
from services.listings.lifecycle import WRITTEN_IN
from services.listings.rows import EvidenceContent, FactRow, NewFile
from services.listings.steps import ensure_written_by, locked_listing, person_of

#: Tables whose rows can be evidence, and what kind of evidence they are.
KIND_OF_TABLE: dict[str, EvidenceKind] = {
    "invoice": EvidenceKind.TRANSACTION,
    "payment": EvidenceKind.TRANSACTION,
    "sales_order": EvidenceKind.TRANSACTION,
    "contract": EvidenceKind.CONTRACT,
    "contract_event": EvidenceKind.TRANSACTION,
    "dunning_notice": EvidenceKind.DUNNING,
    "reputation_event": EvidenceKind.OTHER,
    "customer": EvidenceKind.OTHER,
}
_MOST_OF_A_TABLE = 40
#: A customer's rows that can be linked: the oldest unpaid invoices first, of the rest the newest.
_LINKABLE = """
SELECT * FROM (
    (SELECT 'invoice' AS table_name, i.id, i.invoice_no AS no, i.due_on AS on_day FROM invoice i
       LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
      WHERE i.customer_id = :id AND i.due_on <= :today AND s.paid_off_on IS NULL
      ORDER BY i.due_on, i.invoice_no LIMIT :most)
    UNION ALL
    (SELECT 'dunning_notice', id, dunning_no, sent_on FROM dunning_notice WHERE customer_id = :id
      ORDER BY sent_on DESC, dunning_no LIMIT :most)
    UNION ALL
    (SELECT 'contract', id, contract_no, signed_on FROM contract WHERE customer_id = :id
      ORDER BY signed_on DESC, contract_no LIMIT :most)
    UNION ALL
    (SELECT 'contract_event', id, event_no, occurred_on FROM contract_event
      WHERE customer_id = :id AND kind <> 'fulfilled' ORDER BY occurred_on DESC, event_no LIMIT :most)
    UNION ALL
    (SELECT 'reputation_event', id, event_no, occurred_on FROM reputation_event
      WHERE customer_id = :id AND sentiment < 0 ORDER BY occurred_on DESC, event_no LIMIT :most)
) AS linkable
"""


# --- commands


def link_rows(ctx: Context, row: Listing, facts: Sequence[FactRow], person: int) -> None:
    """Add rows of the database to a proposal that is being written; what is linked already stays once."""
    there = set(
        ctx.session.execute(
            select(ListingEvidence.subject).where(
                ListingEvidence.customer_id == row.customer_id, ListingEvidence.listing_id == row.id,
                ListingEvidence.removed_at.is_(None), ListingEvidence.subject.is_not(None),
            )
        ).scalars()
    )  # fmt: skip
    for fact in facts:
        if fact.subject in there or fact.table not in KIND_OF_TABLE:
            continue
        there.add(fact.subject)
        ctx.session.add(
            ListingEvidence(
                customer_id=row.customer_id, listing_id=row.id, kind=KIND_OF_TABLE[fact.table].value,
                subject=fact.subject, title=fact.no, happened_on=fact.on, added_by_id=person,
                added_at=company_clock(ctx),
            )
        )  # fmt: skip
    ctx.session.flush()


def add_evidence(
    ctx: Context, customer_id: int, listing_id: int, version: int, subjects: Sequence[str] = (),
    files: Sequence[NewFile] = (), kind: str = EvidenceKind.OTHER.value,
) -> None:  # fmt: skip
    """Link rows and keep files, all of one kind: by who writes the proposal, or by the reviewer.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row, person = _open(ctx, customer_id, listing_id, version)
    if kind not in set(EvidenceKind):
        raise RefusedError(N_("“%(kind)s” is not a kind of evidence."), kind=kind)
    known = {fact.subject: fact for fact in linkable_rows(ctx, customer_id)}
    unknown = [subject for subject in subjects if subject not in known]
    if unknown:
        raise RefusedError(N_("This row can't be linked any more. Reload and choose again."))
    kept = kept_files(files)
    names = [known[subject].no for subject in subjects] + [one.file_name for one in kept]
    if not names:
        raise RefusedError(N_("Choose a row or a file."))
    with ledger.change(ctx, "listing.evidence_added", row, ", ".join(names)):
        link_rows(ctx, row, [known[subject] for subject in subjects], person)
        store_files(ctx, row, kept, kind, person)
    data_versions.bump(ctx, "listings")


def remove_evidence(ctx: Context, customer_id: int, listing_id: int, version: int, evidence_id: int) -> None:
    """Take a piece out of a proposal. It stays in the database: what was shown once can be shown again.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row, person = _open(ctx, customer_id, listing_id, version)
    piece = ctx.session.get(ListingEvidence, (customer_id, evidence_id), with_for_update=True)
    if piece is None or piece.listing_id != listing_id or piece.removed_at is not None:
        raise NotFoundError(N_("This piece of evidence is not there any more."))
    if piece.added_by_id != person and row.proposer_id != person:
        raise NotAllowedError(N_("Only who added a piece of evidence, or who proposed the listing, takes it out."))
    with ledger.change(ctx, "listing.evidence_removed", row, piece.file_name or piece.title):
        piece.removed_at, piece.removed_by_id = company_clock(ctx), person
    data_versions.bump(ctx, "listings")


def _open(ctx: Context, customer_id: int, listing_id: int, version: int) -> tuple[Listing, int]:
    """A proposal that evidence may be added to: its writer while it is written, risk management until the decision."""
    access.ensure_may(ctx, "listing.propose")
    person = person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version)
    if row.step is None:
        raise RefusedError(N_("This listing is decided: its evidence stays as it is."))
    if access.may(ctx.actor, "listing.review") and row.step != ListingStep.DRAFT:
        return row, person
    if row.step not in WRITTEN_IN:
        raise RefusedError(N_("The proposal is handed in: risk management asks if more is needed."))
    ensure_written_by(ctx, row)
    return row, person


def store_files(ctx: Context, row: Listing, files: Sequence[KeptFile], kind: str, person: int) -> None:
    """Keep files with a proposal; one that is there already stays once."""
    query = select(ListingEvidence.sha256).where(
        ListingEvidence.customer_id == row.customer_id, ListingEvidence.listing_id == row.id,
        ListingEvidence.removed_at.is_(None),
    )  # fmt: skip
    there = set(ctx.session.execute(query).scalars())
    for one in files:
        if one.sha256 in there:
            continue
        ctx.session.add(
            ListingEvidence(
                customer_id=row.customer_id, listing_id=row.id, kind=kind, file_name=one.file_name,
                media_type=one.media_type, sha256=one.sha256, size=len(one.content), content=one.content,
                added_by_id=person, added_at=company_clock(ctx),
            )
        )  # fmt: skip
        # One at a time: twenty large files are not held twice.
        ctx.session.flush()


def take_over_files(ctx: Context, row: Listing, candidate: ListingCandidate) -> None:
    """The files of a tip become evidence of the proposal that came of it."""
    query = select(ListingEvidence).where(
        ListingEvidence.customer_id == row.customer_id, ListingEvidence.candidate_id == candidate.id,
        ListingEvidence.listing_id.is_(None), ListingEvidence.removed_at.is_(None),
    )  # fmt: skip
    seen: set[str | None] = set()
    for piece in ctx.session.execute(query.order_by(ListingEvidence.id)).scalars():
        if piece.sha256 not in seen:
            seen.add(piece.sha256)
            piece.listing_id = row.id
    ctx.session.flush()


# --- reads


def linkable_rows(ctx: Context, customer_id: int) -> tuple[FactRow, ...]:
    """A customer's rows that can be linked as evidence: open invoices, notices, contracts, breaches, bad news."""
    access.ensure_may(ctx, "listing.read")
    values: dict[str, Any] = {"id": customer_id, "today": ctx.today, "most": _MOST_OF_A_TABLE}
    return tuple(FactRow(*row) for row in ctx.session.execute(text(_LINKABLE), values))


def evidence_content(ctx: Context, customer_id: int, evidence_id: int) -> EvidenceContent:
    """A file's bytes, exactly as handed in.

    Raises:
        NotAllowedError: the actor may not see evidence.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "listing.see_evidence")
    query = select(ListingEvidence.file_name, ListingEvidence.media_type, ListingEvidence.content).where(
        ListingEvidence.customer_id == customer_id, ListingEvidence.id == evidence_id,
        ListingEvidence.content.is_not(None),
    )  # fmt: skip
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(N_("This file does not exist."))
    return EvidenceContent(str(found.file_name), str(found.media_type), bytes(found.content or b""))


def contract_facts(ctx: Context, customer_id: int, facts: Sequence[FactRow]) -> tuple[FactRow, ...]:
    """The contracts that linked invoices and events belong to: a proposal brings them along."""
    query = text(
        "SELECT DISTINCT 'contract', c.id, c.contract_no, c.signed_on FROM contract c WHERE c.customer_id = :id AND ("
        "c.contract_no IN (SELECT i.contract_no FROM invoice i WHERE i.customer_id = :id AND i.id = ANY(:invoices)) "
        "OR c.id IN (SELECT e.contract_id FROM contract_event e WHERE e.customer_id = :id AND e.id = ANY(:events)))"
    )
    values = {
        "id": customer_id, "invoices": [one.id for one in facts if one.table == "invoice"],
        "events": [one.id for one in facts if one.table == "contract_event"],
    }  # fmt: skip
    return tuple(FactRow(*row) for row in ctx.session.execute(query, values))
