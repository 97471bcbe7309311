"""Less memory, step by step: one step further each time that a job runs out of it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import tensorflow as tf

from worker.engine.memory.plan import Plan

RAN_OUT = (
    MemoryError,
    tf.errors.ResourceExhaustedError,
    tf.errors.AbortedError,  # oneDNN's word for a primitive that it had no memory to make
)
log = logging.getLogger(__name__)


class Rungs:
    """A job's step, from 0 (as planned); each level has its own list of plans, maybe shorter."""

    def __init__(self, ladders: Sequence[Sequence[Plan]]) -> None:
        self._last = max(map(len, ladders)) - 1
        self.fallback_step = 0

    def skip_to(self, fallback_step: int) -> None:
        """Go down to `fallback_step`, or to the last one there is; never up."""
        self.fallback_step = max(self.fallback_step, min(fallback_step, self._last))

    def plan(self, ladder: Sequence[Plan]) -> Plan:
        """Return how to descend on this fallback_step of a ladder."""
        return ladder[min(self.fallback_step, len(ladder) - 1)]

    @contextmanager
    def going_down(self, ladder: Sequence[Plan]) -> Iterator[Plan]:
        """Give the plan to work by; if memory runs out, end the work and take the next step.

        The error is dropped, and with its traceback all that the work held.

        Raises:
            MemoryError, ResourceExhaustedError: it ran out on the ladder's last fallback_step.
        """
        try:
            yield self.plan(ladder)
        except RAN_OUT:
            if self.fallback_step >= len(ladder) - 1:
                raise
            self.fallback_step += 1
            log.warning("ran out of memory, goes on with %s", self.plan(ladder))
