"""One level: `minimise` is the loop, `lbfgs` the step, `point` a state to resume from."""
