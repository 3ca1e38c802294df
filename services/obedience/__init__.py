"""Whether measures are obeyed: documents against the measures of their day, judged by people, counted by department."""

from services.obedience.breaches import breach_by_id, breaches, breaches_by_demand, obedience, tested_months
from services.obedience.checking import check_obedience
from services.obedience.judging import judge
from services.obedience.rows import OPEN, BreachFilter, BreachPage, BreachRow, Obedience

__all__ = [
    "OPEN", "BreachFilter", "BreachPage", "BreachRow", "Obedience", "breach_by_id", "breaches", "breaches_by_demand",
    "check_obedience", "judge", "obedience", "tested_months",
]  # fmt: skip
