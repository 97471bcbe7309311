"""The pages for people.

`new` has the form and the latest jobs; `job`, `workers`, `shared`, `sign_in` and `docs` are named
after their pages. `docs` describes the API. `settings_fields` reads forms
that choose settings; `formatting` shows values.
"""
