"""Watch lists brought in as a difference (policy 2.3)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db.enums import Role, WatchlistScope
from db.models import LedgerEntry
from services.context import Context
from services.errors import NotAllowedError, RefusedError, StaleError, WrongFileError
from services.screening import MatchFilter, match_page, run_screening
from services.screening.watchlists import CSV, foresee_list, load_list, read_list, watchlists
from tests.services.makers import DAY, as_actor, make_customer, make_department, make_user

FIRST = (
    b'1,"BAD TRADING LTD",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'BTL\'."\r\n'
    b'2,"SMITH, John","individual","X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    b'3,"OLD SHIP","vessel","X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
)
ALIASES = b'2,10,"aka","SMYTH, Jonny",-0- \r\n2,11,"aka","SMITH, J.",-0- \r\n\x1a'
SECOND = (
    b'1,"BAD TRADING COMPANY LTD",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    b'2,"SMITH, John","individual","X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    b'4,"NEW ONE",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"Unified Social Credit Code (USCC) 91350211M000100Y46."\r\n'
)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def load(ctx: Context, content: bytes, aliases: bytes | None = None) -> tuple[int, int, int, int]:
    file = read_list(ctx, "OFAC", content, file_name="sdn.csv", aliases=aliases)
    foreseen, done = foresee_list(ctx, file), load_list(ctx, file)
    assert foreseen == done
    return done.added, done.changed, done.removed, done.unchanged


def stored(ctx: Context) -> list[tuple[object, ...]]:
    rows = ctx.session.execute(
        text("SELECT entry_no, name, aliases, uscc, ended_on FROM watchlist_entry ORDER BY entry_no")
    )
    return [tuple(row) for row in rows]


def test_a_second_version_adds_changes_and_ends(ctx: Context) -> None:
    assert load(ctx, FIRST, ALIASES) == (3, 0, 0, 0)
    assert load(ctx, FIRST, ALIASES) == (0, 0, 0, 3)
    assert load(ctx, SECOND) == (1, 1, 1, 1)
    assert stored(ctx) == [
        ("1", "BAD TRADING COMPANY LTD", "BTL", None, None),
        ("2", "SMITH, John", "SMYTH, Jonny; SMITH, J.", None, None),
        ("3", "OLD SHIP", None, None, DAY), ("4", "NEW ONE", None, "91350211M000100Y46", None),
    ]  # fmt: skip
    assert load(ctx, FIRST, ALIASES) == (1, 1, 1, 1)
    assert [(row[0], row[4]) for row in stored(ctx)] == [("1", None), ("2", None), ("3", None), ("4", DAY)]
    (row,) = watchlists(ctx)
    assert (row.source, row.entries, row.ended, row.loaded_on, row.added, row.removed) == ("OFAC", 3, 1, DAY, 1, 1)
    entries = select(LedgerEntry.action).where(LedgerEntry.action == "watchlist.loaded")
    assert len(list(ctx.session.scalars(entries))) == 4


def test_additions_end_nothing_and_matches_follow(ctx: Context) -> None:
    make_customer(ctx, "C1", name="New Name Trading Ltd")
    load(ctx, FIRST)
    content = "编号,名称,别名\n9,NEW NAME TRADING CO LTD,\n".encode()
    file = read_list(ctx, "OFAC", content, file_name="x.csv", scope=WatchlistScope.ADDITIONS, file_format=CSV)
    done = load_list(ctx, file)
    assert (done.added, done.removed, [(one.change, one.entry_no) for one in done.shown]) == (1, 0, [("added", "9")])
    run_screening(ctx)
    assert [(one.customer_no, one.list_source, one.other_no) for one in match_page(ctx, MatchFilter()).rows] == [
        ("C1", "OFAC", "9")
    ]


def test_a_preview_that_somebody_overtook_is_void(ctx: Context) -> None:
    file = read_list(ctx, "OFAC", FIRST, file_name="sdn.csv")
    seen = foresee_list(ctx, file).last_load
    load(ctx, FIRST)
    with pytest.raises(StaleError):
        load_list(ctx, file, seen_load=seen)


@pytest.mark.parametrize(
    ("source", "content", "values", "error"),
    [
        ("", FIRST, {}, RefusedError), ("OFAC", FIRST, {"file_format": "xml"}, RefusedError),
        ("OFAC", b"ent_num,name\n1,A\n", {}, WrongFileError), ("OFAC", b"", {}, WrongFileError),
        ("OFAC", b"entry_no,name\n1,\n", {"file_format": CSV}, WrongFileError),
        ("OFAC", b"entry_no,name,source\n1,A,OTHER\n", {"file_format": CSV}, WrongFileError),
        ("OFAC", b"entry_no,name\n1,A\n", {"file_format": CSV, "aliases": ALIASES}, RefusedError),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(
    ctx: Context, source: str, content: bytes, values: dict, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_list(ctx, source, content, file_name="x.csv", **values)


def test_only_risk_and_the_administrator_load_lists(ctx: Context) -> None:
    viewer = as_actor(ctx, make_user(ctx, "v", Role.LEADER, make_department(ctx, "TOP")))
    with pytest.raises(NotAllowedError):
        read_list(viewer, "OFAC", FIRST, file_name="x.csv")


def test_the_sanctions_list_of_2018_becomes_that_of_2021(ctx: Context, real_data: Path) -> None:
    folder = real_data / "ofac_sdn"
    names = {}
    for year in (2018, 2021):
        with (folder / f"sdn_{year}.csv").open(encoding="utf-8", newline="") as lines:
            names[year] = {row[0].strip(): row for row in csv.reader(lines) if len(row) > 1}
    old, new = names[2018], names[2021]
    first = read_list(ctx, "OFAC SDN", (folder / "sdn_2018.csv").read_bytes(), file_name="sdn.csv",
                      aliases=(folder / "alt_2018.csv").read_bytes())  # fmt: skip
    done = load_list(ctx, first)
    assert (done.added, done.changed, done.removed, done.unchanged) == (7379, 0, 0, 0)
    assert sum(row.aliases is not None and row.aliases != "" for row in first.rows) > 3000
    second = read_list(ctx, "OFAC SDN", (folder / "sdn_2021.csv").read_bytes(), file_name="sdn.csv")
    done = load_list(ctx, second)
    assert (done.added, done.removed) == (len(new.keys() - old.keys()), len(old.keys() - new.keys()))
    assert done.changed + done.unchanged == len(old.keys() & new.keys())
    assert (done.added, done.removed) == (2308, 644)
    live = text("SELECT count(*) FROM watchlist_entry WHERE ended_on IS NULL")
    assert ctx.session.execute(live).scalar_one() == len(new)
