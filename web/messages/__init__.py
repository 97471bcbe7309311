"""Every sentence for people, and its translations.

Reading order: `languages` (which language a request gets, and its translations), `sentences` (with
parameters and plurals), `errors`, `error_sentences` and `rules` (of error codes), `job_log` (a
job's log and fallbacks), `states`, `deliveries` (of webhooks), `presets`, `schemas` (settings in
forms); `extraction` (what the code says), `completeness` (compares the translations with it) and
`bare_text` (what templates say without marking it), which `python -m web.messages` prints.
"""
