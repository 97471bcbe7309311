"""What is minimised.

Reading order: `term` is the interface and the list of terms; `style` (with its `metric`), `content`
and `total_variation` are the terms; `objective` sums them; `gradients` evaluates them whole or in
tiles; `features` reads fixed targets; `deep_layer_reuse` saves work; `scaling` serves float16.
"""
