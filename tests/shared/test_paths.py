"""The keys of objects: each attempt's own, all in the folder of their job."""

from shared import paths

KEYS_OF_AN_ATTEMPT = (paths.preview_key, paths.checkpoint_key, paths.result_key)


def test_two_attempts_never_write_the_same_object() -> None:
    for key in KEYS_OF_AN_ATTEMPT:
        assert key("job", 1) != key("job", 2)
        assert key("job", 1).startswith(f"{paths.attempt_folder('job', 1)}/")


def test_no_two_objects_of_a_job_have_the_same_key() -> None:
    inputs = [paths.content_key("job"), *(paths.style_key("job", number) for number in range(3))]
    inputs.append(paths.init_key("job"))
    outputs = [key("job", attempt) for key in KEYS_OF_AN_ATTEMPT for attempt in (1, 2)]
    assert len({*inputs, *outputs}) == 11
    for key in (*inputs, *outputs):
        assert key.startswith(f"{paths.job_folder('job')}/")
        assert key.startswith(f"{paths.JOBS}/")
        assert paths.job_of(key) == "job"
    assert paths.job_of(paths.job_folder("job")) == "job"


def test_keys_are_where_earlier_versions_stored_their_objects() -> None:
    assert paths.content_key("x") == "jobs/x/content.png"
    assert paths.style_key("x", 0) == "jobs/x/style-0.png"
    assert paths.result_key("x", 3) == "jobs/x/3/result.png"
    assert paths.checkpoint_key("x", 3) == "jobs/x/3/checkpoint.npz"
    assert paths.preview_key("x", 3) == "jobs/x/3/preview.jpg"
