"""Names against listed customers and watch lists (policy 2.3)."""
