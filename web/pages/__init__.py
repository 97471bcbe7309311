"""The pages for people.

`new` has the form, `first_run` the sample pair; `live` has what a job's page offers until it has
succeeded; `job`, `gallery`, `compare`, `trash`, `workers`, `shared`, `sign_in` and `docs` are named
after their pages. `docs` describes the API. `thumbnails` sends small pictures. `settings_fields`
reads forms that choose settings, `selection` those that choose jobs; `formatting` shows values.
"""
