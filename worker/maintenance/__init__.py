"""The main process's periodic tasks: `loop` repeats them.

The tasks are `reconcile`, `garbage`, `forecast` and `webhooks`; `webhook_message` makes what is
sent.
"""
