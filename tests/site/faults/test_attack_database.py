"""The database fails at the Nth statement of what HR, a learner, a campaign or the daily run does, for many N.

Either everything of it is there or nothing, never half of an assignment; and doing it again, or the next daily run, ends where
it would have ended undisturbed.
"""

import os
from functools import partial

import frappe
import pytest

from tests.site import factory
from tests.site.conftest import harness
from tests.site.faults.database import ERRORS, failing
from tests.site.faults.deeds import DEEDS, break_off
from tests.site.processes import do

# At so many statements of each deed, evenly spread. All of them: as many as there can be.
STEPS = int(os.environ.get("FAULT_STEPS", 6))


@pytest.fixture
def deed(request, bench_only, hr, pauses):
	frappe.set_user("Administrator")
	factory.mail_account()
	return request.param(hr, harness.run_jobs)


@pytest.mark.parametrize("deed", DEEDS, indirect=True)
@pytest.mark.parametrize("fault", ERRORS)
def test_at_whatever_statement_the_database_fails_nothing_is_half_done(deed, fault):
	hit, of, refused = break_off(deed, STEPS, partial(failing, ERRORS[fault]), frappe.db.rollback)
	print(f"{fault}: {hit} of {of} statements, {refused} times somebody was told so")


@pytest.mark.parametrize("name", [deed.__name__ for deed in DEEDS])
def test_a_connection_that_is_killed_for_real_leaves_nothing_half_done(several_processes, name):
	"""By ``KILL`` on another connection, as an administrator does, or a server that is stopped; with real commits."""
	answer = do("kill_connections", timeout=600, deed=name, steps=STEPS)
	assert answer["killed"] == answer["hit"] >= STEPS / 2
	# Where it did not get to its end, somebody was told; the kill at a last statement may have lost nothing.
	assert answer["refused"], answer
	print(name, answer)
