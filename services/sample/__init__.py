"""The sample portfolio: an invented company, generated the same on every machine (SPEC 7 file kinds).

Nothing here is real: names, codes and figures are drawn from a seeded generator. `portfolio.generate` is the door.
"""
