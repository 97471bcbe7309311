"""Gramworks's Python client: send pictures to a style-transfer server and get them back painted."""

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
from gramworks.models import Fallback, Job, Losses, Page, Progress, Reason, SettingsGuide, Step

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
    "Losses",
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
