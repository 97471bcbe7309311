"""The error tree: every failure is a code with its parameters, without sentences or HTTP.

`web/errors.py` turns a code into a status and a sentence, so a sentence can be translated; a
failed job keeps its error as a code with parameters for the same reason.
"""

from typing import ClassVar


class GramworksError(Exception):
    """Any failure that Gramworks expects; `parameters` must be JSON values."""

    code: ClassVar[str] = "internal"

    def __init__(self, **parameters: object) -> None:
        super().__init__(self.code, parameters)
        self.parameters = parameters


class InvalidRequest(GramworksError):
    """The request cannot be used; `field` names the part at fault."""


class MissingFile(InvalidRequest):
    """An upload has no file under `field`."""

    code = "missing_file"


class TooManyFiles(InvalidRequest):
    """An upload has more than `maximum` files under `field`."""

    code = "too_many_files"


class TooManyJobs(InvalidRequest):
    """A batch of `count` jobs has more than `maximum`; `field` is the first of its factors."""

    code = "too_many_jobs"


class UploadTooLarge(InvalidRequest):
    """A request is longer than `maximum` bytes."""

    code = "upload_too_large"


class FormTooLarge(InvalidRequest):
    """A request's fields without files have more than `maximum` bytes or `parts` parts."""

    code = "form_too_large"


class NotAnImage(InvalidRequest):
    """The file under `field` has none of the image formats `formats`."""

    code = "not_an_image"


class TruncatedImage(InvalidRequest):
    """The image under `field` is incomplete or damaged."""

    code = "truncated_image"


class ImageTooSmall(InvalidRequest):
    """The image under `field`, `width` × `height` pixels, has a side shorter than `minimum`."""

    code = "image_too_small"


class ImageTooLarge(InvalidRequest):
    """The image under `field`, `width` × `height`, has more than `maximum` megapixels."""

    code = "image_too_large"


class ImageTooComplex(InvalidRequest):
    """Decoding the image under `field` takes more than `seconds` of CPU time or `megabytes`."""

    code = "image_too_complex"


class ResultTooLarge(InvalidRequest):
    """The result would be larger than this server allows; a `size` of `maximum` fits."""

    code = "result_too_large"


class ResultTooNarrow(InvalidRequest):
    """The result's short side would be too short for the network; a `size` of `minimum` fits."""

    code = "result_too_narrow"


class NoWorkerFits(InvalidRequest):
    """No worker that was online recently has the memory for the result; `maximum` rows fit."""

    code = "no_worker_fits"


class ImageTooElongated(InvalidRequest):
    """No `size` is both wide enough and small enough for the image, `width` × `height`."""

    code = "image_too_elongated"


class TooLongForFormat(InvalidRequest):
    """A picture of `width` × `height` has a side longer than `maximum`, the bound of `format`."""

    code = "too_long_for_format"


class InvalidJson(InvalidRequest):
    """The form field `field` is not a JSON object."""

    code = "invalid_json"


class UnknownSetting(InvalidRequest):
    """`field` is not among the names `known`."""

    code = "unknown_setting"


class UnknownField(InvalidRequest):
    """The form has a field `field`, which is none of `known`."""

    code = "unknown_field"


class UnknownParameter(InvalidRequest):
    """The address has a query parameter `field`, which is none of `known`."""

    code = "unknown_parameter"


class InvalidSetting(InvalidRequest):
    """The value of `field` is invalid: `problem` is pydantic's name for it, with its bounds."""

    code = "invalid_setting"


class BlendMismatch(InvalidRequest):
    """`field` has `weights` weights for `styles` style images."""

    code = "blend_mismatch"


class StylesTooLarge(InvalidRequest):
    """`field` enlarges `styles` style images beyond what fits in memory; `maximum` fits."""

    code = "styles_too_large"


class InitMissing(InvalidRequest):
    """The setting `setting` is `image`, and no file came under `field`."""

    code = "init_missing"


class InitUnused(InvalidRequest):
    """A file came under `field`, but the setting `setting` is `value`."""

    code = "init_unused"


class InitOfOtherShape(InvalidRequest):
    """The image under `field`, `width` × `height`, has not the content's proportions."""

    code = "init_of_other_shape"


class InvalidIdempotencyKey(InvalidRequest):
    """The header `field` is not a key of up to `maximum` visible ASCII characters."""

    code = "invalid_idempotency_key"


class IdempotencyKeyReused(InvalidRequest):
    """A request with the key in the header `field` and other content made `id` before."""

    code = "idempotency_key_reused"


class InvalidHash(InvalidRequest):
    """The value of `field` is not a SHA-256 in hexadecimal digits."""

    code = "invalid_hash"


class HashMismatch(InvalidRequest):
    """The uploaded file's SHA-256 is `sha256`, not the one in `field`."""

    code = "hash_mismatch"


class NoRecipe(InvalidRequest):
    """The file under `field` does not say how it was made, or not so that it can be read."""

    code = "no_recipe"


class ImageNotUploaded(InvalidRequest):
    """The owner has uploaded no image with the hash `sha256` in `field`, or it is gone."""

    code = "image_not_uploaded"


class OutboundError(InvalidRequest):
    """A URL that a user gave cannot be called; in a request, `field` names it."""


class InvalidUrl(OutboundError):
    """The URL is not one that can be called: `problem` is `not_a_url`, `password` or `port`."""

    code = "invalid_url"


class AddressNotAllowed(OutboundError):
    """The URL's `host` has no address that this server may call."""

    code = "address_not_allowed"


class UrlUnreachable(OutboundError):
    """The URL's `host` cannot be reached, or does not speak HTTP: `reason`."""

    code = "url_unreachable"


class UrlRefused(OutboundError):
    """The URL's `host` answered the status `answered`."""

    code = "url_refused"


class UrlTooSlow(OutboundError):
    """Calling the URL takes more than `seconds`."""

    code = "url_too_slow"


class UrlTooLarge(OutboundError):
    """What is at the URL has more than `maximum` bytes."""

    code = "url_too_large"


class TooManyRedirects(OutboundError):
    """The URL leads elsewhere more than `maximum` times."""

    code = "too_many_redirects"


class ConfirmationMissing(InvalidRequest):
    """The request concerns all jobs of an owner, and `field` does not confirm that."""

    code = "confirmation_missing"


class NotFound(GramworksError):
    """Nothing is at this address."""

    code = "not_found"


class JobNotFound(NotFound):
    """There is no job `id`, or it was deleted."""

    code = "job_not_found"


class TooManyWebhooks(InvalidRequest):
    """The owner has `maximum` webhooks already."""

    code = "too_many_webhooks"


class WebhookNotFound(NotFound):
    """There is no webhook `id`, or it was deleted."""

    code = "webhook_not_found"


class WebhookDisabled(GramworksError):
    """Webhook `id` is disabled, so nothing is sent to it."""

    code = "webhook_disabled"


class InputNotFound(NotFound):
    """Job `id` has no input picture `name`."""

    code = "input_not_found"


class ImageNotFound(NotFound):
    """The owner has uploaded no image with the hash `sha256`, or it is gone."""

    code = "image_not_found"


class JobInTrash(JobNotFound):
    """Job `id` was deleted, and can be restored from the trash."""

    code = "job_in_trash"


class BatchNotFound(NotFound):
    """There is no batch `id`, or all of its jobs were deleted."""

    code = "batch_not_found"


class TokenRequired(GramworksError):
    """The request has no token."""

    code = "token_required"


class TokenInvalid(GramworksError):
    """The request's token is unknown, expired or revoked."""

    code = "token_invalid"


class SignInLinkInvalid(GramworksError):
    """The sign-in link was used before, or has expired."""

    code = "sign_in_link_invalid"


class ScopeMissing(GramworksError):
    """The request's token does not have the scope `scope`."""

    code = "scope_missing"


class HostNotAllowed(GramworksError):
    """The request is for `host`, which is none of this server's names."""

    code = "host_not_allowed"


class OriginNotAllowed(GramworksError):
    """A page of another site, `origin`, sent the request."""

    code = "origin_not_allowed"


class FormExpired(GramworksError):
    """The form's CSRF token is missing, or is not the one of this browser's session."""

    code = "form_expired"


class RecordUnreadable(GramworksError):
    """The record of job `id` is of another version, or damaged: `reason`."""

    code = "record_unreadable"


class NotReady(GramworksError):
    """A job in `state` has no `what`, or not yet."""

    code = "not_ready"


class NothingToFork(GramworksError):
    """Job `id` is in `state` and has no pixels to start from: no result, and no checkpoint."""

    code = "nothing_to_fork"


class NothingToRender(GramworksError):
    """Job `id` is in `state`; only one that succeeded can be rendered again."""

    code = "nothing_to_render"


class PixelsGone(GramworksError):
    """The float pixels of job `id` are no longer kept, or never were."""

    code = "pixels_gone"


class RenderingBusy(GramworksError):
    """As many pictures as the server renders at a time are being rendered."""

    code = "rendering_busy"


class DownloadsBusy(GramworksError):
    """As many archives as the server sends at a time, or to one owner, are being sent."""

    code = "downloads_busy"


class NotFailed(GramworksError):
    """Job `id` is in `state`; only a failed one can be retried."""

    code = "not_failed"


class NotLive(GramworksError):
    """Job `id` is in `state`; only a queued or running one can be changed."""

    code = "not_live"


class NotQueued(GramworksError):
    """Job `id` is in `state`; only a queued one has a priority and a place that can change."""

    code = "not_queued"


class NotRunning(GramworksError):
    """Job `id` is in `state`; only a running one can be stopped with what it has."""

    code = "not_running"


class JobPaused(GramworksError):
    """Job `id` is paused, so it has no place in the queue."""

    code = "job_paused"


class WorkerNotFound(NotFound):
    """No worker `name` is online."""

    code = "worker_not_found"


class Refused(GramworksError):
    """A job is not accepted now; it can be later."""


class QueueFull(Refused):
    """The queue can hold `maximum` jobs or bytes (`bound` says which); a batch needs `needed`."""

    code = "queue_full"


class DecodingBusy(Refused):
    """As many uploaded images as the server reads at a time are being read."""

    code = "decoding_busy"


class FetchingBusy(Refused):
    """As many URLs as the server fetches at a time, or for one owner, are being fetched."""

    code = "fetching_busy"


class OwnerQuotaReached(Refused):
    """The owner can have `maximum` live jobs or kept bytes (`bound`); a batch needs `needed`."""

    code = "owner_quota_reached"


class RateLimited(Refused):
    """By `by` (`owner`, `address` or `sign-in`), `maximum` requests came within a minute."""

    code = "rate_limited"


class StorageFull(Refused):
    """The `store` ("redis" or "images") has no room left."""

    code = "storage_full"


class Waits(GramworksError):
    """Why a queued job does not start; it starts when this changes."""


class NoWorkerOnline(Waits):
    """No worker is online."""

    code = "no_worker_online"


class NoLiveWorkerFits(Waits):
    """The online workers do not have enough memory for `width` × `height` pixels.

    `maximum` is the largest `size` that one of them can paint; None if there is none.
    """

    code = "no_live_worker_fits"


class Paused(Waits):
    """The job is paused."""

    code = "paused"


class WorkersDraining(Waits):
    """The workers that could take the job are draining."""

    code = "workers_draining"


class WorkersSuspended(Waits):
    """The workers that could take the job lost several jobs in a row and pause; see `reason`."""

    code = "workers_suspended"


class ClaimsNothing(GramworksError):
    """Why a worker that is online claims no jobs."""


class WorkerDraining(ClaimsNothing):
    """An operator drains it."""

    code = "worker_draining"


class WorkerSuspended(ClaimsNothing):
    """It lost several jobs in a row, see `reason`, and pauses until `until` (ISO 8601)."""

    code = "worker_suspended"


class WorkerTooSmall(ClaimsNothing):
    """It has the memory for results of up to `maximum` pixels only."""

    code = "worker_too_small"


class StoreUnavailable(GramworksError):
    """The `store` ("redis" or "images") does not answer; `reason` is the library's message."""

    code = "store_unavailable"


class ObjectNotFound(GramworksError):
    """The object store has nothing under `key`."""

    code = "object_not_found"


class Superseded(GramworksError):
    """Attempt `attempt` no longer holds job `id`, so its write was refused."""

    code = "superseded"


class InvalidConfig(GramworksError):
    """The deployment setting `name` has an invalid value."""

    code = "invalid_config"


class WeightsUnavailable(GramworksError):
    """VGG19's weights are not available from `source`: `reason`."""

    code = "weights_unavailable"


class JobFailure(GramworksError):
    """Why a running job failed."""

    code = "job_failed"


class OutOfMemory(JobFailure):
    """A result of `width` × `height` pixels needs more memory than the device has.

    `maximum` is the largest `size` that should fit: one that the worker has a memory plan for and,
    if memory ran out in spite of a plan, with at most half the pixels. None if no size would fit.
    """

    code = "out_of_memory"


class PicturesTooLarge(JobFailure):
    """The worker does not have enough memory to open the job's pictures or encode the result."""

    code = "pictures_too_large"


class Diverged(JobFailure):
    """The loss was not finite at evaluation `evaluation`."""

    code = "diverged"


class WorkersLost(JobFailure):
    """`attempts` attempts in a row were lost; `lost` lists what is known of each."""

    code = "workers_lost"
