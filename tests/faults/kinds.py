"""All kinds of faults, and their order."""

import random
from collections.abc import Iterable, Sequence

from tests.faults import on_jobs, on_redis, on_store, on_web, on_workers
from tests.faults.fault import Fault

KINDS: tuple[type[Fault], ...] = (
    on_workers.PoolKill,
    on_workers.WorkerKill,
    on_workers.ParentKill,
    on_workers.WorkerTerm,
    on_workers.WorkerStop,
    on_workers.EngineBroken,
    on_workers.Clock,
    on_web.WebKill,
    on_redis.RedisTerm,
    on_redis.RedisKill,
    on_redis.RedisFreeze,
    on_redis.LinkCut,
    on_redis.LinkSlow,
    on_redis.WakeupsLost,
    on_redis.WakeupsDoubled,
    on_store.StoreReadOnly,
    on_store.StoreFull,
    on_store.StoreSlow,
    on_jobs.Poison,
    on_jobs.Greedy,
    on_jobs.Cancel,
    on_jobs.Pause,
)


def named(names: Iterable[str]) -> list[type[Fault]]:
    """Return the kinds with these names; all kinds if there are no names."""
    wanted = set(names)
    if unknown := wanted - {kind.kind for kind in KINDS}:
        raise LookupError(f"no such kind: {', '.join(sorted(unknown))}")
    return [kind for kind in KINDS if not wanted or kind.kind in wanted]


def deal(kinds: Sequence[type[Fault]], count: int, rng: random.Random) -> list[type[Fault]]:
    """Return `count` kinds in random order, each about equally often."""
    dealt: list[type[Fault]] = []
    while len(dealt) < count:
        dealt += rng.sample(kinds, len(kinds))
    return dealt[:count]
