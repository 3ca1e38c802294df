"""A statistical scorecard fitted on what became of the company's own customers, beside the expert's (policy 2.1).

candidates.py what may be measured and which way is bad; cases.py the past as columns; binning.py and fitting.py the
model; card_making.py turns it into a scorecard of the ordinary engine; run.py puts it together and says what came out.
docs/decisions/0002-challenger.md argues the method.
"""
