"""What can go wrong with the local system."""


class LocalError(Exception):
    """The system cannot start or continue; the text says why and what to do."""
