"""From coarse to fine: `optimization` runs the levels, `schedule` counts their evaluations."""
