"""Files out: what a reader sees, every kind of SPEC 7 in the import's own format, and all of them together."""
