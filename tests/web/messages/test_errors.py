"""Every error has a sentence that contains its parameters."""

from collections.abc import Iterator

import pytest

from shared.errors import GramworksError, InvalidRequest
from web.errors import retry_after, status_of
from web.messages.error_sentences import SENTENCES
from web.messages.errors import sentence
from web.messages.rules import RULES

RAISED: dict[str, dict[str, object]] = {
    "internal": {},
    "missing_file": {"field": "content"},
    "too_many_files": {"field": "style", "maximum": 8, "count": 9},
    "too_many_jobs": {
        "field": "content", "contents": 3, "styles": 1, "settings": 80, "count": 240,
        "maximum": 200,
    },
    "upload_too_large": {"maximum": 64_000_000},
    "form_too_large": {"maximum": 500_000, "parts": 1000},
    "not_an_image": {"field": "content", "formats": "JPEG or PNG"},
    "truncated_image": {"field": "content"},
    "image_too_small": {"field": "content", "width": 1, "height": 1, "minimum": 16},
    "image_too_large": {"field": "content", "width": 9, "height": 9, "maximum": 64.0},
    "image_too_complex": {"field": "content", "seconds": 30, "megabytes": 3000},
    "image_too_elongated": {"field": "content", "width": 16, "height": 40_000},
    "result_too_large": {
        "field": "settings.size", "rows": 9, "columns": 9, "maximum": 8, "megapixels": 2.0,
        "longest": 10,
    },
    "result_too_narrow": {"field": "settings.size", "rows": 9, "columns": 9, "minimum": 10},
    "blend_mismatch": {"field": "settings.style_blend", "weights": 1, "styles": 2},
    "styles_too_large": {"field": "settings.style_scale", "styles": 2, "maximum": 2.82},
    "init_missing": {"field": "init", "setting": "settings.init"},
    "init_unused": {"field": "init", "setting": "settings.init", "value": "noise"},
    "init_of_other_shape": {
        "field": "init", "width": 9, "height": 9, "of_width": 9, "of_height": 6,
    },
    "no_worker_fits": {"field": "settings.size", "rows": 9, "columns": 9, "maximum": 8},
    "not_failed": {"id": "x", "state": "queued"},
    "not_live": {"id": "x", "state": "failed"},
    "not_queued": {"id": "x", "state": "running"},
    "not_running": {"id": "x", "state": "queued"},
    "job_paused": {"id": "x"},
    "paused": {},
    "worker_not_found": {"name": "x"},
    "worker_draining": {},
    "worker_suspended": {"until": "2026-11-23T06:27:37+00:00", "reason": "RuntimeError: CUDA"},
    "worker_too_small": {"maximum": 100_000},
    "nothing_to_fork": {"id": "x", "state": "queued"},
    "nothing_to_render": {"id": "x", "state": "queued"},
    "pixels_gone": {"id": "x"},
    "rendering_busy": {},
    "decoding_busy": {},
    "downloads_busy": {"maximum": 2},
    "invalid_idempotency_key": {"field": "Idempotency-Key", "maximum": 255},
    "idempotency_key_reused": {"field": "Idempotency-Key", "id": "x"},
    "invalid_hash": {"field": "content_sha256"},
    "hash_mismatch": {"field": "sha256", "sha256": "ab" * 32},
    "image_not_uploaded": {"field": "content_sha256", "sha256": "ab" * 32},
    "no_recipe": {"field": "file"},
    "input_not_found": {"id": "9f86", "name": "style-3"},
    "image_not_found": {"sha256": "ab" * 32},
    "fetching_busy": {},
    "invalid_url": {"field": "content_url", "problem": "port", "maximum": 2048},
    "address_not_allowed": {"field": "content_url", "host": "intranet"},
    "url_unreachable": {"field": "content_url", "host": "x.example", "reason": "no address"},
    "url_refused": {"field": "content_url", "host": "x.example", "answered": 404},
    "url_too_slow": {"field": "content_url", "seconds": 20.0},
    "url_too_large": {"field": "content_url", "maximum": 64_000_000},
    "too_many_redirects": {"field": "content_url", "maximum": 5},
    "queue_full": {"bound": "jobs", "maximum": 1000},
    "storage_full": {"store": "images"},
    "no_worker_online": {},
    "no_live_worker_fits": {"width": 640, "height": 480, "maximum": 300},
    "workers_draining": {},
    "too_long_for_format": {
        "field": "format", "format": "WebP", "width": 20_000, "height": 40, "maximum": 16_383,
    },
    "invalid_json": {"field": "settings", "reason": "it holds an array"},
    "unknown_field": {"field": "setings", "known": ["settings", "options"]},
    "unknown_parameter": {"field": "limt", "known": ["cursor", "limit"]},
    "record_unreadable": {"id": "x", "reason": "no field state"},
    "workers_suspended": {"reason": "RuntimeError: CUDA"},
    "unknown_setting": {"field": "settings.x", "known": ["size", "pyramid"]},
    "invalid_setting": {"field": "settings.size", "problem": "int_type"},
    "not_found": {},
    "job_not_found": {"id": "x"},
    "webhook_not_found": {"id": "x"},
    "webhook_disabled": {"id": "x"},
    "too_many_webhooks": {"maximum": 10},
    "job_in_trash": {"id": "x"},
    "confirmation_missing": {"field": "all"},
    "batch_not_found": {"id": "x"},
    "not_ready": {"id": "x", "what": "result", "state": "queued"},
    "store_unavailable": {"store": "redis", "reason": "refused"},
    "object_not_found": {"key": "jobs/x"},
    "superseded": {"id": "x", "attempt": 1},
    "invalid_config": {"name": "GRAMWORKS_PORT", "message": "no number"},
    "weights_unavailable": {"source": "pypi", "reason": "no network"},
    "job_failed": {},
    "out_of_memory": {"width": 640, "height": 480, "maximum": 300},
    "pictures_too_large": {},
    "diverged": {"evaluation": 3},
    "workers_lost": {
        "attempts": 1,
        "lost": [{"attempt": 4, "reason": "lapsed", "seconds": 12, "evaluation": 7}],
    },
    "worker_fault": {},
    "token_required": {},
    "token_invalid": {},
    "sign_in_link_invalid": {},
    "scope_missing": {"scope": "submit"},
    "host_not_allowed": {"host": "evil.example"},
    "origin_not_allowed": {"origin": "http://evil.example"},
    "form_expired": {},
    "owner_quota_reached": {"bound": "bytes", "maximum": 20_000_000_000},
    "rate_limited": {"by": "owner", "maximum": 120, "seconds": 42},
}  # fmt: skip # a row an error


def _errors(root: type[GramworksError] = GramworksError) -> Iterator[type[GramworksError]]:
    yield root
    for child in root.__subclasses__():
        yield from _errors(child)


CODES = {error.code: error for error in _errors() if "code" in vars(error)}
OF_OLD_RECORDS = {"worker_fault"}
MENDABLE = {code for code, error in CODES.items() if issubclass(error, InvalidRequest)}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    assert set(SENTENCES) - OF_OLD_RECORDS == set(CODES)
    assert set(SENTENCES) == set(RAISED)


@pytest.mark.parametrize("code", RAISED)
def test_a_sentence_contains_the_parameters_of_its_error(code: str) -> None:
    made = sentence(code, RAISED[code])
    assert made[0].isupper() or made[0] in "'0123456789"
    assert made.endswith(".")
    assert not {"{", "}"} & set(made)


@pytest.mark.parametrize("code", sorted(MENDABLE))
def test_an_error_that_the_client_can_correct_is_a_4xx(code: str) -> None:
    assert 400 <= status_of(CODES[code]()) < 500


@pytest.mark.parametrize("problem", [*RULES, "some_new_rule_of_pydantic"])
def test_every_rule_makes_a_whole_sentence(problem: str) -> None:
    bounds = dict.fromkeys(
        ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "expected", "sent"), 7
    )
    parameters = {
        "field": "settings.x",
        "problem": problem,
        "message": "must be odd",
        "among": "a",
        **bounds,
    }
    made = sentence("invalid_setting", parameters)
    assert made.startswith("'settings.x' ")
    assert made.endswith(".")


@pytest.mark.parametrize(
    ("code", "status", "seconds"),
    [
        ("queue_full", 429, "60"),
        ("storage_full", 503, "300"),
        ("store_unavailable", 503, "5"),
        ("rendering_busy", 503, "10"),
        ("decoding_busy", 503, "10"),
        ("fetching_busy", 503, "10"),
    ],
)
def test_a_temporary_error_says_when_to_try_again(code: str, status: int, seconds: str) -> None:
    assert status_of(CODES[code]()) == status
    assert retry_after(CODES[code]()) == {"Retry-After": seconds}
    assert "Try again in" in sentence(code, RAISED[code])


def test_a_bound_in_bytes_is_shown_in_megabytes() -> None:
    assert "20000 MB of pictures" in sentence(
        "queue_full", {"bound": "bytes", "maximum": 20_000_000_000}
    )


def test_an_unknown_error_code_has_a_sentence_too() -> None:
    assert sentence("of_a_newer_worker", {}) == sentence("internal", {})


@pytest.mark.parametrize("text", ["{0.__class__}", "{id}", "%s", "<b>"])
def test_sent_text_is_quoted_and_never_used_as_a_template(text: str) -> None:
    assert text in sentence("job_not_found", {"id": text})


def test_lost_workers_are_described_in_words() -> None:
    reported = sentence("workers_lost", RAISED["workers_lost"])
    assert "in attempt 4, its worker was lost at evaluation 7, after 12 s" in reported
    failed = {"attempt": 5, "reason": "error", "detail": "RuntimeError: no device", "seconds": 3}
    reported = sentence("workers_lost", {"attempts": 1, "lost": [failed]})
    assert "in attempt 5, its worker had an unexpected error (RuntimeError: no device)" in reported
