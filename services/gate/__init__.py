"""The order gate: allow, hold or deny (SPEC 8)."""
