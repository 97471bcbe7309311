"""Gramworks' Python client: submit pictures to a style-transfer server and fetch the results.

Reading order: `client` has the methods, `control` those for queued jobs and workers, `trash` those
that delete and restore jobs; `models`, `estimates` and `events` are what they return, `errors` what
they raise; `formats` names picture formats; `uploads` reads the pictures to send, `saving` saves
files whole; `transport` sends HTTP requests, and `retries` says when again; `provenance` and
`comparison` read results; `webhooks` are calls when a job ends, and `verification` is for who
receives them; `cli/` is the command line.
"""

from gramworks._version import __version__
from gramworks.client import Client
from gramworks.errors import (
    GramworksError,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    NotAllowed,
    NotFound,
    NotReady,
    Problem,
    ServerUnreachable,
    Unavailable,
    UnexpectedAnswer,
    WaitTimeout,
)
from gramworks.estimates import Estimate, Size, WorkerEstimate
from gramworks.events import Event, JobChanged, PreviewReady, Progressed, Reconnecting
from gramworks.formats import FORMATS, UnknownFormat
from gramworks.models import (
    Fallback,
    Job,
    Page,
    Progress,
    Reason,
    SettingsGuide,
    Step,
    Suspension,
    UploadedImage,
    Worker,
    WorkerJob,
)
from gramworks.retries import Retries
from gramworks.trash import Deletion
from gramworks.uploads import Picture
from gramworks.verification import InvalidWebhook, verify_webhook
from gramworks.webhooks import Attempt, Delivery, Webhook

__all__ = [
    "FORMATS",
    "Attempt",
    "Client",
    "Deletion",
    "Delivery",
    "Estimate",
    "Event",
    "Fallback",
    "GramworksError",
    "InvalidRequest",
    "InvalidWebhook",
    "Job",
    "JobCancelled",
    "JobChanged",
    "JobFailed",
    "NotAllowed",
    "NotFound",
    "NotReady",
    "Page",
    "Picture",
    "PreviewReady",
    "Problem",
    "Progress",
    "Progressed",
    "Reason",
    "Reconnecting",
    "Retries",
    "ServerUnreachable",
    "SettingsGuide",
    "Size",
    "Step",
    "Suspension",
    "Unavailable",
    "UnexpectedAnswer",
    "UnknownFormat",
    "UploadedImage",
    "WaitTimeout",
    "Webhook",
    "Worker",
    "WorkerEstimate",
    "WorkerJob",
    "__version__",
    "verify_webhook",
]
