"""Fallback steps: each time that a job runs out of memory, it continues with a smaller plan."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import tensorflow as tf

from worker.engine.memory.plan import Plan

OUT_OF_MEMORY = (
    MemoryError,
    tf.errors.ResourceExhaustedError,
    tf.errors.AbortedError,  # raised if oneDNN had no memory to make a primitive
)
log = logging.getLogger(__name__)


class MemoryFallback:
    """A job's fallback step, from 0 (the first plan); each level has its own list of plans."""

    def __init__(self, plans_of_levels: Sequence[Sequence[Plan]]) -> None:
        self._last = max(map(len, plans_of_levels)) - 1
        self.step = 0

    def skip_to(self, step: int) -> None:
        """Go to a step, at most to the last one; never to an earlier one."""
        self.step = max(self.step, min(step, self._last))

    def plan(self, plans: Sequence[Plan]) -> Plan:
        """Return a level's plan at this step."""
        return plans[min(self.step, len(plans) - 1)]

    @contextmanager
    def attempt(self, plans: Sequence[Plan]) -> Iterator[Plan]:
        """Yield the current plan; if memory runs out in the block, leave it and take the next step.

        The error is dropped, so that its traceback does not keep the block's tensors alive.

        Raises:
            MemoryError, ResourceExhaustedError: memory ran out at the level's last step.
        """
        try:
            yield self.plan(plans)
        except OUT_OF_MEMORY:
            if self.step >= len(plans) - 1:
                raise
            self.step += 1
            log.warning("out of memory, continues with %s", self.plan(plans))
