"""The levels from coarse to fine.

Reading order: `optimization` runs the levels; `level_inputs` resizes the pictures for each;
`initial_image` makes the image that a level starts from; `color_transfer` gives an image the
colours of others; `schedule` counts evaluations over all levels; `settled` says when one can end
early.
"""
