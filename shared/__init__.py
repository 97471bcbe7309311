"""What the web and the worker share. It imports neither Flask nor TensorFlow.

Reading order: `errors` (the error tree), `config` (deployment settings), `settings/` (a picture's
settings), `job` (a job's record), `job_store/` (jobs in Redis), `object_store` (pictures in a
folder or bucket) with `paths` (its keys), `input_pictures` (reads stored inputs) with
`color_profiles`, `kept_pixels` (float pixels, to render a result again), `pictures` (rendering,
encoding) with `metadata` and `sixteen_bit_files`, `provenance` (what a file says of its making),
`forecast` (when jobs start), `wakeup` (Celery's settings), `outbound` (URLs that users give) with
`public_addresses` (which addresses may be called).
"""
