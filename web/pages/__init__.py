"""The pages for people: `new` (the form and the latest jobs), `job`.

`settings_fields` reads forms that choose settings; `formatting` shows values.
"""
