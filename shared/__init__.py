"""What the web and the worker agree on; knows no Flask and no TensorFlow."""
