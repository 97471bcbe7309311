"""Whose request it is, and what it may do.

Reading order: `request_identity` finds the identity of a request, from a token (`tokens`) or a
browser's cookie (`cookies`); `load_job` is the one place where a route gets a job, and `load_batch`
a batch; `share_links` shows one job to everybody who has its link; `host_check` and `csrf` refuse
requests that another site makes a browser send; `token_commands` is `python -m web token`;
`first_token` makes the first. `rate_limits` count by owner and `address`.
"""
