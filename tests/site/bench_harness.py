"""What the site tests need of a site, on a real bench. The embedded site offers the same names."""

import contextlib
import os

import frappe
import frappe.cache_manager
import frappe.realtime

from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from tests.site import differences

SITE = os.environ.get("SITE_NAME", "")
# In the configuration of sites that are there to be thrown away.
SCRATCH = "smooth_lms_hr_scratch_site"

_jobs: list[tuple] = []


def start() -> None:
	"""Connect to the scratch site as Administrator, in test mode."""
	frappe.init(SITE)
	frappe.connect()
	differences.set_test_mode(True)
	frappe.set_user("Administrator")
	# Frappe takes many new users within the hour for an attack.
	frappe.local.conf.throttle_user_limit = 10_000
	_spare_the_doctypes()
	_keep_the_jobs()


def clear_leftovers() -> None:
	"""Take away what a run that was killed has left committed: processes of their own see it, whatever a test rolls back."""
	from tests.site import simulation, stage

	if frappe.db.exists("Employee", {"user_id": ("like", simulation.address("%"))}):
		stage.tear_down()
	_leave_out_leftovers()
	frappe.db.delete("Employee Onboarding")
	frappe.db.delete("File", {"attached_to_doctype": ("in", (EVIDENCE, "Employee Document"))})
	frappe.db.delete("Employee Document")
	# What somebody learned in a run that is over, and the quizzes, which tests look for by their titles.
	for doctype in ("LMS Certificate", "LMS Quiz Submission", "LMS Quiz"):
		frappe.db.delete(doctype)
	# Whose mail server is gone with that run; Frappe would ask it before another account becomes the one that sends.
	frappe.db.delete("Email Account", {"enable_outgoing": 1})
	frappe.db.commit()


def refuse_all_but_scratch_sites() -> None:
	"""Let nobody delete what is not there to be thrown away: ``tests.bench`` marks the folder of sites that it lays out.

	:raises RuntimeError: on any other site
	"""
	if not frappe.conf.get(SCRATCH):
		raise RuntimeError(f"{frappe.local.site} is no scratch site of these tests: nothing is deleted.")


def _spare_the_doctypes() -> None:
	"""Keep the DocTypes cached where ERPNext, at every save of an Employee, clears all caches: no test changes them."""
	clear_all = frappe.clear_cache

	def clear_cache(user=None, doctype=None):
		if user or doctype:
			clear_all(user=user, doctype=doctype)
		else:
			_forget()

	frappe.clear_cache = clear_cache


def _keep_the_jobs() -> None:
	"""Queue jobs here: a worker of the bench could not see what a test has not committed."""

	def enqueue(
		method, queue=None, timeout=None, event=None, is_async=True, job_name=None, now=False,
		enqueue_after_commit=False, on_success=None, on_failure=None, at_front=False, job_id=None,
		deduplicate=False, **arguments,
	):  # fmt: skip
		if now:
			return _call(method, arguments)
		if deduplicate and any(job_id == queued_id for queued_id, _method, _arguments in _jobs):
			return None
		_jobs.append((job_id, method, arguments))
		return None

	frappe.enqueue = enqueue


def run_jobs(*queues) -> int:
	"""Run what was queued, and return how many jobs that was."""
	# What waits for a commit is queued by it.
	frappe.db.commit()
	jobs, _jobs[:] = list(_jobs), []
	for _job_id, method, arguments in jobs:
		_call(method, arguments)
	return len(jobs)


def _call(method, arguments: dict):
	return (frappe.get_attr(method) if isinstance(method, str) else method)(**arguments)


@contextlib.contextmanager
def rolled_back():
	"""Leave nothing behind of what happens inside: commits and rollbacks move a savepoint."""
	db = frappe.local.db
	db.rollback()
	# What was to be said live once a test is committed, which none is: it would be looked through by all that follow.
	frappe.realtime.clear_realtime_log()
	_leave_out_leftovers()
	db.sql("savepoint whole_test")

	def commit(chain=None):
		db.before_rollback.reset()
		db.after_rollback.reset()
		db.before_commit.run()
		db.sql("release savepoint whole_test")
		db.sql("savepoint whole_test")
		db.after_commit.run()

	def rollback(*, save_point=None, chain=None):
		if save_point:
			db.sql(f"rollback to savepoint {save_point}")
			return
		db.before_commit.reset()
		db.after_commit.reset()
		db.before_rollback.run()
		db.sql("rollback to savepoint whole_test")
		db.after_rollback.run()

	# What ends this transaction in MariaDB (a change of schema) has no place in a test that is to be undone.
	vars(db).update(commit=commit, rollback=rollback)
	try:
		yield
	finally:
		del db.commit, db.rollback
		_jobs.clear()
		db.rollback()
		frappe.set_user("Administrator")
		frappe.local.message_log = []
		# What a test has answered a request with would be the next one's, where names begin anew.
		frappe.local.response = frappe._dict(docs=[])
		_forget()


def _leave_out_leftovers() -> None:
	"""Begin with nothing owed, whatever was committed before; where a test calls it, the rollback brings it back."""
	for doctype in (
		"LMS Training Assignment",
		"LMS Training Notification",
		# Nothing of ours takes a record of what happened away; what is left of it would be sealed and counted.
		EVENT,
		EVIDENCE,
		SEAL,
		"Email Queue",
		"Email Queue Recipient",
	):
		frappe.db.delete(doctype)
	frappe.db.delete(
		"Comment", {"reference_doctype": ("in", ("Employee Onboarding", "LMS Training Assignment"))}
	)
	frappe.db.set_value("LMS Course", {"is_mandatory": 1}, "is_mandatory", 0, update_modified=False)


def _forget() -> None:
	"""Clear what was cached of the rows that are gone (Redis knows nothing of rollbacks); DocTypes stay warm."""
	frappe.cache.delete_value(frappe.cache_manager.user_cache_keys)
	frappe.cache_manager.clear_defaults_cache()
	frappe.cache.delete_keys("document_cache::")
	differences.forget_alerts()
	frappe.db.value_cache.clear()
	frappe.local.role_permissions = {}


@contextlib.contextmanager
def second_connection():
	"""Yield run(callable): runs it on a database connection of its own, which sees committed rows only."""
	db, other = frappe.local.db, None
	try:
		frappe.connect(set_admin_as_user=False)
		other = frappe.local.db

		def run(call):
			frappe.local.db = other
			try:
				other.rollback()
				return call()
			finally:
				frappe.local.db = db

		frappe.local.db = db
		yield run
	finally:
		frappe.local.db = db
		if other:
			other.close()
