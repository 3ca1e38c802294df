"""Two scorecards compared on the company's own history before one of them is activated (policy 2.1).

replay.py scores every customer by both at each month end; findings.py says who moves, is warned of, is caught;
statistics.py and calibration.py say how well each score told bad from good; run.py puts it together; reports.py keeps
what was asked for and what came out.
"""
