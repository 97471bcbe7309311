"""Gramworks' Python client: submit pictures to a style-transfer server and fetch the results.

Reading order: `client` has the methods; `models` and `events` are what they return, `errors` what
they raise; `formats` names picture formats; `transport` sends HTTP requests; `cli/` is the command
line.
"""

from gramworks._version import __version__
from gramworks.client import Client, Picture
from gramworks.errors import (
    GramworksError,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    NotFound,
    NotReady,
    Problem,
    ServerUnreachable,
    Unavailable,
    UnexpectedAnswer,
)
from gramworks.events import Event, JobChanged, PreviewReady, Progressed, Reconnecting
from gramworks.formats import FORMATS, UnknownFormat
from gramworks.models import Fallback, Job, Page, Progress, Reason, SettingsGuide, Step

__all__ = [
    "FORMATS",
    "Client",
    "Event",
    "Fallback",
    "GramworksError",
    "InvalidRequest",
    "Job",
    "JobCancelled",
    "JobChanged",
    "JobFailed",
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
    "ServerUnreachable",
    "SettingsGuide",
    "Step",
    "Unavailable",
    "UnexpectedAnswer",
    "UnknownFormat",
    "__version__",
]
