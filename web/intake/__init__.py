"""From an upload to a job.

`submission` accepts it; `images`, `size` and `limits` check it. `sources` says where its pictures
come from, with `fetcher` (URLs), `by_hash` (pictures that are here) and `uploaded` (those that were
uploaded before). `clean` makes what is stored of a
picture, with `jpeg`; `isolation` runs that in a process of its own. `fork` makes a job from an
older one; `batch` accepts many jobs together, whose pictures are `batch_pictures`; `idempotency`
recognises a request that comes again. `recipe` reads how a finished picture was painted.
"""
