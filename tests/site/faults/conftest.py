"""What breaks, and people whom it may cost something."""

import frappe
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from smooth_lms_hr import api
from smooth_lms_hr.sources import attempts, jobs
from tests.site import factory
from tests.site.faults.others import ENROLLMENT, hang


@pytest.fixture(autouse=True)
def _no_errors(request):
	"""Begin with an empty Error Log: MariaDB's is of a kind that no rollback empties."""
	if "several_processes" not in request.fixturenames:
		frappe.db.delete("Error Log")


@pytest.fixture
def queue():
	"""queue.fail() and queue.mend(): whether the queue answers, and what Frappe raises where it does not."""

	enqueue = frappe.enqueue

	def refuse(*args, **kwargs):
		# What Frappe does itself, instead of queueing it, asks no queue.
		if kwargs.get("now"):
			return enqueue(*args, **kwargs)
		raise RedisConnectionError("Error 111 connecting to 127.0.0.1:11000. Connection refused.")

	class Queue:
		def __init__(self):
			self.mend = patched.undo

		def fail(self):
			patched.setattr(frappe, "enqueue", refuse)
			patched.setattr(jobs, "is_job_enqueued", refuse)

	with pytest.MonkeyPatch.context() as patched:
		yield Queue()


@pytest.fixture
def pauses(monkeypatch):
	"""Wait for nobody between tries; the list holds how often somebody would have."""
	waited = []
	monkeypatch.setattr(attempts.time, "sleep", waited.append)
	return waited


@pytest.fixture
def refusing(monkeypatch):
	"""Let Learning refuse the courses in the returned set."""
	refused = set()

	def refuse(doc, method):
		if doc.course in refused:
			frappe.throw("No seats left")

	hang(monkeypatch, refuse, ENROLLMENT, "before_insert")
	return refused


@pytest.fixture
def owed(hr):
	"""Two assignments of two people."""
	factory.mail_account()
	course = factory.course("Safety")
	members = [factory.user(), factory.user()]
	frappe.set_user(hr)
	api.assign_mandatory_training(members, courses=[course])
	return factory.assignments(course=course)
