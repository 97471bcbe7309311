"""Whose turn it is among the priorities, for those who count places; Lua decides (2_order.lua)."""

from collections.abc import Iterator, Mapping

from shared.job import Priority

PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")
PATIENCE: Mapping[Priority, int] = {"normal": 4, "low": 16}  # jobs that may be started before


def turns(waiting: Mapping[Priority, int], passed: Mapping[Priority, int]) -> Iterator[Priority]:
    """Yield the priority of each job in the order in which they would be started.

    Args:
        waiting: how many jobs there are of each.
        passed: how often each has been passed over so far.
    """
    left, counts = dict(waiting), dict(passed)
    while any(left.values()):
        chosen = _next({priority for priority, count in left.items() if count}, counts)
        left[chosen] -= 1
        yield chosen


def _next(candidates: set[Priority], passed: dict[Priority, int]) -> Priority:
    ranked = [priority for priority in PRIORITIES if priority in candidates]
    due = [each for each in ranked if passed.get(each, 0) >= PATIENCE.get(each, float("inf"))]
    chosen = due[-1] if due else ranked[0]
    passed[chosen] = 0
    for priority in ranked[ranked.index(chosen) + 1 :]:
        passed[priority] = passed.get(priority, 0) + 1
    return chosen
