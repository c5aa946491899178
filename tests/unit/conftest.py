import pytest

from tests.unit.desk import SETTINGS, TRAINING, desk


@pytest.fixture(scope="session")
def _training():
	with desk(TRAINING, SETTINGS) as js:
		yield js


@pytest.fixture
def say(_training):
	"""say("due_in_words", ...) calls a function of smooth_lms_hr.training."""
	return lambda function, *values: _training.call(f"smooth_lms_hr.training.{function}", *values)
