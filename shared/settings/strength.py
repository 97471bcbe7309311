"""What `strength` stands for."""

# `content_weight` at strength 50 by `normalization`: the Keras example's, and what looks balanced
NEUTRAL_CONTENT_WEIGHT = {"keras": 2.5e-8, "layers": 0.15}
STRENGTH_PER_DECADE = 40  # how much strength divides the content's weight by ten


def content_weight_of(strength: int, normalization: str) -> float:
    """Return the content weight that a strength stands for, to four digits."""
    decades = (50 - strength) / STRENGTH_PER_DECADE
    return float(f"{NEUTRAL_CONTENT_WEIGHT[normalization] * 10**decades:.4g}")
