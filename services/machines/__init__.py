"""Other systems at our door (SPEC 8): their tokens, and the webhooks by which they are called (docs/api.md)."""
