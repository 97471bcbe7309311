"""From a picture's size to the memory that painting it takes."""

BASE_BYTES = 800_000_000  # TensorFlow, the weights and what the process holds anyway
BYTES_PER_PIXEL = 2_000  # activations, their gradients and L-BFGS's history (docs/engine.md)


def memory_bytes(pixels: int) -> int:
    """Return the memory, in bytes, that a result of `pixels` pixels takes at its peak."""
    return BASE_BYTES + pixels * BYTES_PER_PIXEL


def largest_pixels(memory: int) -> int:
    """Return the largest result, in pixels, that fits into `memory` bytes."""
    return max(0, (memory - BASE_BYTES) // BYTES_PER_PIXEL)
