"""Sends what the webhooks' outbox holds, in threads; every worker does it.

A delivery is claimed with a lease, so what a worker had claimed when it died is sent by another
one, or again by the same. Of each webhook, one delivery is sent at a time. After a failure, nothing
is sent to that webhook for a while, and the delivery is tried again by `DELAYS`.
"""

import logging
import random
import threading
import time
from dataclasses import dataclass, field

from shared.errors import GramworksError, OutboundError, StoreUnavailable
from shared.job_store import Attempt, ClaimedDelivery, Outbox
from shared.outbound import Answer, Outbound
from worker.maintenance.webhook_message import body_of, headers_of

ATTEMPT_SECONDS = 15.0
LEASE_SECONDS = 30.0
AT_A_TIME = 64  # deliveries that a worker sends; a thread each, which waits most of the time
UNPROVEN_AT_A_TIME = 56  # of them, to webhooks whose last delivery did not succeed
DELAYS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each further attempt: the schedule that Standard Webhooks recommends, 3 days."""
JITTER = 0.1  # of a delay, so that receivers do not get all that failed at once again
PAUSES = (5, 30, 120, 300)
"""Seconds for which nothing is sent to a webhook, by how many attempts failed in a row."""
LONGEST_RETRY_AFTER = 3600.0  # seconds that a receiver can ask for
RECORD_TRIES = 5  # a second apart; if Redis stays away for longer, the delivery is sent again
GONE = 410
log = logging.getLogger(__name__)


@dataclass
class Deliverer:
    """Sends deliveries; `public_url` is where the links in them lead."""

    outbox: Outbox
    outbound: Outbound
    public_url: str
    stop: threading.Event
    attempt_seconds: float = ATTEMPT_SECONDS
    lease_seconds: float = LEASE_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _working: int = 0  # how many are being sent, by the kind of their webhook
    _unproven: int = 0

    def deliver_due(self) -> None:
        """Begin to send what is due; it does not wait for receivers."""
        with self._lock:
            free = AT_A_TIME - self._working - self._unproven
            unproven = min(free, UNPROVEN_AT_A_TIME - self._unproven)
            if not free or self.stop.is_set():
                return
            for claim in self.outbox.claim(self.lease_seconds, free, unproven):
                # a daemon: a receiver that does not answer must not keep the process from ending
                threading.Thread(
                    target=self._run, args=(claim,), name=f"webhook {claim.webhook}", daemon=True
                ).start()
                self._count(claim, 1)

    def _count(self, claim: ClaimedDelivery, change: int) -> None:
        if claim.is_working:
            self._working += change
        else:
            self._unproven += change

    def _run(self, claim: ClaimedDelivery) -> None:
        try:
            attempt, answer = self._attempt(claim)
            outcome = attempt.code or f"status {attempt.status}"
            # without the URL, whose query can hold a secret
            what = (claim.webhook, claim.event, claim.id, claim.attempt, outcome)
            log.info("webhook %s: %s %s, attempt %d: %s", *what)
            self._record(claim, attempt, answer)
        except StoreUnavailable as error:  # it is sent again when its lease has expired
            log.warning("webhook %s: not recorded: %s", claim.webhook, error.parameters)
        with self._lock:
            self._count(claim, -1)
        try:
            self.deliver_due()  # the next one of this webhook
        except StoreUnavailable as error:  # the next round may reach it
            log.warning("webhooks: a store is not available: %s", error.parameters)

    def _attempt(self, claim: ClaimedDelivery) -> tuple[Attempt, Answer | None]:
        begin, answer, error = time.monotonic(), None, GramworksError()
        try:
            answer = self._post(claim)
        except OutboundError as failed:
            error = failed
        except Exception:  # it counts as an attempt, or it would be repeated without an end
            log.exception("webhook %s: delivery %s", claim.webhook, claim.id)
        ms = round((time.monotonic() - begin) * 1000)
        ended = Attempt(at=claim.now + ms, ms=ms)
        if answer is not None:
            return ended.model_copy(update={"status": answer.status}), answer
        failure = {"code": error.code, "parameters": error.parameters}
        return ended.model_copy(update=failure), None

    def _post(self, claim: ClaimedDelivery) -> Answer:
        body = body_of(claim, self.public_url)
        headers = headers_of(claim, body)
        return self.outbound.post(
            claim.url, body, headers, max_bytes=0, seconds=self.attempt_seconds
        )

    def _record(self, claim: ClaimedDelivery, attempt: Attempt, answer: Answer | None) -> None:
        asked = retry_after(answer)
        for tries_left in reversed(range(RECORD_TRIES)):
            try:
                self.outbox.record(
                    claim,
                    attempt,
                    succeeded=answer is not None and 200 <= answer.status < 300,
                    next_seconds=next_delay(claim, asked),
                    pause_seconds=max(asked, pause(claim.failures)),
                    gone=answer is not None and answer.status == GONE,
                )
            except StoreUnavailable:
                if not tries_left:
                    raise
                time.sleep(1.0)
            else:
                return


def next_delay(claim: ClaimedDelivery, asked: float) -> float | None:
    """Return after how many seconds a delivery that failed is tried again; None if it is not.

    Args:
        claim: the attempt. A test has one.
        asked: the seconds that the receiver asked for.
    """
    if not claim.job_id or claim.attempt > len(DELAYS):
        return None
    varied = DELAYS[claim.attempt - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return max(varied, asked)


def pause(failures: int) -> float:
    """Return for how many seconds a webhook pauses after one more than `failures` in a row."""
    return PAUSES[min(failures, len(PAUSES) - 1)]


def retry_after(answer: Answer | None) -> float:
    """Return how many seconds a receiver asks to wait; 0 if it does not."""
    seconds = answer.headers.get("retry-after", "") if answer else ""
    is_number = seconds.isascii() and seconds.isdigit()  # it can be a date
    return min(float(seconds[:9]), LONGEST_RETRY_AFTER) if is_number else 0.0
