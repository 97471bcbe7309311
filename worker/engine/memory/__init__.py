"""How an image fits into memory: `plan`, `tiles`, and `fallback` when memory runs out."""
