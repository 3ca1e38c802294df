"""The four metrics, the aging and the tallies a second time, by brute force.

This package is the yardstick that the product is held to. It shares nothing with the product but the SPEC: plain
dictionaries and dataclasses, one day after the other, no SQL, no rollups, and nothing done for speed. Read beside
SPEC section 5 it should be that section sentence by sentence.

- ``import_rows``: rows in the import formats of SPEC 7, and ``write_csv()``
- ``histories``: ``random_history()``, random but lifelike rows
- ``ledger``: the balance of every invoice on every day
- ``metrics``: ``metrics()``, ``aging()`` and ``tally()``

How to compare the product with it::

    history = random_history(seed=7)
    write_csv(history, folder)             # import these files into the product, in the order of COLUMNS
    expected = by_key(metrics(history, "2024-01", "2024-12", {"month", "department"}, date(2024, 12, 31)))

Where SPEC 5 leaves something open, the reading taken is written at the function that takes it, after "Reading:".
"""
