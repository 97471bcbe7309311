"""A record holds the settings that differ from the defaults, and is read as they were."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.job import Job, JobOptions
from shared.job_store import NewJob
from shared.job_store.records import from_fields, to_fields
from shared.settings import PRESETS, StyleSettings
from tests.shared.job_store.transitions import inputs

DEFAULTS = json.loads(Path(__file__).with_name("defaults_of_version_1.json").read_text())


def _read(settings: StyleSettings) -> StyleSettings:
    fields = to_fields(NewJob(settings, JobOptions(), inputs()))
    record = {name: str(value) for name, value in fields.items()}
    job = from_fields("id", {**record, "state": "queued", "attempt": "0", "created_at": "1"}, [], 1)
    assert isinstance(job, Job)
    return job.settings


changes: dict[str, st.SearchStrategy[Any]] = {
    "size": st.integers(32, 4000) | st.just("original"),
    "strength": st.integers(0, 100),
    "content_weight": st.floats(0, 100) | st.just(2.5e-8),
    "tv_weight": st.floats(1e-9, 100),
    "normalization": st.sampled_from(["keras", "layers"]),
    "pyramid": st.integers(1, 5),
    "deprocess_means": st.sampled_from([(1.0, 2.0, 3.0), "shifted", "keras"]),
    "style_layers": st.sampled_from([{"block1_conv1": 2.0}, ["block2_conv1"]]),
    "style_blend": st.sampled_from([[], [1.0, 2.0]]),
}


@given(preset=st.sampled_from(sorted(PRESETS)), changed=st.fixed_dictionaries({}, optional=changes))
def test_settings_are_read_as_they_were(preset: str, changed: dict[str, Any]) -> None:
    settings = StyleSettings.model_validate({**PRESETS[preset], **changed})
    assert _read(settings) == settings


def test_the_defaults_are_not_stored() -> None:
    fields = to_fields(NewJob(StyleSettings(size=300), JobOptions(), inputs()))
    stored = json.loads(str(fields["settings"]))
    new_defaults = {"pyramid": 3, "coarse_iterations": 20}  # 2 and 25 in version 1
    assert stored == {"size": 300, "content_weight": 2.5e-8, **new_defaults}


def test_what_a_record_leaves_out_is_as_it_was_in_version_1() -> None:
    """Whatever the defaults are now, so that older records keep their settings."""
    record = {
        "version": "1",
        "settings": "{}",
        "options": "{}",
        "inputs": inputs().model_dump_json(),
    }
    fields = {**record, "state": "queued", "attempt": "0", "created_at": "1", "pixels": "1"}
    job = from_fields("id", {**fields, "work": "1"}, [], 1)
    assert isinstance(job, Job)
    values = job.settings.model_dump(mode="json")
    assert {name: values.get(name) for name in DEFAULTS} == DEFAULTS
