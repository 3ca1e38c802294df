"""The four assessment metrics of clause 5.2: contributions per customer, rollups, figures (docs/metrics.md)."""
