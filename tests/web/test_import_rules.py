"""The web process never loads the model, nor the worker."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys, tempfile
import web, web.__main__
from shared.config import Config
values = {"REDIS_URL": "redis://127.0.0.1:1/0", "GRAMWORKS_DATA": tempfile.mkdtemp()}
app = web.create_app(Config(**values, GRAMWORKS_AUTH="off"))
client = app.test_client()
assert client.get("/healthz").status_code == 200
assert client.get("/api/v1/settings").status_code == 200
assert client.get("/api/v1/jobs").status_code == 503
print([name for name in ("tensorflow", "keras", "worker", "h5py") if name in sys.modules])
"""


def test_serving_loads_neither_tensorflow_nor_keras_nor_the_worker() -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr
