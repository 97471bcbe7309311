"""How an image fits into memory: `plan`, `tiles`, and `fallback` for when it does not."""
