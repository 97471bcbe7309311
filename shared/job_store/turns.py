"""How the priorities take turns, and the position of a job that follows from it.

The rule is that of `choose` in `lua/common/2_order.lua`: the highest priority starts first, but a
lower one is passed over at most `MAX_PASSED` times. While no queue runs empty, the turns repeat: a
position is computed from one period of them, at the same cost for every length of the queue.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple, Self, cast

from shared.job import Priority
from shared.job_store.keys import MAX_PASSED, PRIORITIES


def turns_of_priorities(
    queued: Mapping[Priority, int], passed: Mapping[Priority, int]
) -> Iterator[Priority]:
    """Yield the priority of each queued job in the order in which they will start.

    Args:
        queued: how many jobs of each priority are queued.
        passed: how often each priority was passed over.
    """
    left, counts = dict(queued), dict(passed)
    while any(left.values()):
        chosen = _next_priority({priority for priority, count in left.items() if count}, counts)
        left[chosen] -= 1
        yield chosen


def _next_priority(candidates: Set[Priority], passed: dict[Priority, int]) -> Priority:
    ranked = [priority for priority in PRIORITIES if priority in candidates]
    due = [
        rank for rank in ranked if rank in MAX_PASSED and passed.get(rank, 0) >= MAX_PASSED[rank]
    ]
    chosen = due[-1] if due else ranked[0]
    passed[chosen] = 0
    for lower in ranked[ranked.index(chosen) + 1 :]:
        passed[lower] = passed.get(lower, 0) + 1
    return chosen


def position(
    priority: Priority,
    rank: int,
    queued: Mapping[Priority, int],
    passed: Mapping[Priority, int],
) -> int:
    """Return the position of a job among all queued jobs, 1 for the one that starts next.

    Args:
        priority: the job's.
        rank: how many jobs of its priority are before it.
        queued: how many jobs of each priority are queued.
        passed: how often each priority was passed over.
    """
    left, before = dict(queued), 0
    state = _state(passed)
    while True:
        candidates = tuple(each for each in PRIORITIES if left[each])
        period = _period(candidates, state)
        emptied = min(period.turn(each, left[each] - 1) for each in candidates) + 1
        own = period.turn(priority, rank)
        if own < emptied:
            return before + own + 1
        taken = {each: period.taken(each, emptied) for each in candidates}
        left.update({each: left[each] - count for each, count in taken.items()})
        rank -= taken[priority]
        before += emptied
        state = period.state_after(emptied)


class QueueState(NamedTuple):
    """How many jobs of each priority are queued, and how often it was passed over."""

    queued: Mapping[Priority, int]
    passed: Mapping[Priority, int]

    @classmethod
    def of(cls, queued: Sequence[int], passed: Sequence[int]) -> Self:
        """Return what a script says, in the order of the priorities."""
        return cls(
            dict(zip(PRIORITIES, queued, strict=True)), dict(zip(PRIORITIES, passed, strict=True))
        )

    def position(self, priority: str | None, rank: int) -> int | None:
        """Return the position of a job, before which `rank` of its priority are; None if negative.

        A later version may have other priorities, whose place among these is unknown.
        """
        if rank < 0 or priority not in self.queued:
            return None
        return position(cast(Priority, priority), rank, self.queued, self.passed)

    def next_position(self, priority: Priority, rank: int) -> int:
        """Return the position of one more job, before which `rank` of its priority are."""
        queued = {**self.queued, priority: self.queued[priority] + 1}
        return position(priority, rank, queued, self.passed)


State = tuple[int, ...]  # how often each of MAX_PASSED was passed over, at most its maximum


def _state(passed: Mapping[Priority, int]) -> State:
    return tuple(min(passed.get(each, 0), most) for each, most in MAX_PASSED.items())


class _Period(NamedTuple):
    """The turns while no queue runs empty: those before `start` once, the others repeatedly.

    `places` maps each priority to the indexes of its turns, and `states` has the state before each
    turn.
    """

    start: int
    states: Sequence[State]
    places: Mapping[Priority, Sequence[int]]

    def turn(self, priority: Priority, count: int) -> int:
        """Return the index of a priority's turn that `count` of its own come before."""
        places = self.places[priority]
        if count < len(places):
            return places[count]
        once = bisect_left(places, self.start)
        periods, rest = divmod(count - once, len(places) - once)
        return places[once + rest] + periods * self._length

    def taken(self, priority: Priority, turns: int) -> int:
        """Return how many of the first `turns` are a priority's."""
        places = self.places[priority]
        if turns <= len(self.states):
            return bisect_left(places, turns)
        once = bisect_left(places, self.start)
        periods, rest = divmod(turns - self.start, self._length)
        return bisect_left(places, self.start + rest) + periods * (len(places) - once)

    def state_after(self, turns: int) -> State:
        """Return the state after the first `turns`."""
        if turns < len(self.states):
            return self.states[turns]
        return self.states[self.start + (turns - self.start) % self._length]

    @property
    def _length(self) -> int:
        return len(self.states) - self.start


@lru_cache(maxsize=1024)  # there are fewer: 7 sets of candidates, and 5 times 17 states
def _period(candidates: tuple[Priority, ...], state: State) -> _Period:
    seen: dict[State, int] = {}
    places: dict[Priority, list[int]] = {each: [] for each in candidates}
    while state not in seen:
        seen[state] = len(seen)
        passed = dict(zip(MAX_PASSED, state, strict=True))
        places[_next_priority(set(candidates), passed)].append(seen[state])
        state = _state(passed)
    return _Period(seen[state], tuple(seen), places)
