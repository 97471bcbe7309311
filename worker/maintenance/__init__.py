"""The main process's periodic tasks: `loop` repeats them.

The tasks are `reconcile`, `garbage`, `batches` and `forecast`.
"""
