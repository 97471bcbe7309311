"""Every sentence for people: `errors` for error codes, `job_log` for a job's log and fallbacks."""
