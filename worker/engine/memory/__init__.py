"""Memory: `plan` chooses tiles and history, `tiles` cuts images, `fallback` plans with less."""
