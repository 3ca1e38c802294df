"""Files in: every kind of SPEC 7, read, cleaned, checked, compared with what is stored, written at once."""
