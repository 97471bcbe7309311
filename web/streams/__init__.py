"""Event streams and requests that wait: one thread of each web process serves all its watchers.

Reading order: `mailbox` (the messages that a watcher has yet to be sent), `messages` (makes them),
`hub` (reads the events of all watched jobs from Redis, a batch at a time), `outlet` (sends a
mailbox to a socket), `event_stream` (one response: its first messages, then a mailbox), `waiting`
(a request that waits for its job's end).
"""
