"""Valid scorecards at random: other weights, edges, points, floors; some indicators left out."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from services.scorecards.editing import spare_codes, usual_dimension, with_indicator

SHIPPED = json.loads((Path(__file__).parents[2] / "services" / "default_scorecard.json").read_text())
WINDOWS = (30, 90, 180, 365, 730)


def random_definition(chance: random.Random) -> dict[str, Any]:
    """A definition that is a card, as an officer could make it by editing the one that ships."""
    definition: dict[str, Any] = json.loads(json.dumps(SHIPPED))
    for code in spare_codes(definition):
        definition = with_indicator(definition, code, usual_dimension(code))
    names = list(definition["dimensions"])
    for name in chance.sample(names, chance.randrange(len(names) - 1)):
        del definition["dimensions"][name]
    for part in definition["dimensions"].values():
        part["weight"] = chance.choice((1, 7, 12.5, 33))
        kept = chance.sample(part["indicators"], chance.randint(1, len(part["indicators"])))
        part["indicators"] = [_random_indicator(chance, one) for one in kept]
    medium, high, critical = sorted(chance.sample(range(1, 100), 3))
    definition["bands"] = {"medium": medium, "high": high, "critical": critical}
    definition["floors"] = [
        {"when": when, "level": chance.choice(("medium", "high", "critical"))}
        for when in chance.sample(("listed", "overdue_30", "overdue_90"), chance.randrange(4))
    ]
    definition["low_coverage"] = chance.choice((0, 0.25, 0.5, 1))
    return definition


def _random_indicator(chance: random.Random, written: dict[str, Any]) -> dict[str, Any]:
    one = {**written, "weight": chance.choice((1, 3, 10, 27.5)), "missing": chance.choice((None, 0, 50, 80))}
    if "window_days" in one:
        one["window_days"] = chance.choice(WINDOWS)
    if "categories" in one:
        one["categories"] = {name: chance.randrange(101) for name in one["categories"]}
        return one
    edges = [each["upto"] for each in one["bins"][:-1]]
    kept = sorted(chance.sample(edges, chance.randint(0, len(edges))))
    one["bins"] = [{"upto": edge, "points": chance.randrange(101)} for edge in kept] + [
        {"points": chance.randrange(101)}
    ]
    return one
