"""Gramworks' Python client: submit pictures to a style-transfer server and fetch the results.

Reading order: `client` has the methods, and `batch_requests` those for batches; `models`, `batches`
and `events` are what they return, `errors` what they raise; `formats` names picture formats;
`uploads` reads the pictures to send, `saving` saves files whole; `transport` sends HTTP requests,
and `retries` says when again; `provenance` and `comparison` read results; `cli/` is the command
line.
"""

from gramworks._version import __version__
from gramworks.batches import Batch, BatchJob, BatchPage
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
    Worker,
)
from gramworks.retries import Retries
from gramworks.uploads import Picture

__all__ = [
    "FORMATS",
    "Batch",
    "BatchJob",
    "BatchPage",
    "Client",
    "Event",
    "Fallback",
    "GramworksError",
    "InvalidRequest",
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
    "Step",
    "Suspension",
    "Unavailable",
    "UnexpectedAnswer",
    "UnknownFormat",
    "WaitTimeout",
    "Worker",
    "__version__",
]
