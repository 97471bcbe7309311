"""Every way in which a delivery can end has a sentence."""

import pytest

from shared import errors
from shared.job_store import Attempt
from web.messages.deliveries import FAILURES, attempt_sentence

ENDS: dict[str, Attempt] = {
    "The receiver answered 204 No Content.": Attempt(at=1, ms=1, status=204),
    "The receiver answered 299.": Attempt(at=1, ms=1, status=299),
    "The receiver answered 302 Found. Redirects are not followed. Change the webhook's URL.": (
        Attempt(at=1, ms=1, status=302)
    ),
    "The receiver answered 410 Gone. It wants no more deliveries, so the webhook is disabled.": (
        Attempt(at=1, ms=1, status=410)
    ),
    "No answer came within 15 s.": (
        Attempt(at=1, ms=1, code="url_too_slow", parameters={"seconds": 15.0})
    ),
    "x cannot be reached: no.": (
        Attempt(at=1, ms=1, code="url_unreachable", parameters={"host": "x", "reason": "no"})
    ),
    "It failed.": Attempt(at=1, ms=1, code="internal"),
}


@pytest.mark.parametrize("sentence", ENDS)
def test_it_says_how_an_attempt_ended(sentence: str) -> None:
    assert attempt_sentence(ENDS[sentence]) == sentence


def test_every_error_of_a_call_has_a_sentence() -> None:
    raised = {errors.InvalidUrl, errors.AddressNotAllowed, errors.UrlUnreachable, errors.UrlTooSlow}
    assert {error.code for error in raised} == set(FAILURES)
