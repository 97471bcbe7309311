"""The sentence for every error code, with its parameters."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from web.messages.error_sentences import SENTENCES
from web.messages.job_log import LOST, reason_name
from web.messages.languages import gettext_noop
from web.messages.rules import listed, plain, rule_sentence
from web.messages.sentences import Choice, Plural, Sentence, say, texts
from web.messages.states import state_name

HEADINGS: dict[int, str] = {  # of pages, by status
    400: gettext_noop("This request cannot be read"),
    401: gettext_noop("Sign in first"),
    403: gettext_noop("This is not allowed"),
    404: gettext_noop("Not found"),
    405: gettext_noop("This cannot be done here"),
    409: gettext_noop("This is not possible now"),
    410: gettext_noop("No longer here"),
    413: gettext_noop("Too large"),
    421: gettext_noop("Unknown address"),
    422: gettext_noop("Something needs to be changed"),
    429: gettext_noop("Too much at once"),
    503: gettext_noop("Not available at the moment"),
}
OTHER_HEADING = gettext_noop("Something went wrong")
HTTP_DETAILS = (  # sentences of Werkzeug
    gettext_noop("The browser (or proxy) sent a request that this server could not understand."),
    gettext_noop("The method is not allowed for the requested URL."),
)
REASONS = (  # the library's are in English
    gettext_noop("it holds an array"),
    gettext_noop("it holds a string"),
    gettext_noop("it holds a number"),
    gettext_noop("it holds a boolean"),
    gettext_noop("it holds null"),
    gettext_noop("it is an array"),
    gettext_noop("it is a string"),
    gettext_noop("it is a number"),
    gettext_noop("it is a boolean"),
    gettext_noop("it is null"),
    gettext_noop("it was sent as a file, not as a form field"),
    gettext_noop("it has no address"),
    gettext_noop("its name has no address"),
    gettext_noop("its answer is compressed"),
    gettext_noop("its answer is not HTTP"),
)

# Parts of these sentences. Those that are sentences themselves say what to do.
WAYS_OUT: dict[str, Sentence] = {
    "out_of_memory": Choice(
        "maximum", {"None": "Use a worker with more memory."}, "A size of {maximum} should fit."
    ),
    "no_worker_fits": Choice(
        "maximum",
        {"None": "No size would fit."},
        "For this image, '{field}' can be up to {maximum}.",
    ),
    "no_live_worker_fits": Choice(
        "maximum", {"None": "No size would fit now."}, "A size of {maximum} would fit now."
    ),
    "unknown_parameter": Choice("names", {"": "It has none."}, "It has {names}."),
}
WAYS_TO_SUCCEED: dict[str, str] = {  # by the job's state
    "queued": "Wait until it has succeeded.",
    "running": "Wait until it has succeeded.",
    "failed": "Retry it, and wait until it has succeeded.",
    "cancelled": "Submit it again.",
}
AMOUNTS: dict[str, Sentence] = {  # of what a bound counts
    "jobs": Plural("{count} job", "{count} jobs", by="count"),
    "bytes": "{megabytes} MB",
}
COUNTED: dict[str, Plural] = {  # by the parameter that counts them
    "weights": Plural("{count} weight", "{count} weights", by="count"),
    "styles": Plural("{count} style image", "{count} style images", by="count"),
    "contents": Plural("{count} content image", "{count} content images", by="count"),
    "settings": Plural("{count} object of settings", "{count} objects of settings", by="count"),
}


def all_texts() -> Iterator[str | tuple[str, str]]:
    """Return all texts of these tables that can be translated."""
    for table in (SENTENCES, WAYS_OUT, WAYS_TO_SUCCEED, AMOUNTS, COUNTED):
        for sentence in table.values():
            yield from texts(sentence)


def sentence(code: str, parameters: Mapping[str, Any]) -> str:
    """Return the sentence for an error, in the language of the request."""
    if code == "invalid_setting":
        return rule_sentence(parameters)
    words = {
        **parameters,
        "names": ", ".join(parameters.get("known", [])),
        "largest": plain(parameters.get("maximum")),
        "formats": listed(str(parameters.get("formats"))),
        "reason": _reason(parameters.get("reason")),
    }
    for name, make in _PARTS.get(code, {}).items():
        words[name] = make(words)
    if "state" in words:
        words.update(in_state=words["state"], state=state_name(words["state"]))
    return say(SENTENCES.get(code, SENTENCES["internal"]), words)


def heading(status: int) -> str:
    """Return the heading of an error's page."""
    return say(HEADINGS.get(status, OTHER_HEADING), {})


def http_sentence(detail: str) -> str:
    """Return a sentence of Werkzeug's in the language of the request."""
    return say(detail, {}) if detail in HTTP_DETAILS else detail


def _reason(reason: object) -> object:
    return say(reason, {}) if isinstance(reason, str) and reason in REASONS else reason


def _way_out(code: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda words: say(WAYS_OUT[code], {"maximum": None, **words})


def _way_to_succeed(words: Mapping[str, Any]) -> str:
    way = WAYS_TO_SUCCEED.get(str(words.get("state")))
    return say(way, {}) if way else ""


def _counted(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda words: say(COUNTED[name], {"count": words.get(name)})


def _amount(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that says how much a bound is: jobs, or bytes as megabytes."""

    def make(words: Mapping[str, Any]) -> str:
        count = int(words.get(name) or 0)
        unit = "bytes" if str(words.get("bound")).endswith("bytes") else "jobs"
        return say(AMOUNTS[unit], {"count": count, "megabytes": count // 1_000_000})

    return make


def _bound(words: Mapping[str, Any]) -> str:
    unit = "bytes" if words.get("bound") == "bytes" else "jobs"
    return f"batch, {unit}" if "needed" in words else unit


def _megabytes(words: Mapping[str, Any]) -> int:
    return int(words.get("maximum", 0)) // 1_000_000


def _lacking(words: Mapping[str, Any]) -> str:
    is_to_come = words.get("state") in ("queued", "running")
    return f"a {words.get('what')}{' yet' if is_to_come else ''}"


def _status(words: Mapping[str, Any]) -> str:
    """Return a status with its name, such as 404 Not Found."""
    known = {int(each): f"{int(each)} {each.phrase}" for each in HTTPStatus}
    number = words.get("answered")
    return known.get(int(str(number)), str(number)) if number is not None else ""


def _lost_attempts(words: Mapping[str, Any]) -> str:
    return "; ".join(map(_lost_attempt, words.get("lost", [])))


def _lost_attempt(known: Mapping[str, Any]) -> str:
    detail = f" ({known['detail']})" if "detail" in known else ""
    where = "evaluation" if "evaluation" in known else "start"
    return say(LOST[where], {**known, "reason": reason_name(known["reason"]) + detail})


_Parts = Mapping[str, Callable[[Mapping[str, Any]], object]]
_OF_BOUNDS: _Parts = {
    "amount": _amount("maximum"), "amount_needed": _amount("needed"), "bound": _bound,
}  # fmt: skip # in this order: `bound` is replaced last
_PARTS: dict[str, _Parts] = {
    "upload_too_large": {"maximum_mb": _megabytes},
    "url_too_large": {"maximum_mb": _megabytes},
    "url_refused": {"status_of_url": _status},
    "too_many_jobs": {
        f"{name}_counted": _counted(name) for name in ("contents", "styles", "settings")
    },
    "blend_mismatch": {f"{name}_counted": _counted(name) for name in ("weights", "styles")},
    "not_ready": {"lacking": _lacking},
    "nothing_to_fork": {"way_out": _way_to_succeed},
    "nothing_to_render": {"way_out": _way_to_succeed},
    "queue_full": _OF_BOUNDS,
    "owner_quota_reached": _OF_BOUNDS,
    "workers_lost": {"lost_attempts": _lost_attempts},
    **{code: {"way_out": _way_out(code)} for code in WAYS_OUT},
}
