"""The four metrics, the aging and the tallies a second time, by brute force.

This package is the yardstick that the product is held to. It shares nothing with the product but the SPEC: plain
dictionaries and dataclasses, one day after the other, no SQL, no rollups, and nothing done for speed. Read beside
SPEC section 5 it should be that section sentence by sentence.

- ``import_rows``: rows in the import formats of SPEC 7, and ``write_csv()``
- ``histories``: ``random_history()``, random but lifelike rows, and ``telling_days()``, as-of days for them
- ``ledger``: the balance of every invoice on every day
- ``metrics``: ``metrics()``, ``aging()`` and ``tally()``

How to compare the product with it::

    history = random_history(seed=7)
    write_csv(history, folder)             # import these files into the product, in the order of COLUMNS
    for as_of in telling_days(history, seed=7, count=3):
        expected = by_key(metrics(history, "2023-10", "2025-06", {"month", "department"}, as_of))

Where SPEC 5 leaves something open, the reading taken is written at the function that takes it, after "Reading:".
"""
