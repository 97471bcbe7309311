"""The package's version."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("gramworks")
except PackageNotFoundError:  # a checkout that was never installed still has to run
    __version__ = "0+checkout"
