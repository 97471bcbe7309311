"""The pages for people: `new` (the form and the latest jobs), `job`, `shared`, `sign_in`.

`settings_fields` reads forms that choose settings; `formatting` shows values.
"""
