"""From an upload to a job: `submission` accepts it; `images` and `limits` check it.

`color_profiles` converts and checks ICC profiles.
"""
