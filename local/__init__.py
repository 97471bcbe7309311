"""The whole system in one terminal: Redis, a worker and the web, started, watched and stopped."""
