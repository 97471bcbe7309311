"""The keys of all objects in the object store."""

JOBS = "jobs"  # the folder of all jobs
BATCHES = "batches"  # the folder of all batches' input pictures
IMAGES = "images"  # the folder of images that were uploaded before a job uses them
STATISTICS = "statistics"  # the folder of style images' statistics
THUMBNAIL_WIDTHS = (320, 640, 1280)  # pixels of a side of the box that a thumbnail fits in


def job_folder(job_id: str) -> str:
    """Return the folder of all objects of a job."""
    return f"{JOBS}/{job_id}"


def job_of(key: str) -> str:
    """Return the id of the job that an object, or a folder, belongs to."""
    return key.split("/")[1]


def content_key(job_id: str, suffix: str = "png") -> str:
    """Return the key of a job's content image, a file of the format with this suffix."""
    return f"{job_folder(job_id)}/content.{suffix}"


def style_key(job_id: str, number: int, suffix: str = "png") -> str:
    """Return the key of a job's style image `number`, from 0."""
    return f"{job_folder(job_id)}/style-{number}.{suffix}"


def init_key(job_id: str, suffix: str = "png") -> str:
    """Return the key of the image that a job starts from."""
    return f"{job_folder(job_id)}/init.{suffix}"


def batch_folder(batch_id: str) -> str:
    """Return the folder of the input pictures that the jobs of a batch share."""
    return f"{BATCHES}/{batch_id}"


def batch_of(key: str) -> str:
    """Return the id of the batch that an object belongs to."""
    return key.split("/")[1]


def batch_picture_key(batch_id: str, number: int, suffix: str) -> str:
    """Return the key of a batch's input picture `number`, from 0."""
    return f"{batch_folder(batch_id)}/{number}.{suffix}"


def suffix_of(key: str) -> str:
    """Return the suffix of a key, without the dot."""
    return key.rpartition(".")[2]


def attempt_folder(job_id: str, attempt: int) -> str:
    """Return the folder of what an attempt stores, so that attempts never overwrite each other."""
    return f"{job_folder(job_id)}/{attempt}"


def preview_key(job_id: str, attempt: int) -> str:
    """Return the key of an attempt's newest preview."""
    return f"{attempt_folder(job_id, attempt)}/preview.jpg"


def checkpoint_key(job_id: str, attempt: int) -> str:
    """Return the key of an attempt's newest checkpoint."""
    return f"{attempt_folder(job_id, attempt)}/checkpoint.npz"


def result_key(job_id: str, attempt: int) -> str:
    """Return the key of an attempt's result."""
    return f"{attempt_folder(job_id, attempt)}/result.png"


def pixels_key(job_id: str, attempt: int) -> str:
    """Return the key of the float pixels of an attempt's result."""
    return f"{attempt_folder(job_id, attempt)}/pixels.npz"


def thumbnail_key(key: str, width: int) -> str:
    """Return the key of the thumbnail, in a box of `width`, of the picture under `key`.

    It lies beside the picture, so that jobs that share a picture share its thumbnails.
    """
    return f"{key.rpartition('.')[0]}-{width}.webp"


def thumbnail_keys(key: str) -> set[str]:
    """Return the keys of all thumbnails that the picture under `key` can have."""
    return {thumbnail_key(key, width) for width in THUMBNAIL_WIDTHS}


def image_key(name: str, suffix: str) -> str:
    """Return the key of an image that was uploaded before a job uses it."""
    return f"{IMAGES}/{name}.{suffix}"


def statistics_key(digest: str) -> str:
    """Return the key of a style image's statistics, by the digest of what they depend on."""
    return f"{STATISTICS}/{digest}.npz"
