"""An upload until it is a job: `submission` is the way, `images` and `limits` are its checks."""
