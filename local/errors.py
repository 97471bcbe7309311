"""What can go wrong with the local system, in words for its terminal."""


class LocalError(Exception):
    """The system cannot be started or cannot go on; its text says why and what to do."""
