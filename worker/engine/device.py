"""Which device a process computes on, and how the engine uses it."""

import logging
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf

BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
# the NVIDIA compute capability from which tensor cores support each precision
ABILITIES = {"bfloat16": (8, 0), "float16": (7, 0)}
GPU_SHARE = 0.9  # of its memory; cuDNN's workspaces and fragmentation take the rest
READ_SECONDS = 0.2
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Device:
    """What the engine needs to know about a device."""

    name: str = "the processor"
    precision: str = "float32"  # the Keras dtype policy with which convolutions run fastest
    memory: int | None = None  # bytes to plan with; None means no limit: no tiles are used
    read_seconds: float = 0.0  # minimum time between two reads; 0 reads every evaluation


def find_device(memory: int | None, host_memory: int) -> Device:
    """Return the device to compute on: the first GPU, or the processor.

    With bfloat16 instructions an evaluation takes 0.6 times as long, and the loss changes by less
    than 1 % (docs/decisions/0004). Without them bfloat16 is emulated and slower.

    Args:
        memory: bytes to plan with; None asks the device.
        host_memory: bytes to plan with on the processor, unless `memory` is given.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        device = _gpu(gpus[0], memory)
    else:
        device = Device("the processor", processor_precision(), memory or host_memory)
    log.info("using %s with precision %s", device.name, device.precision)
    return device


def processor_precision() -> str:
    """Return the fastest precision on this machine's processor."""
    return "bfloat16" if BFLOAT16_FLAGS & processor_flags() else "float32"


def processor_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return the processor's feature flags; none if the kernel does not list them."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return frozenset()
    flags = (line.partition(":")[2] for line in lines if line.startswith("flags"))
    return frozenset(next(flags, "").split())


def _gpu(gpu: tf.config.PhysicalDevice, memory: int | None) -> Device:
    tf.config.experimental.set_memory_growth(gpu, enable=True)
    details = tf.config.experimental.get_device_details(gpu)
    ability = details.get("compute_capability", (0, 0))
    able = (precision for precision, least in ABILITIES.items() if ability >= least)
    return Device(
        name=details.get("device_name", gpu.name),
        precision=next(able, "float32"),
        memory=memory or _gpu_memory(),
        read_seconds=READ_SECONDS,
    )


def _gpu_memory() -> int | None:
    """Return the bytes to plan with on the GPU that this process uses; None if unknown."""
    query = "--query-gpu=index,uuid,memory.total"
    command = ["nvidia-smi", query, "--format=csv,noheader,nounits"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    megabytes = visible_gpu_memory(listing.stdout, os.environ.get("CUDA_VISIBLE_DEVICES"))
    return None if megabytes is None else int(megabytes * 2**20 * GPU_SHARE)


def visible_gpu_memory(listing: str, visible: str | None) -> int | None:
    """Return the memory, in MB, of the first GPU that CUDA shows to this process.

    Args:
        listing: lines of `index, UUID, megabytes` as nvidia-smi prints them.
        visible: CUDA_VISIBLE_DEVICES: indices or UUIDs (or prefixes of them), in CUDA's order;
            None means all GPUs.

    Returns:
        None if there is no such GPU, or the listing has another format.
    """
    rows = [[cell.strip() for cell in line.split(",")] for line in listing.splitlines() if line]
    if any(len(row) != 3 or not row[2].isdigit() for row in rows):
        return None
    first = "0" if visible is None else visible.split(",")[0].strip()
    for index, uuid, megabytes in rows:
        if first and (first == index or uuid.startswith(first)):
            return int(megabytes)
    return None
