"""What customers owe: which money paid which invoice, balances, ageing (SPEC 5)."""
