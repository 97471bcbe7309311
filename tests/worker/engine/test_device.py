"""One function chooses the device; GPUs are tested with the driver's output."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf

from worker.engine import device
from worker.engine.device import Device, find_device, processor_flags

HOST = 6 * 10**9
Found = Callable[..., Device]
ONE = "0, GPU-5f1c7a3e-0b1d-4c53-8f0e-a1b2c3d4e5f6, 24564\n"
TWO = "0, GPU-aaaa1111-0000, 81559\n1, GPU-bbbb2222-0000, 24564\n"


@pytest.fixture
def with_gpu(monkeypatch: pytest.MonkeyPatch) -> Found:
    """Return a function that finds the device of a machine with such a GPU."""

    def found(
        ability: tuple[int, int], reported: str | Exception = ONE, memory: int | None = None
    ) -> Device:
        def driver(*_: Any, **__: Any) -> SimpleNamespace:
            if isinstance(reported, Exception):
                raise reported
            return SimpleNamespace(stdout=reported)

        details = {"device_name": "a card", "compute_capability": ability}
        monkeypatch.setattr(
            tf.config, "list_physical_devices", lambda _: [SimpleNamespace(name="a GPU")]
        )
        experimental = tf.config.experimental
        monkeypatch.setattr(experimental, "get_device_details", lambda _: details)
        monkeypatch.setattr(
            experimental, "set_memory_growth", lambda _, enable: grown.append(enable)
        )
        monkeypatch.setattr(subprocess, "run", driver)
        chosen = find_device(memory, HOST)
        assert grown.pop()  # otherwise TensorFlow reserves all of the GPU's memory
        return chosen

    grown: list[bool] = []
    return found


def test_without_a_gpu_the_processor_is_used_and_read_at_every_evaluation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "processor_flags", lambda: frozenset({"avx512_bf16"}))
    assert find_device(None, HOST) == Device("the processor", "bfloat16", HOST, 0.0)
    monkeypatch.setattr(device, "processor_flags", lambda: frozenset({"avx2"}))
    assert find_device(10**9, HOST) == Device("the processor", "float32", 10**9, 0.0)


@pytest.mark.parametrize(
    ("ability", "precision"),
    [((6, 1), "float32"), ((7, 5), "float16"), ((8, 0), "bfloat16"), ((12, 0), "bfloat16")],
)
def test_a_gpu_uses_the_fastest_precision_that_it_supports(
    with_gpu: Found, ability: tuple[int, int], precision: str
) -> None:
    assert with_gpu(ability).precision == precision


def test_a_gpu_is_planned_with_its_own_memory_and_read_rarely(with_gpu: Found) -> None:
    found = with_gpu((8, 6))
    assert found.memory == int(24564 * 2**20 * 0.9)
    assert found.read_seconds == 0.2
    assert found.name == "a card"


@pytest.mark.parametrize(
    ("visible", "megabytes"),
    [
        (None, 81559),
        ("0", 81559),
        ("1", 24564),
        ("1,0", 24564),
        (" 1 , 0", 24564),
        ("GPU-bbbb2222-0000", 24564),
        ("GPU-bbbb", 24564),
        ("", None),
        ("-1", None),
        ("7", None),
    ],
)
def test_the_memory_is_that_of_the_gpu_in_use(
    with_gpu: Found, monkeypatch: pytest.MonkeyPatch, visible: str | None, megabytes: int | None
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    expected = None if megabytes is None else int(megabytes * 2**20 * 0.9)
    assert with_gpu((8, 6), TWO).memory == expected


def test_the_operator_s_setting_takes_precedence(with_gpu: Found) -> None:
    assert with_gpu((8, 6), memory=10**9).memory == 10**9


@pytest.mark.parametrize(
    "reported",
    [
        FileNotFoundError(),
        "0, GPU-aaaa, [N/A]\n",
        "\n",
        subprocess.TimeoutExpired("nvidia-smi", 10),
    ],
)
def test_without_an_answer_of_the_driver_no_tiles_are_used(
    with_gpu: Found, reported: str | Exception
) -> None:
    assert with_gpu((8, 6), reported).memory is None


def test_without_a_list_from_the_kernel_there_are_no_flags(tmp_path: Path) -> None:
    assert processor_flags(tmp_path / "none") == frozenset()
