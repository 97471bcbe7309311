"""The one error tree: every failure is a code with its parameters, without sentences or HTTP.

`web/errors.py` turns a code into a status and a sentence, so a sentence can be translated; a
failed job keeps its error as a code with parameters for the same reason.
"""

from typing import ClassVar


class GramworksError(Exception):
    """Any failure that Gramworks foresees; `parameters` must be JSON values."""

    code: ClassVar[str] = "internal"

    def __init__(self, **parameters: object) -> None:
        super().__init__(self.code, parameters)
        self.parameters = parameters


class InvalidRequest(GramworksError):
    """What was sent cannot be used; `field` names the part of the request at fault."""


class MissingFile(InvalidRequest):
    """An upload has no file under `field`."""

    code = "missing_file"


class TooManyFiles(InvalidRequest):
    """An upload has more than `maximum` files under `field`."""

    code = "too_many_files"


class UploadTooLarge(InvalidRequest):
    """A request is longer than `maximum` bytes."""

    code = "upload_too_large"


class FormTooLarge(InvalidRequest):
    """A request's fields that are no files have more than `maximum` bytes or `parts` parts."""

    code = "form_too_large"


class NotAnImage(InvalidRequest):
    """The bytes under `field` are of no image format among `formats`."""

    code = "not_an_image"


class TruncatedImage(InvalidRequest):
    """The image under `field` breaks off or is damaged."""

    code = "truncated_image"


class ImageTooSmall(InvalidRequest):
    """The image under `field`, `width` × `height` pixels, has a side shorter than `minimum`."""

    code = "image_too_small"


class ImageTooLarge(InvalidRequest):
    """The image under `field`, `width` × `height`, has more than `maximum` megapixels."""

    code = "image_too_large"


class ResultTooLarge(InvalidRequest):
    """The result would be larger than this server allows; a `size` of `maximum` fits."""

    code = "result_too_large"


class ResultTooNarrow(InvalidRequest):
    """The result's short side would be under the network's reach; a `size` of `minimum` fits."""

    code = "result_too_narrow"


class NoWorkerFits(InvalidRequest):
    """No worker that was heard of lately has the memory for the result; `maximum` rows fit."""

    code = "no_worker_fits"


class ImageTooElongated(InvalidRequest):
    """No `size` is both wide enough and small enough for the image, `width` × `height`."""

    code = "image_too_elongated"


class InvalidJson(InvalidRequest):
    """The form field `field` is no JSON object."""

    code = "invalid_json"


class UnknownSetting(InvalidRequest):
    """`field` is no name among `known`."""

    code = "unknown_setting"


class InvalidSetting(InvalidRequest):
    """The value of `field` breaks a rule: `problem` is pydantic's name of it, with its bounds."""

    code = "invalid_setting"


class NotFound(GramworksError):
    """Nothing is at this address."""

    code = "not_found"


class JobNotFound(NotFound):
    """There is no job `id`, or it was deleted."""

    code = "job_not_found"


class NotReady(GramworksError):
    """The `what` of a job in `state` is not there: not yet, or never."""

    code = "not_ready"


class NotFailed(GramworksError):
    """Job `id` is in `state`, and only a failed one can be tried again."""

    code = "not_failed"


class Refused(GramworksError):
    """A job is not accepted just now; later it may be."""


class QueueFull(Refused):
    """As many jobs, or bytes (`bound` says which) as `maximum` wait already."""

    code = "queue_full"


class StorageFull(Refused):
    """The `store` ("redis" or "images") has hardly any room left."""

    code = "storage_full"


class Waits(GramworksError):
    """Why a queued job is not started just now; it is as soon as that has changed."""


class NoWorkerOnline(Waits):
    """No worker is online."""

    code = "no_worker_online"


class NoLiveWorkerFits(Waits):
    """The workers that are online have too little memory for `width` × `height` pixels.

    `maximum` is the largest `size` that one of them takes, None where none fits.
    """

    code = "no_live_worker_fits"


class WorkersDraining(Waits):
    """The workers that could take the job are told to take no more."""

    code = "workers_draining"


class StoreUnavailable(GramworksError):
    """The `store` ("redis" or "images") does not answer; `reason` is its own word."""

    code = "store_unavailable"


class ObjectNotFound(GramworksError):
    """The image store answers, and has nothing under `key`."""

    code = "object_not_found"


class Superseded(GramworksError):
    """The attempt `attempt` at job `id` no longer holds it, so its write was refused."""

    code = "superseded"


class InvalidConfig(GramworksError):
    """A deployment's setting `name` has a value that breaks a rule."""

    code = "invalid_config"


class WeightsUnavailable(GramworksError):
    """VGG19's weights could not be had from `source`: `reason`."""

    code = "weights_unavailable"


class JobFailure(GramworksError):
    """Why a running job failed."""

    code = "job_failed"


class OutOfMemory(JobFailure):
    """A result of `width` × `height` pixels needs more memory than the device has.

    `maximum` is the largest `size` that should fit: what there is a plan for and, where memory ran
    out though there was one, at most half the pixels; 0 where no picture of this shape would fit.
    """

    code = "out_of_memory"


class PicturesTooLarge(JobFailure):
    """The worker has too little memory to open the job's pictures, or to encode the result."""

    code = "pictures_too_large"


class Diverged(JobFailure):
    """The loss left the finite numbers at evaluation `evaluation`."""

    code = "diverged"


class WorkersLost(JobFailure):
    """`attempts` workers in turn died or hung while they ran this job; `lost` tells of each."""

    code = "workers_lost"


class WorkerFault(JobFailure):
    """The worker met an error that nobody foresaw; its log has the details."""

    code = "worker_fault"
