"""Every sentence for people, and its translations.

Reading order: `languages` (which language a request gets, and its translations), `errors` (the
sentences of error codes), `job_log` (a job's log and fallbacks), `states`, `deliveries` (of
webhooks); `extraction` (what the code says), `completeness` (compares the translations with it),
which `python -m web.messages` prints.
"""
