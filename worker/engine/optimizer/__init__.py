"""One level: `minimise` is the loop, `lbfgs` the step; `point` converts points and snapshots."""
