"""One level: `minimise` is the loop, `lbfgs` the step, `point` a snapshot of where it is."""
