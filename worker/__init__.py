"""The worker: claims jobs, paints them, stores the results; knows no Flask."""
