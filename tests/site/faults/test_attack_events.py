"""Another app's hook breaks at each event of each record that we write: no deed of HR's or a learner's fails of it.

What could not be done is done once the hook is mended, and ends as it would have ended without it.
"""

import frappe
import pytest
from frappe.model.document import Document

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import campaign_runs
from tests.site import factory
from tests.site.conftest import harness
from tests.site.faults.others import hang

ASSIGNMENT, LEDGER, EVENT = "LMS Training Assignment", "LMS Training Notification", "LMS Training Event"
ONBOARDING, ENROLLMENT = "Employee Onboarding", "LMS Enrollment"
# Those that Frappe calls on a document on its way into the database.
METHODS = (
	"before_insert", "before_naming", "autoname", "before_validate", "validate", "before_save", "after_insert",
	"on_update", "on_change", "before_submit", "on_submit", "before_cancel", "on_cancel", "on_trash", "after_delete",
)  # fmt: skip
NEW = frozenset(
	("before_insert", "before_naming", "autoname", "before_validate", "validate", "before_save", "after_insert",
	"on_update", "on_change")
)  # fmt: skip
# What happens to each DocType that we write in the course of the story. An event that is not named here fails a test.
EVENTS = {
	# Written together, so that only what follows an insert is heard; a decision is an ordinary save.
	ASSIGNMENT: {"after_insert", "before_validate", "validate", "before_save", "on_update", "on_change"},
	# Written together, and heard by nobody.
	EVENT: set(),
	LEDGER: set(),
	# Its name is chosen before it is made.
	ENROLLMENT: NEW - {"before_naming", "autoname"},
	"Comment": NEW,
	"Notification Log": NEW,
	"Email Queue": NEW,
	"Error Log": NEW,
	# Too large for Frappe's own way, perhaps.
	"File": {"after_insert"},
}
CASES = [(doctype, method) for doctype, methods in EVENTS.items() for method in sorted(methods)]

# How the story ends.
ENDS = {
	"status": "Assigned",
	"hire": [("Conduct", "Waived", 0, 1), ("Safety", "In Progress", 50, 1), ("Stubborn", "Pending", 0, 1)],
	"enrolled": 3,
	"events": ["Assigned", "Assigned", "Assigned", "Begun", "Waived"],
	"told": [("Safety", "Asked"), ("Safety", "Assigned"), ("Stubborn", "Assigned")],
	"other": [("Optional", "Pending")],
	"result": True,
}


class Story:
	"""What happens on a day; what fails is done again the day after, with the hook mended."""

	def __init__(self, hr: str, monkeypatch):
		self.hr, self.errors = hr, []
		frappe.set_user("Administrator")
		self.courses = [factory.course(title) for title in ("Conduct", "Safety", "Stubborn")]
		self.optional = factory.course("Optional", is_mandatory=0)
		self.hire, self.other = factory.employee(factory.user()), factory.user()
		self.applicant = factory.applicant()
		self.offer = factory.offer(self.applicant)
		self.refused = {self.courses[2]}

		def refuse(doc, method):
			if doc.course in self.refused:
				frappe.throw("No seats left")

		hang(monkeypatch, refuse, ENROLLMENT, "before_insert")
		monkeypatch.setattr(campaign_runs, "AT_ONCE", 0)
		frappe.db.commit()

	def tell(self) -> None:
		self._do(self._onboard)
		self._do(harness.run_jobs)
		self._do(self._learn)
		self._do(lambda: self._decide(api.waive, self.courses[0], "Has a licence"))
		self._do(lambda: self._decide(api.send_reminder, self.courses[1]))
		self._do(self._start_campaign)
		self._do(harness.run_jobs)
		self._do(daily.run, "Administrator")

	def _do(self, deed, user: str | None = None) -> None:
		frappe.set_user(user or self.hr)
		frappe.local.message_log = []
		frappe.db.commit()
		try:
			deed()
			frappe.db.commit()
		except Exception as error:
			frappe.db.rollback()
			name = getattr(deed, "__name__", "deed")
			self.errors.append((name.strip("_<>"), error))

	def _onboard(self) -> None:
		if not frappe.db.exists(ONBOARDING, {"job_applicant": self.applicant}):
			factory.onboarding(job_applicant=self.applicant, job_offer=self.offer, employee=self.hire.name)

	def _learn(self) -> None:
		factory.complete_lessons(self.hire.user_id, self.courses[1], 1)

	def _decide(self, decide, course: str, *arguments) -> None:
		rows = factory.assignments(member=self.hire.user_id, course=course)
		if rows:
			# What could not be done stands in the answer, row by row.
			decide([row.name for row in rows], *arguments)

	def _start_campaign(self) -> None:
		if not factory.assignments(member=self.other) or not self._result():
			api.start_campaign({"members": [self.other]}, courses=[self.optional])

	def _result(self):
		return frappe.db.exists("File", {"file_name": ("like", "training-assigned%"), "owner": self.hr})

	def ended(self) -> dict:
		rows = factory.assignments(member=self.hire.user_id)
		return {
			"status": frappe.db.get_value(ONBOARDING, {"job_applicant": self.applicant}, "training_status"),
			"hire": sorted((row.course_title, row.status, row.progress, row.cycle) for row in rows),
			"enrolled": frappe.db.count(ENROLLMENT, {"member": self.hire.user_id}),
			"events": sorted(
				row[0]
				for row in frappe.get_all(EVENT, {"member": self.hire.user_id}, ["event"], as_list=True)
			),
			# Of what was waived before it could be announced nobody has to hear.
			"told": sorted(
				(row.course_title, kind)
				for row in rows
				for kind in frappe.get_all(LEDGER, {"assignment": row.name}, pluck="kind")
				if row.status != "Waived"
			),
			"other": [(row.course_title, row.status) for row in factory.assignments(member=self.other)],
			"result": bool(self._result()),
		}


@pytest.fixture
def story(hr, monkeypatch):
	factory.mail_account()
	return Story(hr, monkeypatch)


def test_every_event_of_what_we_write_has_its_place_in_the_table(story, monkeypatch):
	seen = {doctype: set() for doctype in EVENTS}
	run_method = Document.run_method

	def note(doc, method, *args, **kwargs):
		if doc.doctype in seen and method in METHODS:
			seen[doc.doctype].add(method)
		return run_method(doc, method, *args, **kwargs)

	monkeypatch.setattr(Document, "run_method", note)
	with pytest.MonkeyPatch.context() as patched:
		# Where somebody listens, bells are written one by one, and all of their events happen.
		hang(patched, lambda doc, method: None, "Notification Log", "after_insert")
		story.tell()
	assert story.errors == []
	assert seen == EVENTS
	story.refused.clear()
	story.tell()
	assert story.errors == []
	assert story.ended() == ENDS


@pytest.mark.parametrize(("doctype", "method"), CASES)
def test_a_hook_that_breaks_is_made_up_for(story, doctype, method):
	broken = []

	def handler(doc, _method):
		broken.append(doc.name)
		raise RuntimeError(f"broken at {_method}")

	with pytest.MonkeyPatch.context() as patched:
		hang(patched, handler, doctype, method)
		story.tell()
	assert broken
	# Learning's own save of an enrolment is Learning's: who learned is told so.
	theirs = {ENROLLMENT: {"learn"}}.get(doctype, set())
	assert {name for name, _error in story.errors} <= theirs, story.errors
	assert frappe.db.exists(ONBOARDING, {"job_applicant": story.applicant})
	story.errors.clear()
	story.refused.clear()
	# The next day: what was to be assigned and said is, and what people could not do they do again.
	frappe.set_user("Administrator")
	daily.run()
	story.tell()
	assert story.errors == []
	assert story.ended() == ENDS
