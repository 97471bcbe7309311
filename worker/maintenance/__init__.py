"""The main process's periodic tasks: `loop` repeats them, `reconcile` and `garbage` are tasks."""
