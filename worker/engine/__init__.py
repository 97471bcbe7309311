"""The engine: arrays in, progress out. It knows no Redis, no Celery and no jobs.

Reading order: `engine` is the interface; `progress` and `snapshot` are what it yields;
`multiscale/` runs the levels, `optimizer/` one level, and `loss/` is what is minimised; `vgg19/` is
the network; `memory/` plans tiles; `device` and `image` are used by all of these. `progress`,
`snapshot` and `vgg19.layers` load without TensorFlow.
"""
