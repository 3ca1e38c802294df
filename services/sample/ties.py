"""What customers of the sample share: a group run from one desk, a stranger with its account, an office tower."""

from __future__ import annotations

from services.sample.customers import Customer

_SHARED_BY_GROUP = ("phone", "legal_representative")
_TOWER, _TENANTS, _TOWER_REGION = "启明国际大厦", 18, "EAST"


def tie(rows: list[dict[str, str]], customers: list[Customer]) -> list[dict[str, str]]:
    """Write into the register's rows what some have in common; what was blank stays blank."""
    group = [row for row, one in zip(rows, customers, strict=True) if one.role == "group"]
    strangers = [
        row for row, one in zip(rows, customers, strict=True)
        if one.department == "EXPORT" and not one.role and row["bank_account"]
    ]  # fmt: skip
    for row in group[1:]:
        row.update({name: group[0][name] for name in _SHARED_BY_GROUP if row[name]})
    if group and strangers:
        strangers[0]["bank_account"] = group[0]["bank_account"]
        strangers[1]["address"] = strangers[0]["address"]
    tenants = [
        row for row, one in zip(rows, customers, strict=True)
        if one.department == _TOWER_REGION and not one.role and row["address"] and one.origin == "mainland"
    ]  # fmt: skip
    for row in tenants[:_TENANTS]:
        row["address"] = f"{tenants[0]['region']}{_TOWER}"
    return rows
