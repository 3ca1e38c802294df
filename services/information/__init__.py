"""Information collection (clause 2.2): what must be known of each customer, by whom, by when; and its quality.

`catalogue` is the list; `standing` the one statement that says how far each item of each customer is known;
`upkeep` the table that keeps its answer; `worklist` what is due; `looks` what was looked at without a finding;
`limits` the greatest ages; `freshness` the age of a score's figures; `quality` the board; `forms` one row by hand.
"""
