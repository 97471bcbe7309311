"""The pages for people: `new` (the form and the latest jobs), `job`, `shared`, `sign_in`, `docs`.

`docs` describes the API. `settings_fields` reads forms that choose settings; `formatting` shows
values.
"""
