"""From coarse to fine.

Reading order: `optimization` runs the levels; `level_inputs` resizes the pictures for each;
`initial_image` is where a level starts; `schedule` counts evaluations over all levels.
"""
