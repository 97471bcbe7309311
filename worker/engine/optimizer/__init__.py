"""One level.

`minimise` is the loop, `method` chooses the step rule (`lbfgs` or `adam`), and `point` converts
points and snapshots.
"""
