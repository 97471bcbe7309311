"""Every error in English: the status of its code, and the sentence with its parameters."""

from collections.abc import Mapping
from typing import Any

from web.messages.job_log import REASONS

SENTENCES: dict[str, tuple[int, str]] = {
    "missing_file": (422, "Choose a file for '{field}': the upload has none."),
    "too_many_files": (422, "'{field}' takes at most {maximum} file(s), and got {count}."),
    "upload_too_large": (
        413,
        "The upload is too long: all files together may have at most {maximum_mb} MB.",
    ),
    "form_too_large": (
        413,
        (
            "The fields beside the files are too long: together they may have at most {maximum}"
            " bytes, in at most {parts} parts."
        ),
    ),
    "not_an_image": (422, "The file for '{field}' is no image of a known kind: use {formats}."),
    "truncated_image": (
        422,
        "The image for '{field}' is damaged or breaks off: save or copy it anew.",
    ),
    "image_too_small": (
        422,
        "The image for '{field}' has {width} × {height} pixels: each side needs {minimum} or more.",
    ),
    "image_too_large": (
        422,
        (
            "The image for '{field}' has {width} × {height} pixels, more than {maximum} megapixels:"
            " make it smaller."
        ),
    ),
    "result_too_large": (
        422,
        (
            "A result of {columns} × {rows} pixels is more than this server paints ({megapixels}"
            " megapixels): for this image '{field}' may be at most {maximum}."
        ),
    ),
    "result_too_narrow": (
        422,
        (
            "A result of {columns} × {rows} pixels is too narrow to paint: for this image '{field}'"
            " must be at least {minimum}."
        ),
    ),
    "no_worker_fits": (
        422,
        (
            "No worker that was heard of in the last day has the memory for a result of {columns} ×"
            " {rows} pixels: for this image '{field}' {at_most}."
        ),
    ),
    "image_too_elongated": (
        422,
        (
            "The image for '{field}' has {width} × {height} pixels: its result is too narrow or too"
            " large at every size. Crop it."
        ),
    ),
    "invalid_json": (422, "'{field}' must be a JSON object: {reason}."),
    "unknown_setting": (422, "'{field}' is not known. Known are {names}."),
    "invalid_setting": (422, "'{field}' {rule}."),
    "not_found": (404, "There is nothing at this address."),
    "job_not_found": (404, "There is no job {id}: it never was, or it was deleted."),
    "not_ready": (409, "The job is {state} and has no {what}{hope}."),
    "not_failed": (409, "The job is {state}; only one that failed can be tried again."),
    "queue_full": (
        429,
        (
            "The queue is full ({amount} wait already), so the job was not accepted: try again in a"
            " minute."
        ),
    ),
    "storage_full": (
        503,
        (
            "The {place} has hardly any room left, so the job was not accepted: try again in some"
            " minutes."
        ),
    ),
    "no_worker_online": (
        503,
        "No worker is online just now. The job is kept, and starts as soon as one is.",
    ),
    "no_live_worker_fits": (
        503,
        (
            "No worker that is online has the memory for {width} × {height} pixels. The job is kept"
            " and waits for one that has; {otherwise}."
        ),
    ),
    "workers_draining": (
        503,
        (
            "The workers that could take the job are told to take no more. It is kept, and starts"
            " as soon as one may."
        ),
    ),
    "store_unavailable": (
        503,
        (
            "The {place} cannot be reached just now. Nothing that was accepted is lost; try again"
            " in some seconds."
        ),
    ),
    "object_not_found": (404, "The picture is no longer there."),
    "superseded": (409, "Another worker has taken the job over."),
    "invalid_config": (500, "The server's setting {name} is wrong: {message}."),
    "weights_unavailable": (
        500,
        "The worker could not get the network's weights from {source}: {reason}.",
    ),
    "job_failed": (500, "The job failed; the worker's log has the details."),
    "out_of_memory": (
        500,
        (
            "{width} × {height} pixels need more memory than the worker has, even in small tiles:"
            " {way_out}."
        ),
    ),
    "pictures_too_large": (
        500,
        "The worker has too little memory for these pictures: send smaller ones.",
    ),
    "diverged": (
        500,
        (
            "The optimisation left the finite numbers at evaluation {evaluation}: choose smaller"
            " weights."
        ),
    ),
    "workers_lost": (
        500,
        (
            "{attempts} workers in turn were lost while they ran this job, so it is given up:"
            " {losses}. Try it again, or choose a smaller size, which needs less memory."
        ),
    ),
    "worker_fault": (500, "The worker met an error that nobody foresaw; its log has the details."),
    "internal": (500, "The server met an error that nobody foresaw; its log has the details."),
}

RETRY_SECONDS = {"queue_full": 60, "storage_full": 300, "store_unavailable": 5}

RULES: dict[str, str] = {
    "greater_than_equal": "must be {minimum} or more",
    "less_than_equal": "must be {maximum} or less",
    "greater_than": "must be more than {exclusive_minimum}",
    "less_than": "must be less than {exclusive_maximum}",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a whole number of a reasonable length",
    "float_type": "must be a number",
    "string_type": "must be a text",
    "dict_type": "must be a list of layers, or an object of layer and weight",
    "tuple_type": "must be a preset's name or a list of three numbers",
    "too_short": "must hold at least {minimum} value(s)",
    "too_long": "must hold at most {maximum} values",
    "missing": "is missing: three numbers are needed",
    "literal_error": "must be {expected}",
}
BOUNDS = {
    "ge": "minimum", "le": "maximum", "gt": "exclusive_minimum", "lt": "exclusive_maximum",
    "min_length": "minimum", "max_length": "maximum",
}  # fmt: skip
_PLACES = {"redis": "job queue (Redis)", "images": "image store"}
_HOPE = {"queued": " yet", "running": " yet"}


def status_of(code: str) -> int:
    """Return the HTTP status for an error's code."""
    return SENTENCES.get(code, SENTENCES["internal"])[0]


def sentence(code: str, parameters: Mapping[str, Any]) -> str:
    """Return the English sentence for an error."""
    _, template = SENTENCES.get(code, SENTENCES["internal"])
    words = {
        **parameters,
        "names": ", ".join(parameters.get("known", [])),
        "rule": _rule(parameters),
        "way_out": _way_out(parameters),
        "at_most": _at_most(parameters),
        "amount": _amount(parameters),
        "otherwise": _otherwise(parameters),
        "losses": "; ".join(_loss(each) for each in parameters.get("lost", [])),
        "place": _PLACES.get(str(parameters.get("store")), "store"),
        "hope": _HOPE.get(str(parameters.get("state")), ""),
        "maximum_mb": int(parameters.get("maximum", 0)) // 1_000_000
        if code == "upload_too_large"
        else "",
    }
    return template.format(**words)


def _way_out(parameters: Mapping[str, Any]) -> str:
    size = parameters.get("maximum")
    return f"a size of {size} should fit" if size else "choose another worker"


def _at_most(parameters: Mapping[str, Any]) -> str:
    size = parameters.get("maximum")
    return f"may be at most {size}" if size else "would have to be too small to paint"


def _amount(parameters: Mapping[str, Any]) -> str:
    count = parameters.get("maximum")
    in_bytes = parameters.get("bound") == "bytes"
    return f"{int(count or 0) // 1_000_000} MB of pictures" if in_bytes else f"{count} jobs"


def _otherwise(parameters: Mapping[str, Any]) -> str:
    size = parameters.get("maximum")
    return f"a size of {size} would fit" if size else "no size would fit those that are"


def _loss(known: Mapping[str, Any]) -> str:
    where = f" at evaluation {known['evaluation']}" if "evaluation" in known else ""
    reason = REASONS.get(known["reason"], known["reason"])
    return f"in attempt {known['attempt']} {reason}{where}, after {known['seconds']} s"


def _rule(parameters: Mapping[str, Any]) -> str:
    template = RULES.get(str(parameters.get("problem")))
    if template is None:
        return "is not valid: " + str(parameters.get("message", "")).removeprefix("Value error, ")
    return template.format(**parameters)
