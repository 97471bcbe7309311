"""Every error that the API answers, with examples: their bodies are problems (RFC 9457).

The schema of a problem comes from its examples. What is in all of them is required.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import default_exceptions

from shared import errors
from web.errors import http_problem, problem, status_of
from web.openapi.operation import Error

ID = "9f86d081884c4d659a2feaa0c55ad015"
BATCH_ID = "0b5fd2f0a1e74d0f8a7a1f6f2a1c9d3e"
HASH = "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090"
WEBHOOK_ID = "wh_5d41402abc4b2a76b9719d91"

OF_JSON: tuple[Error, ...] = (
    errors.InvalidJson,
    errors.UnknownSetting,
    errors.InvalidSetting,
    errors.FormTooLarge,
    errors.UploadTooLarge,
)
OF_FORMS: tuple[Error, ...] = (*OF_JSON, HTTPStatus.BAD_REQUEST)
OF_PICTURES: tuple[Error, ...] = (
    errors.NotAnImage,
    errors.TruncatedImage,
    errors.ImageTooSmall,
    errors.ImageTooLarge,
    errors.ImageTooComplex,
    errors.ImageTooElongated,
    errors.DecodingBusy,
)
OF_SIZES: tuple[Error, ...] = (
    errors.ResultTooLarge,
    errors.ResultTooNarrow,
    errors.NoWorkerFits,
    errors.ImageTooElongated,
)
OF_STYLES: tuple[Error, ...] = (errors.BlendMismatch, errors.StylesTooLarge)
OF_URLS: tuple[Error, ...] = (  # that are called while the request waits
    errors.InvalidUrl,
    errors.AddressNotAllowed,
    errors.UrlUnreachable,
    errors.UrlTooSlow,
)
OF_SOURCES: tuple[Error, ...] = (
    *OF_URLS,
    errors.UrlRefused,
    errors.UrlTooLarge,
    errors.TooManyRedirects,
    errors.FetchingBusy,
    errors.InvalidHash,
    errors.ImageNotUploaded,
)
OF_UPLOADS: tuple[Error, ...] = (
    *OF_FORMS,
    *OF_PICTURES,
    *OF_SOURCES,
    *OF_SIZES,
    *OF_STYLES,
    errors.MissingFile,
    errors.TooManyFiles,
    errors.UnknownField,
    errors.InitMissing,
    errors.InitUnused,
    errors.InitOfOtherShape,
)
OF_KEYS: tuple[Error, ...] = (
    errors.InvalidIdempotencyKey,
    errors.IdempotencyKeyReused,
    errors.JobNotFound,  # the one that the first request made was deleted
    errors.JobInTrash,
    errors.RecordUnreadable,
)
OF_SUBMISSIONS: tuple[Error, ...] = (
    *OF_KEYS,
    errors.RateLimited,
    errors.QueueFull,
    errors.OwnerQuotaReached,
    errors.StorageFull,
)

# Examples of each error's parameters, named as in `shared.errors`.
EXAMPLES: dict[Error, tuple[dict[str, Any], ...]] = {
    HTTPStatus.BAD_REQUEST: ({},),
    errors.GramworksError: ({},),
    errors.TooManyJobs: (
        {
            "field": "content",
            "contents": 30,
            "styles": 4,
            "settings": 2,
            "count": 240,
            "maximum": 200,
        },
    ),
    errors.MissingFile: ({"field": "style"},),
    errors.TooManyFiles: ({"field": "style", "maximum": 8, "count": 9},),
    errors.UploadTooLarge: ({"maximum": 50_000_000},),
    errors.FormTooLarge: ({"maximum": 500_000, "parts": 1000},),
    errors.NotAnImage: ({"field": "content", "formats": "JPEG, PNG or WebP"},),
    errors.TruncatedImage: ({"field": "content"},),
    errors.ImageTooSmall: ({"field": "content", "width": 64, "height": 8, "minimum": 16},),
    errors.ImageTooLarge: ({"field": "content", "width": 12000, "height": 9000, "maximum": 64.0},),
    errors.ImageTooComplex: ({"field": "content", "seconds": 30, "megabytes": 1000},),
    errors.ImageTooElongated: (
        {"field": "content", "width": 20000, "height": 20},
        {"field": "content.2", "width": 20000, "height": 20, "content": 2},
    ),
    errors.ResultTooLarge: (
        {
            "field": "settings.size",
            "rows": 6000,
            "columns": 8000,
            "maximum": 3464,
            "megapixels": 16.0,
            "longest": 65_500,
        },
        {
            "field": "settings.1.size",
            "rows": 6000,
            "columns": 8000,
            "maximum": 3464,
            "megapixels": 16.0,
            "longest": 65_500,
            "content": 2,
        },
    ),
    errors.ResultTooNarrow: (
        {"field": "settings.size", "rows": 32, "columns": 16, "minimum": 64},
        {"field": "settings.1.size", "rows": 32, "columns": 16, "minimum": 64, "content": 2},
    ),
    errors.NoWorkerFits: (
        {"field": "settings.size", "rows": 2400, "columns": 3200, "maximum": 1200},
        {"field": "settings.size", "rows": 400, "columns": 20000, "maximum": None},
        {
            "field": "settings.1.size",
            "rows": 2400,
            "columns": 3200,
            "maximum": 1200,
            "content": 2,
        },
    ),
    errors.TooLongForFormat: (
        {"field": "format", "format": "WebP", "width": 20000, "height": 900, "maximum": 16_383},
    ),
    errors.InvalidJson: ({"field": "settings", "reason": "it holds an array"},),
    errors.UnknownField: ({"field": "setings", "known": ["content", "style", "settings"]},),
    errors.UnknownParameter: (
        {"field": "limt", "known": ["cursor", "limit"]},
        {"field": "limit", "known": []},
    ),
    errors.UnknownSetting: ({"field": "settings.sise", "known": ["size", "strength"]},),
    errors.InvalidSetting: (
        {"field": "settings.style_scale", "problem": "greater_than_equal", "ge": 0.1},
        {"field": "settings.style_scale", "problem": "less_than_equal", "le": 4.0},
        {"field": "since", "problem": "less_than", "lt": 10**15},
        {"field": "settings.style_layers.block1_conv1", "problem": "greater_than", "gt": 0.0},
        {
            "field": "settings.style_layers",
            "problem": "too_short",
            "min_length": 1,
            "field_type": "Dictionary",
            "actual_length": 0,
        },
        {"field": "settings.pooling", "problem": "literal_error", "expected": "'max' or 'average'"},
        {"field": "settings.seed", "problem": "int_type"},
    ),
    errors.BlendMismatch: ({"field": "settings.style_blend", "weights": 3, "styles": 2},),
    errors.StylesTooLarge: ({"field": "settings.style_scale", "styles": 4, "maximum": 2.0},),
    errors.InitMissing: ({"field": "init", "setting": "settings.init"},),
    errors.InitUnused: ({"field": "init", "setting": "settings.init", "value": "noise"},),
    errors.InitOfOtherShape: (
        {"field": "init", "width": 64, "height": 64, "of_width": 1600, "of_height": 1200},
    ),
    errors.InvalidIdempotencyKey: ({"field": "Idempotency-Key", "maximum": 255},),
    errors.IdempotencyKeyReused: ({"field": "Idempotency-Key", "id": ID},),
    errors.InvalidHash: ({"field": "content_sha256"},),
    errors.HashMismatch: ({"field": "sha256", "sha256": HASH},),
    errors.ImageNotUploaded: ({"field": "content_sha256", "sha256": HASH},),
    errors.NoRecipe: ({"field": "file"},),
    errors.InputNotFound: ({"id": ID, "name": "style-3"},),
    errors.ImageNotFound: ({"sha256": HASH},),
    errors.InvalidUrl: ({"field": "content_url", "problem": "not_a_url", "maximum": 2048},),
    errors.AddressNotAllowed: ({"field": "content_url", "host": "intranet.example"},),
    errors.UrlUnreachable: (
        {"field": "content_url", "host": "pictures.example", "reason": "Connection refused"},
    ),
    errors.UrlRefused: ({"field": "content_url", "host": "pictures.example", "answered": 404},),
    errors.UrlTooSlow: ({"field": "content_url", "seconds": 30.0},),
    errors.UrlTooLarge: ({"field": "content_url", "maximum": 50_000_000},),
    errors.TooManyRedirects: ({"field": "content_url", "maximum": 5},),
    errors.FetchingBusy: ({},),
    errors.JobNotFound: ({"id": ID},),
    errors.BatchNotFound: ({"id": BATCH_ID},),
    errors.JobInTrash: ({"id": ID},),
    errors.ConfirmationMissing: ({"field": "all"},),
    errors.ObjectNotFound: ({"key": f"jobs/{ID}/1/result.png"},),
    errors.TokenRequired: ({},),
    errors.TokenInvalid: ({},),
    errors.ScopeMissing: ({"scope": "submit"},),
    errors.HostNotAllowed: ({"host": "pictures.example"},),
    errors.OriginNotAllowed: ({"origin": "https://another-site.example"},),
    errors.FormExpired: ({},),
    errors.RecordUnreadable: ({"id": ID, "reason": "its settings are of another version"},),
    errors.NotReady: ({"id": ID, "what": "result", "state": "running"},),
    errors.NothingToFork: ({"id": ID, "state": "queued"},),
    errors.NothingToRender: ({"id": ID, "state": "running"},),
    errors.PixelsGone: ({"id": ID},),
    errors.NotFailed: ({"id": ID, "state": "succeeded"},),
    errors.NotLive: ({"id": ID, "state": "succeeded"},),
    errors.NotQueued: ({"id": ID, "state": "running"},),
    errors.NotRunning: ({"id": ID, "state": "queued"},),
    errors.JobPaused: ({"id": ID},),
    errors.WorkerNotFound: ({"name": "gpu-3"},),
    errors.TooManyWebhooks: ({"maximum": 10},),
    errors.WebhookNotFound: ({"id": WEBHOOK_ID},),
    errors.WebhookDisabled: ({"id": WEBHOOK_ID},),
    errors.RenderingBusy: ({},),
    errors.DownloadsBusy: ({"maximum": 2},),
    errors.DecodingBusy: ({},),
    errors.QueueFull: (
        {"bound": "jobs", "maximum": 1000},
        {"bound": "bytes", "maximum": 10**10},
        {"bound": "jobs", "maximum": 1000, "needed": 60},
    ),
    errors.OwnerQuotaReached: (
        {"bound": "jobs", "maximum": 100},
        {"bound": "jobs", "maximum": 100, "needed": 60},
    ),
    errors.RateLimited: ({"by": "owner", "maximum": 120, "seconds": 42},),
    errors.StorageFull: ({"store": "images"},),
    errors.StoreUnavailable: ({"store": "redis", "reason": "Connection refused"},),
}
_MEMBERS: dict[str, dict[str, Any]] = {
    "type": {"type": "string", "format": "uri"},
    "title": {"type": "string", "description": "The status in words."},
    "status": {"type": "integer"},
    "detail": {"type": "string", "description": "A sentence for people; it may change."},
    "code": {"type": "string", "description": "For programs; it does not change."},
    "field": {"description": "The part of the request at fault."},
    "minimum": {"description": "The smallest value that is accepted."},
    "maximum": {"description": "The largest value that is accepted."},
    "content": {"description": "In a batch, the number of the content image at fault, from 0."},
    "needed": {"description": "How many jobs or bytes the batch needs."},
    "known": {"items": {"type": "string"}, "description": "The names that there are."},
}
_MEANINGS: dict[Error, str] = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read: a form that is cut off, for example.",
    errors.InvalidSetting: "The value of `field` is invalid. A bound that it breaks is named.",
    errors.GramworksError: "The server had an unexpected error.",
}
_TYPES = {
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array",
    type(None): "null",
}  # fmt: skip # pairs side by side


def name_of(error: Error) -> str:
    """Return the name of an error's schema."""
    if isinstance(error, HTTPStatus):
        return "".join(word.capitalize() for word in error.name.split("_"))
    return "InternalError" if error is errors.GramworksError else error.__name__


def code_of(error: Error) -> str:
    """Return an error's code."""
    return error.name.lower() if isinstance(error, HTTPStatus) else error.code


def http_status(error: Error) -> HTTPStatus:
    """Return the status that an error is answered with."""
    return error if isinstance(error, HTTPStatus) else status_of(error())


def bodies(error: Error) -> list[dict[str, Any]]:
    """Return examples of an error's body, with the sentences that the server makes."""
    if isinstance(error, HTTPStatus):
        return [http_problem(error, default_exceptions[error].description)]
    return [problem(error(**parameters)) for parameters in EXAMPLES[error]]


def meaning(error: Error) -> str:
    """Return what an error means."""
    text = "" if isinstance(error, HTTPStatus) else error.__doc__ or ""
    return _MEANINGS.get(error, " ".join(text.split()))


def schema(error: Error) -> dict[str, Any]:
    """Return the schema of an error's body."""
    examples = bodies(error)
    names = list(dict.fromkeys(name for body in examples for name in body))
    return {
        "type": "object",
        "description": meaning(error),
        "properties": {
            **{name: _member(name, examples) for name in names},
            "code": {**_MEMBERS["code"], "const": code_of(error)},
        },
        "required": [name for name in names if all(name in body for body in examples)],
    }


def by_status(operation_errors: Iterable[Error]) -> dict[HTTPStatus, list[Error]]:
    """Return errors by their status, in ascending order."""
    grouped: dict[HTTPStatus, list[Error]] = {}
    for error in sorted(dict.fromkeys(operation_errors), key=http_status):
        grouped.setdefault(http_status(error), []).append(error)
    return grouped


def _member(name: str, examples: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of a member, whose type is that of its values in the examples."""
    types = {_TYPES[type(body[name])] for body in examples if name in body}
    if "number" in types:
        types.discard("integer")
    return {"type": sorted(types) if len(types) > 1 else types.pop(), **_MEMBERS.get(name, {})}
