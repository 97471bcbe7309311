"""The engine: arrays in, progress out; knows no Redis, no Celery and no job.

`architecture` and `progress` say what goes in and comes out, and load without TensorFlow.
"""
