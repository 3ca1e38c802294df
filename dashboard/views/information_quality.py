"""The data-quality board: by department and by source, each figure with its parts, its trend and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.information_words import MEANINGS, MEASURES, item_words
from dashboard.components.people_names import PeopleNames, people_names
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, format_date, format_number, format_percent, running_on
from dashboard.import_words import kind_words
from dashboard.navigation import address_of
from dashboard.views.information_quality_trend import trend
from dashboard.views.information_reads import read_conflicts, read_quality, read_sources
from db.enums import QualitySide, Role
from services.access import may
from services.context import SYSTEM, Actor
from services.information.catalogue import ITEMS, MASTER, OWN_ITEMS
from services.information.quality import (
    COMPLETENESS,
    CONFLICTS,
    CORRECTED,
    COVERAGE,
    FRESHNESS,
    NOBODY,
    OF_DEPARTMENTS,
    OF_SOURCES,
    REJECTED,
    Figure,
)

Figures = dict[tuple[QualitySide, str, str], Figure]


def quality_part(actor: Actor) -> None:
    """Draw the board."""
    found = read_quality(actor)
    if not any(one.whole for one in found):
        st.info(_("There is nothing to judge yet: bring in customers first."), icon=":material/group_add:")
        return
    names = department_names(actor)
    by_place: Figures = {(one.side, one.name, one.measure): one for one in found}
    st.markdown(_answer(found, names))
    _departments(actor, by_place, names)
    measure = pill_filter(
        "measure", [one for one in OF_DEPARTMENTS if one != FRESHNESS], label=_("Figure"), key="information-measure",
        words=lambda code: _(MEASURES[code or FRESHNESS]),
    ) or FRESHNESS  # fmt: skip
    st.caption(_(MEANINGS[measure]))
    side = QualitySide.DEPARTMENT
    trend(actor, measure, side, lambda code: _name(code, names), [*names.codes, NOBODY])
    if measure == CONFLICTS:
        _conflicts(actor)
    _by_item(actor, by_place)
    _kinds(actor, by_place, measure)
    _sources(actor)


def _answer(found: Sequence[Figure], names: DepartmentNames) -> str:
    """The board's answer in words: how fresh all is, and who is furthest behind."""
    fresh = [one for one in found if one.measure == FRESHNESS and one.side is QualitySide.DEPARTMENT and one.whole]
    if not fresh:
        return _("No information is asked of any customer yet.")
    share = sum(one.part for one in fresh) / sum(one.whole for one in fresh)
    least = min(fresh, key=lambda one: (one.value or 0, one.name))
    said = [_("%(share)s of what must be known is up to date.") % {"share": format_percent(share, 1)}]
    if len(fresh) > 1:
        said.append(
            _("Furthest behind: %(department)s with %(share)s.")
            % {"department": _name(least.name, names), "share": format_percent(least.value, 1)}
        )
    return running_on(said)


def _name(code: str, names: DepartmentNames) -> str:
    return _("No department") if code == NOBODY else names.name(code)


def _departments(actor: Actor, figures: Figures, names: DepartmentNames) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("By department"))}</h2>')
    side = QualitySide.DEPARTMENT
    owners = {name for one, name, measure in figures if one is side and measure in (COMPLETENESS, FRESHNESS, COVERAGE)}
    others = {name for one, name, _measure in figures if one is side} - owners
    codes = [*(code for code in names.codes if code in owners), *(code for code in names.codes if code in others)]
    codes += [NOBODY] if NOBODY in owners | others else []
    plain_table(
        [Head(_("Department")), *(Head(_(MEASURES[one]), is_figure=True) for one in OF_DEPARTMENTS)],
        [
            [
                Cell(_name(code, names)),
                *(_figure(actor, figures.get((side, code, one)), code) for one in OF_DEPARTMENTS),
            ]
            for code in codes
        ],
    )


def _figure(actor: Actor, one: Figure | None, code: str = "") -> Cell:
    """A share with its parts under it; it opens the rows behind it where there is a list of them."""
    if one is None or one.value is None:
        return Cell(NO_VALUE)
    of = _("%(part)s of %(whole)s") % {"part": _parts(one, one.part), "whole": _parts(one, one.whole)}
    shown = f'{escape(format_percent(one.value, 1))}<br><span class="gl-quiet">{escape(of)}</span>'
    return Cell(html=shown, address=_rows_behind(actor, one, code))


def _parts(one: Figure, count: int) -> str:
    """Coverage is a mean over customers: its parts are hundredths."""
    return format_number(count / 100 if one.measure == COVERAGE else count)


def _rows_behind(actor: Actor, one: Figure, code: str) -> str | None:
    """Where the rows of a figure are, for those who may open them there."""
    if one.measure in OF_SOURCES:
        return _imports_behind(one, code) if may(actor, "import.run") else None
    if one.side is QualitySide.SOURCE:
        return address_of("information", item=code, late="1") if code in OWN_ITEMS else None
    if one.measure == CONFLICTS:
        return address_of("information", part="quality", measure=CONFLICTS, department=code)
    if one.measure == COVERAGE:
        return address_of("customers", department=code) if code != NOBODY else None
    if actor.role == Role.BUSINESS and code != actor.department_code:
        return None
    narrowed = {"item": MASTER} if one.measure == COMPLETENESS else {"late": "1"}
    return address_of("information", department=code, **narrowed)


def _imports_behind(one: Figure, source: str) -> str:
    """The imports of a kind of file, or of one person; only those with rejected rows where the figure counts these."""
    sort, _colon, rest = source.partition(":")
    narrowed = {"of": rest} if sort == "kind" else {"by": rest} if sort == "by" else {}
    return address_of("imports", **narrowed, **({"wrong": "1"} if one.measure == REJECTED else {}))


def _conflicts(actor: Actor) -> None:
    department = st.query_params.get("department") or None
    rows = read_conflicts(actor, department)
    if not rows:
        st.caption(_("No ratings contradict each other."))
        return
    plain_table(
        [
            Head(_("Customer")), Head(_("Rating in the register")), Head(_("Rating in the report")),
            Head(_("Reported on")), Head(_("Source")),
        ],
        [
            [
                Cell(one.name, address_of("customer", customer=one.customer_no)), Cell(one.registered),
                Cell(one.reported), Cell(format_date(one.reported_on)), Cell(one.source or NO_VALUE),
            ]
            for one in rows
        ],
    )  # fmt: skip


def _by_item(actor: Actor, figures: Figures) -> None:
    """Which kind of information is up to date, and how that went."""
    side = QualitySide.SOURCE
    codes = [f"item:{one.code}" for one in ITEMS if (side, f"item:{one.code}", FRESHNESS) in figures]
    st.html(f'<h2 class="gl-section">{escape(_("By kind of information"))}</h2>')
    plain_table(
        [Head(_("Kind of information")), Head(_(MEASURES[FRESHNESS]), is_figure=True)],
        [
            [
                Cell(item_words(code.removeprefix("item:"))),
                _figure(actor, figures[side, code, FRESHNESS], code.removeprefix("item:")),
            ]
            for code in codes
        ],
    )
    trend(actor, FRESHNESS, side, lambda code: item_words(code.removeprefix("item:")), codes)


def _kinds(actor: Actor, figures: Figures, measure: str) -> None:
    """What files and forms brought in, by kind and by who brought it."""
    side = QualitySide.SOURCE
    sources = [name for one, name, measure in figures if one is side and measure == REJECTED]
    st.html(f'<h2 class="gl-section">{escape(_("By file or form, and who brought it in, last 90 days"))}</h2>')
    if not sources:
        st.caption(_("Nothing was brought in within the last 90 days."))
        return
    people = people_names(actor, [name.removeprefix("by:") for name in sources if name.startswith("by:")])
    plain_table(
        [
            Head(_("Source")), Head(_("Rows"), is_figure=True), Head(_(MEASURES[REJECTED]), is_figure=True),
            Head(_(MEASURES[CORRECTED]), is_figure=True),
        ],
        [
            [
                Cell(_source_name(name, people)), Cell(format_number(figures[side, name, REJECTED].whole)),
                *(_figure(actor, figures.get((side, name, one)), name) for one in OF_SOURCES),
            ]
            for name in sources
        ],
    )  # fmt: skip
    if measure in OF_SOURCES:
        trend(actor, measure, side, lambda name: _source_name(name, people), sources)


def _source_name(name: str, people: PeopleNames) -> str:
    sort, _colon, rest = name.partition(":")
    if sort == "kind":
        return kind_words(rest)
    name = people.name(rest)
    return name if rest == SYSTEM.login else _("brought in by %(who)s") % {"who": name}


def _sources(actor: Actor) -> None:
    rows = read_sources(actor)
    if not rows:
        return
    st.html(f'<h2 class="gl-section">{escape(_("By agency or medium"))}</h2>')
    plain_table(
        [
            Head(_("Kind")), Head(_("Source")), Head(_("Rows"), is_figure=True), Head(_("Customers"), is_figure=True),
            Head(_("Newest row")),
        ],
        [
            [
                Cell(kind_words(one.kind)), Cell(_("not named") if one.source == NOBODY else one.source),
                Cell(format_number(one.rows)), Cell(format_number(one.customers)), Cell(format_date(one.newest_on)),
            ]
            for one in rows
        ],
    )  # fmt: skip
