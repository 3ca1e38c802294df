"""How well screening tells names: `python -m benchmarks.screening [FOLDER] [--tune] [--misses N]`.

Precision, recall and F1 at the threshold that the product ships with, over pairs made from real names: see
screening_pairs and screening_latin for how. Names are split by hash: weights and threshold were found with the tuning
half and the tuning recipe only; the other half is seen under the same recipe, and under one held back.
"""

from __future__ import annotations

import csv
import dataclasses
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks import screening_latin as latin
from benchmarks import screening_pairs as han
from benchmarks.screening_pairs import Pair
from services.policy import Policy
from services.screening.likeness import WEIGHTS, Weights, likeness, score_of

_FOLDER = Path(__file__).parents[2] / "shared" / "data"
_MOST_LATIN = 1_200
_SEED = 20_250_630


def han_names(folder: Path) -> list[tuple[str, str]]:
    """Registered names with the trade name where the file says it, and short names of the stock market."""
    found: dict[str, str] = {}
    for file in ("groundtruth.txt", "company_demo.txt"):
        for line in (folder / "company_names" / file).read_text(encoding="utf-8").splitlines():
            name, _, trade_name = line.strip().partition(" ")
            if name:
                found[name] = trade_name.strip()
    for file in ("twse_stocks_only.csv", "tpex_stocks_only.csv"):
        with (folder / "company_names" / file).open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                found.setdefault(row["name"].strip(), "")
    return sorted(found.items())


def latin_names(folder: Path) -> tuple[list[str], list[str]]:
    """Organisations and persons of the newer list."""
    kinds: dict[str, list[str]] = {"organisation": [], "individual": []}
    with (folder / "ofac_sdn" / "sdn_2021.csv").open(encoding="utf-8", errors="replace") as rows:
        for row in csv.reader(rows):
            if len(row) > 2 and row[2].strip() in ("-0-", "individual"):
                kinds["individual" if row[2].strip() == "individual" else "organisation"].append(row[1].strip())
    rng = random.Random(_SEED)
    return tuple(sorted(rng.sample(sorted(set(names)), _MOST_LATIN)) for names in kinds.values())  # type: ignore[return-value]


def sets(folder: Path) -> dict[str, list[Pair]]:
    """All sets of pairs, by their name."""
    made: dict[str, list[Pair]] = {}
    names = han_names(folder)
    halves = {held: [one for one in names if han.is_held_out(one[0]) == held] for held in (False, True)}
    long = {held: [one for one in half if len(one[0]) > 6] for held, half in halves.items()}
    short = {held: [one for one in half if len(one[0]) <= 6] for held, half in halves.items()}
    for label, half in (("registered", long), ("short", short)):
        made[f"tuning {label}"] = han.han_pairs(half[False], han.TUNING, _SEED)
        made[f"held-out {label}"] = han.han_pairs(half[True], han.TUNING, _SEED + 1)
        made[f"held-out {label}, other noise"] = han.han_pairs(half[True], han.HELD_BACK, _SEED + 2)
    for label, everybody in zip(("organisation", "person"), latin_names(folder), strict=True):
        split = {held: [one for one in everybody if han.is_held_out(one) == held] for held in (False, True)}
        made[f"tuning {label}"] = latin.latin_pairs(split[False], latin.TUNING, _SEED)
        made[f"held-out {label}"] = latin.latin_pairs(split[True], latin.TUNING, _SEED + 1)
        made[f"held-out {label}, other noise"] = latin.latin_pairs(split[True], latin.HELD_BACK, _SEED + 2)
    return made


def measured(pairs: Sequence[Pair], threshold: float, weights: Weights = WEIGHTS) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    right = wrong = missed = 0
    for pair in pairs:
        is_found = score_of(likeness(pair.one, pair.other, weights), weights) >= threshold
        right += is_found and pair.is_same
        wrong += is_found and not pair.is_same
        missed += pair.is_same and not is_found
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _by_kind(pairs: Sequence[Pair], threshold: float) -> str:
    found: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for pair in pairs:
        kind = ("" if pair.is_same else "not ") + pair.kind
        whole[kind] += 1
        found[kind] += (score_of(likeness(pair.one, pair.other)) >= threshold) == pair.is_same
    return ", ".join(f"{kind} {found[kind]}/{whole[kind]}" for kind in sorted(whole))


def tune(folder: Path, rounds: int = 150) -> tuple[Weights, float]:
    """The best weights and threshold found by walking from the present ones, on the tuning half only."""
    pairs = [pair for name, some in sets(folder).items() if name.startswith("tuning") for pair in some]
    groups = [some for name, some in sets(folder).items() if name.startswith("tuning")]
    rng = random.Random(_SEED)

    def value(weights: Weights, threshold: float) -> float:
        return sum(measured(some, threshold, weights)[2] for some in groups) / len(groups)

    best, at = WEIGHTS, float(Policy().screening_threshold)
    top = value(best, at)
    print(f"{len(pairs)} pairs, start {top:.4f}")
    for _round in range(rounds):
        name = rng.choice([one.name for one in dataclasses.fields(Weights)])
        tried = dataclasses.replace(best, **{name: getattr(best, name) * rng.uniform(0.75, 1.3)})
        threshold = at + rng.uniform(-0.03, 0.03)
        reached = value(tried, threshold)
        if reached > top:
            best, at, top = tried, threshold, reached
            print(f"{top:.4f} at {at:.3f}: {best}", flush=True)
    return best, at


def main() -> None:
    """Print the figures of every set."""
    folder = next((Path(one) for one in sys.argv[1:] if Path(one).is_dir()), _FOLDER)
    if "--tune" in sys.argv:
        tune(folder)
        return
    threshold = float(Policy().screening_threshold)
    misses: dict[str, list[Pair]] = defaultdict(list)
    print(f"threshold {threshold}")
    for name, pairs in sets(folder).items():
        precision, recall, f1 = measured(pairs, threshold)
        print(f"{name}: {len(pairs)} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
        print(f"    {_by_kind(pairs, threshold)}")
        misses[name] = [p for p in pairs if (score_of(likeness(p.one, p.other)) >= threshold) != p.is_same]
    if "--misses" in sys.argv:
        rng = random.Random(1)
        for name, some in misses.items():
            if name.startswith("tuning"):
                for pair in rng.sample(some, min(len(some), int(sys.argv[sys.argv.index("--misses") + 1]))):
                    found = likeness(pair.one, pair.other)
                    print(name, pair.is_same, pair.kind, pair.one, "|", pair.other, round(score_of(found), 3), found)


if __name__ == "__main__":
    main()
