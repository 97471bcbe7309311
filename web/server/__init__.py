"""The web server: gunicorn's threads, which slow and idle clients do not occupy.

Reading order: `incoming` receives a request until it is complete; `worker` gives complete requests
to threads, and event streams their sockets.
"""
