"""The one place where a route gets a batch: if it is the owner's, and the token has the scope."""

from shared.errors import BatchNotFound
from shared.job_store import Batch, BatchPage, Scope
from web.identity.request_identity import get_identity, require
from web.services import get_services


def load_batch(batch_id: str, scope: Scope) -> Batch:
    """Return a batch that this request may see, for what `scope` allows.

    Raises:
        BatchNotFound: there is none, or it is another owner's, and this one is not an operator.
        ScopeMissing: the request's token does not have the scope.
    """
    identity = get_identity()
    batch = get_services().batches.get(batch_id)
    if batch.owner != identity.owner and not identity.has("operate"):
        raise BatchNotFound(id=batch_id)  # as if there were none, so that ids cannot be tried out
    require(scope)
    return batch


def list_batches(limit: int, cursor: str | None = None) -> BatchPage:
    """Return up to `limit` of the owner's batches, newest first; an operator gets everybody's.

    Raises:
        ScopeMissing: the request's token may not read.
    """
    require("read")
    identity = get_identity()
    owner = None if identity.has("operate") else identity.owner
    return get_services().batches.page(limit, cursor, owner)
