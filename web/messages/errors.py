"""The sentence for every error code, with its parameters."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from web.messages.job_log import REASONS

SENTENCES: dict[str, str] = {
    "missing_file": "'{field}' has no file. Choose one.",
    "too_many_files": "'{field}' accepts up to {maximum} files. {count} were sent.",
    "too_many_jobs": (
        "{contents_counted} × {styles_counted} × {settings_counted} are {count} jobs. A batch can"
        " have up to {maximum}."
    ),
    "upload_too_large": "The upload is too large. Files can have up to {maximum_mb} MB together.",
    "form_too_large": (
        "The form's text fields are too large. Together they can have up to {maximum} bytes in"
        " {parts} parts."
    ),
    "not_an_image": "The file for '{field}' is not an image of a supported format. Use {formats}.",
    "truncated_image": (
        "The file for '{field}' is incomplete or damaged. Save or download it again."
    ),
    "image_too_small": (
        "The image for '{field}' has {width} × {height} pixels. Each side needs at least {minimum}."
    ),
    "image_too_large": (
        "The image for '{field}' has {width} × {height} pixels, which is more than {largest}"
        " megapixels. Use a smaller one."
    ),
    "image_too_complex": (
        "The image for '{field}' takes more than {seconds} s or {megabytes} MB of memory to decode."
        " Save it as a JPEG or PNG, or make it smaller."
    ),
    "image_too_elongated": (
        "The image for '{field}' has {width} × {height} pixels. Its result would be too narrow or"
        " too large at every size. Crop it."
    ),
    "result_too_large": (
        "A result of {columns} × {rows} pixels is larger than this server allows ({megapixels:g}"
        " megapixels, {longest} pixels a side). For this image, '{field}' can be up to {maximum}."
    ),
    "result_too_narrow": (
        "A result of {columns} × {rows} pixels is too narrow. For this image, '{field}' must be at"
        " least {minimum}."
    ),
    "no_worker_fits": (
        "No worker that was online in the last day has enough memory for a result of {columns} ×"
        " {rows} pixels. {size_in_field}"
    ),
    "too_long_for_format": (
        "A picture of {width} × {height} pixels does not fit into a {format} file, whose sides can"
        " have up to {maximum} pixels. Use png or tiff."
    ),
    "invalid_json": "'{field}' must be a JSON object: {reason}.",
    "unknown_field": "There is no field '{field}'. The fields are {names}.",
    "unknown_parameter": "This address has no parameter '{field}'. {parameters}",
    "unknown_setting": "There is no setting '{field}'. The settings are {names}.",
    "invalid_setting": "'{field}' {rule}.",
    "blend_mismatch": (
        "'{field}' has {weights_counted} and {styles_counted} came. Send one weight for each image,"
        " or leave '{field}' out so that all count equally."
    ),
    "styles_too_large": (
        "The style images would be too large together. For {styles_counted}, '{field}' can be up to"
        " {largest}."
    ),
    "init_missing": (
        "'{field}' has no file, and '{setting}' is 'image'. Send the image to start from, or choose"
        " another value for '{setting}'."
    ),
    "init_unused": (
        "'{field}' has a file, and '{setting}' is '{value}'. Choose 'image' for '{setting}' to"
        " start from the file, or leave the file out."
    ),
    "init_of_other_shape": (
        "The image for '{field}' has {width} × {height} pixels, and the content image {of_width} ×"
        " {of_height}. Crop it to the same proportions."
    ),
    "invalid_idempotency_key": (
        "The header '{field}' must have up to {maximum} visible ASCII characters."
    ),
    "idempotency_key_reused": (
        "A request with this '{field}' was sent before with other content, and made {id}. Use a new"
        " key for another request."
    ),
    "invalid_hash": "'{field}' must be a SHA-256: 64 hexadecimal digits.",
    "hash_mismatch": (
        "The file's SHA-256 is {sha256}, which is not the one in '{field}'. Upload it under its own"
        " hash; if that is the one you sent, the file was damaged on the way."
    ),
    "no_recipe": (
        "The file for '{field}' does not say how it was painted. Use one that Gramworks made and"
        " that no other program has saved since."
    ),
    "image_not_uploaded": (
        "No image with the hash in '{field}' is kept for you. Upload it first, with PUT"
        " /api/v1/images/{sha256}, or send the file itself."
    ),
    "invalid_url": "The URL in '{field}' {url_rule}.",
    "address_not_allowed": (
        "The URL in '{field}' leads to {host}, whose address is not public. Use another one, or ask"
        " the operator to allow it with GRAMWORKS_OUTBOUND_ALLOWED."
    ),
    "url_unreachable": "The URL in '{field}' cannot be called at {host}: {reason}.",
    "url_refused": (
        "The URL in '{field}' cannot be fetched: {host} answered {status_of_url}. Check that it"
        " opens without signing in."
    ),
    "url_too_slow": (
        "Fetching the URL in '{field}' takes more than {seconds:g} s. Upload the file instead."
    ),
    "url_too_large": (
        "What is at the URL in '{field}' is too large: all files of a job can have up to"
        " {maximum_mb} MB together."
    ),
    "too_many_redirects": "The URL in '{field}' is redirected more than {maximum} times.",
    "not_found": "There is nothing at this address.",
    "job_not_found": "There is no job {id}. It may have been deleted.",
    "too_many_webhooks": "You have {maximum} webhooks, which is all you may. Delete one.",
    "webhook_not_found": "There is no webhook {id}. It may have been deleted.",
    "webhook_disabled": "The webhook {id} is disabled. Enable it first: PATCH it with 'enabled'.",
    "input_not_found": "The job {id} has no input picture '{name}'.",
    "image_not_found": "No image with the hash {sha256} is kept for you.",
    "job_in_trash": (
        "The job {id} is in the trash. 'gramworks restore {id}' brings it back, and so does POST to"
        " its path with /restore."
    ),
    "confirmation_missing": (
        "This concerns all of your jobs, so it must be confirmed with '{field}=true'. Nothing was"
        " changed."
    ),
    "batch_not_found": "There is no batch {id}. All of its jobs may have been deleted.",
    "token_required": (
        "This needs a token. Send it as 'Authorization: Bearer gw_…', sign in at /signin, or set"
        " GRAMWORKS_TOKEN for the command line."
    ),
    "token_invalid": "The token is unknown, expired or revoked. Use another one.",
    "sign_in_link_invalid": (
        "This sign-in link was used before, or has expired. Ask the operator for a new one, or sign"
        " in with a token."
    ),
    "scope_missing": (
        "The token does not have the scope '{scope}'. Use one that has; the operator makes them."
    ),
    "host_not_allowed": (
        "This server is not called '{host}'. If it should be, add the name to GRAMWORKS_HOSTS."
    ),
    "origin_not_allowed": (
        "The request came from a page of another site ({origin}), so nothing was changed. Behind a"
        " proxy, check that it passes on Host and X-Forwarded-Proto."
    ),
    "form_expired": "The form has expired, so nothing was changed. Load the page again.",
    "record_unreadable": (
        "This version of Gramworks cannot read the job {id} ({reason}). Use the version that"
        " created it, or delete it."
    ),
    "not_ready": "The job is {state} and has no {what}{yet}.",
    "nothing_to_fork": (
        "The job is {state} and has no pixels to start from. {render_way_out} With"
        " 'start': 'inputs', a new job begins with the same pictures."
    ),
    "nothing_to_render": "The job is {state} and cannot be rendered again. {render_way_out}",
    "pixels_gone": (
        "The float pixels of this picture are not kept any more, or never were, so it cannot be"
        " rendered again. The result is still there as png, jpeg, webp and tiff. For 16 bits, other"
        " means or colours, submit the job again."
    ),
    "decoding_busy": "The server is reading other images. Try again in a few seconds.",
    "fetching_busy": (
        "The server is fetching as many URLs as it can. Try again in a few seconds, or upload the"
        " files."
    ),
    "downloads_busy": (
        "The server is sending other archives. Try again when one of yours is done, or in a few"
        " seconds."
    ),
    "rendering_busy": ("The server is rendering other pictures. Try again in a few seconds."),
    "not_failed": "The job is {state}. Only a failed job can be retried.",
    "not_live": "The job is {state}. Only a queued or running job can be changed.",
    "not_queued": (
        "The job is {state}. Only a queued job has a priority and a place that can be changed."
    ),
    "not_running": (
        "The job is {state}. Only a running job can be stopped with what it has.{stop_way_out}"
    ),
    "job_paused": (
        "The job is paused and has no place in the queue. Resume it, in the same request or before."
    ),
    "worker_not_found": "No worker {name} is online.",
    "worker_draining": (
        "An operator drains the worker. It finishes its job and claims no more until that is"
        " undone."
    ),
    "worker_suspended": (
        "The worker is paused until {until} after several failures in a row ({reason})."
    ),
    "worker_too_small": "The worker takes results of up to {maximum} pixels.",
    "queue_full": "The queue {no_room}. The {work} was not accepted. Try again in a minute.",
    "owner_quota_reached": "{quota} Nothing was accepted.",
    "rate_limited": (
        "{too_often}: {maximum} within a minute are allowed. Try again in {seconds} s."
    ),
    "storage_full": (
        "The {place} has no space left. The job was not accepted. Try again in a few minutes."
    ),
    "paused": "The job is paused. It starts after it is resumed.",
    "no_worker_online": "No worker is online. The job starts as soon as one is.",
    "no_live_worker_fits": (
        "No worker that is online has enough memory for {width} × {height} pixels. The job waits"
        " for one that has. {size_that_fits}"
    ),
    "workers_draining": (
        "The workers that could take the job are draining. It starts as soon as one takes jobs"
        " again."
    ),
    "workers_suspended": (
        "The workers that could take the job are paused after several failures in a row"
        " ({reason}). The job starts as soon as one takes jobs again."
    ),
    "store_unavailable": (
        "The {place} does not answer. Accepted jobs are not lost. Try again in a few seconds."
    ),
    "object_not_found": "The picture no longer exists.",
    "superseded": "Another worker has taken over the job.",
    "invalid_config": "The server's setting {name} is invalid: {message}.",
    "weights_unavailable": "The network's weights are not available from {source}: {reason}.",
    "job_failed": "The job failed. The worker's log has the details.",
    "out_of_memory": (
        "{width} × {height} pixels need more memory than the worker has, even in small tiles."
        " {way_out}"
    ),
    "pictures_too_large": (
        "The worker does not have enough memory to open these pictures. Use smaller ones."
    ),
    "diverged": ("The loss was not finite at evaluation {evaluation}. Choose smaller weights."),
    "workers_lost": (
        "The job failed after {attempts} lost attempts: {lost_attempts}. Retry it, or choose a"
        " smaller size, which needs less memory."
    ),
    "worker_fault": "The worker had an unexpected error. Its log has the details.",  # old records
    "internal": "The server had an unexpected error. Its log has the details.",
}

RULES: dict[str, str] = {
    "greater_than_equal": "must be {minimum} or more",
    "less_than_equal": "must be {maximum} or less",
    "greater_than": "must be more than {exclusive_minimum}",
    "less_than": "must be less than {exclusive_maximum}",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a shorter whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number",
    "string_type": "must be text",
    "model_type": "must be a JSON object",
    "list_type": "must be a list of numbers",
    "dict_type": "must be a list of layers, or an object of layers and weights",
    "tuple_type": "must be a name or a list of three numbers",
    "too_short": "must have {minimum} or more values",
    "too_long": "must have {maximum} or fewer values",
    "missing": "is missing",
    "literal_error": "must be {expected}",
    "repeated": "must be given once",
}
_RENDER_WAYS_OUT = {
    "queued": "Wait until it has succeeded.",
    "running": "Wait until it has succeeded.",
    "failed": "Retry it, and wait until it has succeeded.",
    "cancelled": "Submit it again.",
}
_STOP_WAYS_OUT = {"queued": " Cancel it, or wait until it runs."}
_TOO_OFTEN = {
    "owner": "You submit too often",
    "address": "Too many submissions come from your address",
    "sign-in": "Too many attempts to sign in come from your address",
}
_URL_RULES = {
    "not_a_url": "must begin with http:// or https:// and have up to {maximum} characters",
    "password": "must not have a user name or password",
    "port": "must have port 80, 443, or one from 1024 on",
}
_PLACES = {"redis": "job queue (Redis)", "images": "object store"}


def sentence(code: str, parameters: Mapping[str, Any]) -> str:
    """Return the sentence for an error."""
    words = {
        **parameters,
        "names": ", ".join(parameters.get("known", [])),
        "parameters": _parameters(parameters),
        "rule": _rule(parameters),
        "way_out": _way_out(parameters),
        "url_rule": _URL_RULES.get(str(parameters.get("problem")), "is not valid").format(
            maximum=parameters.get("maximum")
        ),
        "size_in_field": _size_in_field(parameters),
        "size_that_fits": _size_that_fits(parameters),
        "no_room": _no_room(parameters),
        "work": "batch" if "needed" in parameters else "job",
        "quota": _quota(parameters),
        "too_often": _TOO_OFTEN.get(str(parameters.get("by")), "Too many requests"),
        "largest": _plain(parameters.get("maximum")),
        "weights_counted": _counted(parameters.get("weights"), "weight"),
        "styles_counted": _counted(parameters.get("styles"), "style image"),
        "contents_counted": _counted(parameters.get("contents"), "content image"),
        "settings_counted": _counted(parameters.get("settings"), "object", "objects of settings"),
        "render_way_out": _RENDER_WAYS_OUT.get(str(parameters.get("state")), ""),
        "stop_way_out": _STOP_WAYS_OUT.get(str(parameters.get("state")), ""),
        "lost_attempts": "; ".join(map(_lost_attempt, parameters.get("lost", []))),
        "place": _PLACES.get(str(parameters.get("store")), "store"),
        "status_of_url": _status(parameters.get("answered")),
        "yet": " yet" if parameters.get("state") in ("queued", "running") else "",
    }
    if code in ("upload_too_large", "url_too_large"):
        words["maximum_mb"] = int(parameters.get("maximum", 0)) // 1_000_000
    return SENTENCES.get(code, SENTENCES["internal"]).format(**words)


def _parameters(parameters: Mapping[str, Any]) -> str:
    known = ", ".join(parameters.get("known", []))
    return f"It has {known}." if known else "It has none."


def _way_out(parameters: Mapping[str, Any]) -> str:
    size = parameters.get("maximum")
    return f"A size of {size} should fit." if size else "Use a worker with more memory."


def _size_in_field(parameters: Mapping[str, Any]) -> str:
    size, field = parameters.get("maximum"), parameters.get("field")
    return f"For this image, '{field}' can be up to {size}." if size else "No size would fit."


def _size_that_fits(parameters: Mapping[str, Any]) -> str:
    size = parameters.get("maximum")
    return f"A size of {size} would fit now." if size else "No size would fit now."


def _amount(parameters: Mapping[str, Any], name: str = "maximum") -> str:
    count = int(parameters.get(name) or 0)
    in_bytes = parameters.get("bound") == "bytes"
    return f"{count // 1_000_000} MB of pictures" if in_bytes else _counted(count, "job")


def _no_room(parameters: Mapping[str, Any]) -> str:
    if "needed" in parameters:
        needed = _amount(parameters, "needed")
        return f"can hold {_amount(parameters)}, and has no room for {needed} more"
    return f"is full ({_amount(parameters)})"


def _quota(parameters: Mapping[str, Any]) -> str:
    is_in_bytes = parameters.get("bound") == "bytes"
    amount = f"{_amount(parameters)} {'here' if is_in_bytes else 'queued or running'}"
    way_out = "Wait for one."
    if is_in_bytes:
        way_out = "Delete uploaded images, or jobs for good: those in the trash count."
    if "needed" in parameters:
        needed = _amount(parameters, "needed")
        return f"You may have {amount}, and there is no room for {needed} more. {way_out}"
    return f"You have {amount}, which is all you may. {way_out}"


def _status(number: object) -> str:
    """Return a status with its name, such as 404 Not Found."""
    known = {int(each): f"{int(each)} {each.phrase}" for each in HTTPStatus}
    return known.get(int(str(number)), str(number)) if number is not None else ""


def _counted(count: object, noun: str, plural: str | None = None) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"


def _lost_attempt(known: Mapping[str, Any]) -> str:
    reason = REASONS.get(known["reason"], known["reason"])
    where = f" at evaluation {known['evaluation']}" if "evaluation" in known else ""
    detail = f" ({known['detail']})" if "detail" in known else ""
    return f"in attempt {known['attempt']}, {reason}{detail}{where}, after {known['seconds']} s"


def _rule(parameters: Mapping[str, Any]) -> str:
    template = RULES.get(str(parameters.get("problem")))
    if parameters.get("problem") == "missing" and str(parameters.get("field", ""))[-2:-1] == ".":
        template = "is missing: three numbers are needed"
    if template is None:
        return "is not valid: " + str(parameters.get("message", "")).removeprefix("Value error, ")
    return template.format(**{name: _plain(value) for name, value in parameters.items()})


def _plain(value: Any) -> Any:
    """Return 4 instead of 4.0, JSON's true instead of Python's, and all else as it is."""
    if value in ("True", "False"):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else value
