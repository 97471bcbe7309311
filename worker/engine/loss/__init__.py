"""What is minimised.

Reading order: `term` is the interface of a term; `style` (with its `metric`), `moments`, `content`
and `total_variation` are the terms; `objective` lists and sums them, and `octaves` adds the style
at smaller sizes; `gradients` evaluates them whole or in tiles; `features` computes the fixed
targets, `style_cache` says under what they are kept; `deep_layer_reuse` skips evaluations of deep
layers; `scaling` keeps gradients within float16's range.
"""
