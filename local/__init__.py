"""The whole system in one terminal: Redis, a worker and the web.

Reading order: `__main__` has the command `up`, `demo` the other one; `system` starts, watches and
stops the processes, each of which is a `child`; `redis_server` finds Redis.
"""


class LocalError(Exception):
    """The system cannot start or continue; the text says why and what to do."""
