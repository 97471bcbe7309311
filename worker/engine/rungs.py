"""Where on the ladder of memory a job is: a rung further down each time that memory runs out."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import tensorflow as tf

from worker.engine.plan import Plan

RAN_OUT = (
    MemoryError,
    tf.errors.ResourceExhaustedError,
    tf.errors.AbortedError,  # oneDNN's word for a primitive that it had no memory to make
)
log = logging.getLogger(__name__)


class Rungs:
    """A job's rung, from 0, as planned; each level has a ladder of its own, maybe a shorter one."""

    def __init__(self, ladders: Sequence[Sequence[Plan]]) -> None:
        self._last = max(map(len, ladders)) - 1
        self.rung = 0

    def skip_to(self, rung: int) -> None:
        """Go down to `rung`, or to the last one there is; never up."""
        self.rung = max(self.rung, min(rung, self._last))

    def plan(self, ladder: Sequence[Plan]) -> Plan:
        """Return how to descend on this rung of a ladder."""
        return ladder[min(self.rung, len(ladder) - 1)]

    @contextmanager
    def going_down(self, ladder: Sequence[Plan]) -> Iterator[Plan]:
        """Give the plan to work by; where memory runs out, end the work and go down a rung.

        The error is dropped, and with its traceback all that the work held.

        Raises:
            MemoryError, ResourceExhaustedError: it ran out on the ladder's last rung.
        """
        try:
            yield self.plan(ladder)
        except RAN_OUT:
            if self.rung >= len(ladder) - 1:
                raise
            self.rung += 1
            log.warning("ran out of memory, goes on with %s", self.plan(ladder))
