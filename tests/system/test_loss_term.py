"""A new term of the loss is one file: everything else shows it without changes."""

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import tensorflow as tf
from flask import Flask
from flask.testing import FlaskClient
from rich.console import Console

from gramworks import Job
from gramworks.cli.tables import job_table
from shared.config import Config
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.settings import StyleSettings
from tests.worker.engine.pictures import painting, photograph
from tests.worker.job.scripted import claimed
from web import create_app
from worker.engine.engine import Engine
from worker.engine.loss.objective import TERMS
from worker.engine.loss.term import PIXELS, Term, WeightedTerm
from worker.engine.vgg19.layers import Weights
from worker.job.runner import Runner

WEIGHT = 1e-9
SETTINGS = StyleSettings(size=32, iterations=3, pyramid=1)


class Contrast(Term):
    """The toy term: the squared distance of the pixels from grey."""

    name = "contrast"

    def layers(self, settings: StyleSettings) -> Mapping[str, float]:  # noqa: ARG002 - it always reads the same layer
        return {PIXELS: 1.0}

    def statistic(
        self,
        activations: tf.Tensor,
        content: tf.Tensor | None,  # noqa: ARG002 - it has no target
    ) -> tf.Tensor:
        return tf.reduce_sum(tf.square(activations))


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights, terms=[*TERMS, WeightedTerm(Contrast(), lambda _: WEIGHT)])


@pytest.fixture
def app(redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path, GRAMWORKS_AUTH="off"))
    yield made
    made.extensions["gramworks"].close()


def test_a_new_term_is_in_the_engine_s_progress(engine: Engine) -> None:
    *_, last = engine.stylize(photograph(48, 32), [painting(48, 32)], SETTINGS)
    assert list(last.losses) == ["style", "content", "tv", "contrast"]
    expected = WEIGHT * float((last.pixels().astype(float) ** 2).sum())
    assert last.losses["contrast"] == pytest.approx(expected, rel=1e-3)
    assert last.loss == pytest.approx(sum(last.losses.values()))


def test_a_new_term_moves_the_picture(weights: Weights) -> None:
    heavy = Engine(weights, terms=[*TERMS, WeightedTerm(Contrast(), lambda _: 10.0)])
    settings = SETTINGS.model_copy(update={"iterations": 12})
    *_, grey = heavy.stylize(photograph(48, 32), [painting(48, 32)], settings)
    *_, usual = Engine(weights).stylize(photograph(48, 32), [painting(48, 32)], settings)
    assert (grey.pixels() ** 2).sum() < 0.5 * (usual.pixels() ** 2).sum()


def test_a_new_term_is_in_the_job_s_json_its_page_and_the_client(
    engine: Engine, jobs: JobStore, objects: ObjectStore, app: Flask
) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, engine.stylize).run(claim)
    client: FlaskClient = app.test_client()
    body = client.get(f"/api/v1/jobs/{claim.job_id}").get_json()
    loss = body["progress"]["loss"]
    assert list(loss) == ["total", "style", "content", "tv", "contrast"]
    assert loss["contrast"] > 0
    page = client.get(f"/jobs/{claim.job_id}").text
    assert re.search(r"<th[^>]*>contrast</th>", page), page
    terminal = Console(file=io.StringIO(), width=200)
    terminal.print(job_table(Job.from_json(body), None))
    assert ", contrast " in terminal.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_a_snapshot_without_the_new_term_is_refused(engine: Engine, weights: Weights) -> None:
    given = photograph(48, 32), [painting(48, 32)], SETTINGS
    before = next(Engine(weights).stylize(*given)).snapshot()
    with pytest.raises(ValueError, match="other terms"):
        next(engine.stylize(*given, resume=before))
