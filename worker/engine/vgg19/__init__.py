"""VGG19: `layers` describes it and loads no TensorFlow; `network` builds it."""
