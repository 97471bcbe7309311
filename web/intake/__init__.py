"""From an upload to a job.

`submission` accepts it; `images`, `size` and `limits` check it; `color_profiles` converts and
checks ICC profiles; `fork` makes a job from an older one; `idempotency` recognises a request that
comes again.
"""
