"""Converts a point on the device to a snapshot on the host, and back."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from worker.engine.optimizer.adam import AdamState
from worker.engine.optimizer.lbfgs import NO_HISTORY, History, LastStep, paired
from worker.engine.optimizer.minimise import Point
from worker.engine.snapshot import Moments, Packed, Snapshot


def to_snapshot(point: Point, level: int, evaluation: int, fallback_step: int) -> Snapshot:
    """Fetch a point from its device.

    Args:
        point: a point of a level.
        level: the level's number, from 1.
        evaluation: the evaluation after which the point was reported.
        fallback_step: the fallback step at which it was reached.
    """
    shape = point.image.shape[1:]
    adam = point.history if isinstance(point.history, AdamState) else None
    older, last_step = NO_HISTORY if isinstance(point.history, AdamState) else point.history
    pairs = [(pair.step, pair.change) for pair in older if pair.rho]
    if last_step is not None:  # the newest pair, which the next step would add
        pairs.append((last_step.step, tf.reshape(point.gradient, (-1,)) - last_step.gradient))
    return Snapshot(
        level=level,
        evaluation=evaluation,
        fallback_step=fallback_step,
        losses=point.losses,
        image=point.image[0].numpy(),
        gradient=point.gradient[0].numpy(),
        steps=_packed([step for step, _ in pairs], shape),
        changes=_packed([change for _, change in pairs], shape),
        scale=0.0 if last_step is None else float(last_step.scale),
        moments=None if adam is None else _fetched(adam, shape),
    )


def from_snapshot(snapshot: Snapshot) -> Point:
    """Return the point that a snapshot was taken of."""
    image, gradient = (
        tf.convert_to_tensor(array[np.newaxis]) for array in (snapshot.image, snapshot.gradient)
    )
    if snapshot.moments is not None:
        state = AdamState(*(tf.constant(each, gradient.dtype) for each in snapshot.moments))
        state = state._replace(first=state.first[tf.newaxis], second=state.second[tf.newaxis])
        return Point(image, snapshot.losses, gradient, state)
    steps, changes = _unpacked(snapshot.steps), _unpacked(snapshot.changes)
    if not steps:
        return Point(image, snapshot.losses, gradient, History())
    older = tuple(map(paired, steps[:-1], changes[:-1]))
    before = tf.reshape(gradient, (-1,)) - changes[-1]
    last_step = LastStep(before, steps[-1], tf.constant(snapshot.scale, gradient.dtype))
    return Point(image, snapshot.losses, gradient, History(older, last_step))


def _fetched(state: AdamState, shape: tf.TensorShape) -> Moments:
    first, second = (
        np.broadcast_to(each.numpy(), (1, *shape))[0] for each in (state.first, state.second)
    )
    return Moments(first, second, int(state.updates))


def _packed(vectors: Sequence[tf.Tensor], shape: tf.TensorShape) -> Packed:
    sizes = np.array([tf.reduce_max(tf.abs(vector)) for vector in vectors], np.float32)
    sizes[sizes == 0] = 1
    halves = [  # converted on the device, so that half as many bytes are transferred
        tf.cast(vector / size, tf.float16).numpy()
        for vector, size in zip(vectors, sizes, strict=True)
    ]
    return Packed(np.array(halves, np.float16).reshape(len(vectors), *shape), sizes)


def _unpacked(packed: Packed) -> list[tf.Tensor]:
    return [
        tf.constant(values.astype(np.float32).ravel() * size)
        for values, size in zip(*packed, strict=True)
    ]
