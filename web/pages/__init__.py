"""The pages for people: `new` (the form and the latest jobs), `job`; `formatting` for values."""
