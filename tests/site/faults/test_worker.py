"""A worker of Frappe's own queue makes the certificate's file; one that is killed in the middle is made up for."""

import shutil

import pytest

from tests.site.processes import do


@pytest.fixture
def learned(several_processes):
	if not shutil.which("wkhtmltopdf"):
		pytest.skip("needs what makes PDFs")
	made = do("gather_for_certificate")
	yield made
	do("clear_certificate_away", **made)


def is_there(found: dict) -> bool:
	return (
		found["begins"] == "%PDF-"
		and found["filed"] == [found["sha256"]]
		and found["certified"] == ["LMS Certificate", "LMS Training Evidence"]
	)


def test_a_certificate_ends_in_the_evidence_and_on_file_by_the_worker_alone(learned):
	found = do("print_certificate", killed=False, **learned)
	assert found["queued"] > 0
	assert found["code"] == 0
	assert is_there(found), found


def test_what_a_worker_was_killed_at_is_made_by_the_next_daily_run(learned):
	found = do("print_certificate", killed=True, **learned)
	assert (found["begins"], found["filed"], found["certified"]) == (None, [], ["LMS Certificate"])
	after = do("make_up_for_it", **learned)
	assert after["made"] == 1
	assert is_there(after), after
