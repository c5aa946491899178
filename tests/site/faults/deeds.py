"""What HR, a learner, a campaign or the daily run does, to be broken off at any statement: what is there then, and what in the end."""

from collections.abc import Callable

import frappe

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import campaign_runs
from tests.site import factory
from tests.site.faults.database import failing
from tests.site.faults.others import status_of

LEDGER, EVENT = "LMS Training Notification", "LMS Training Event"
ONBOARDING, ENROLLMENT = "Employee Onboarding", "LMS Enrollment"


class Deed:
	"""Something that somebody does, in one transaction or in several."""

	one_transaction = True

	def __init__(self, hr: str, run_jobs: Callable):
		self.hr, self.run_jobs = hr, run_jobs
		self.courses = [factory.course(title) for title in ("Conduct", "Safety")]
		frappe.db.commit()

	def make(self) -> frappe._dict:
		"""Prepare what it is done to, and return that."""
		raise NotImplementedError

	def do(self, scene) -> bool | None:
		"""Do it; return whether who did so is told to do some of it again."""
		raise NotImplementedError

	def check_nothing(self, scene) -> None:
		"""Fail where something is there of what was not saved."""
		assert factory.assignments(member=scene.member) == []
		assert frappe.get_all(ENROLLMENT, {"member": scene.member}) == []
		assert frappe.get_all(EVENT, {"member": scene.member}) == []

	def check_whole(self, scene) -> None:
		"""Fail where an assignment is only half there."""
		rows = factory.assignments(member=scene.member)
		enrolled = frappe.get_all(ENROLLMENT, {"member": scene.member}, ["name", "course"])
		assert sorted((row.enrollment, row.course) for row in rows) == sorted(
			(each.name, each.course) for each in enrolled
		)
		events = frappe.get_all(EVENT, {"member": scene.member, "event": "Assigned"}, pluck="assignment")
		assert sorted(events) == [row.name for row in rows]

	def check_done(self, scene) -> None:
		"""Fail where it did not end as it does undisturbed."""
		self.check_whole(scene)
		rows = factory.assignments(member=scene.member)
		assert sorted((row.course, row.cycle) for row in rows) == [(course, 1) for course in self.courses]
		kinds = frappe.get_all(LEDGER, {"recipient": scene.member}, pluck="kind")
		assert kinds == ["Assigned"] * 2
		mails = frappe.get_all("Email Queue Recipient", {"recipient": scene.member}, pluck="parent")
		# One for both, or, where one came later, one for each.
		assert len(mails) == len(
			set(frappe.get_all(LEDGER, {"recipient": scene.member}, pluck="email_queue"))
		)


class HrStartsAnOnboarding(Deed):
	def make(self):
		applicant, employee = factory.applicant(), factory.employee(factory.user())
		return frappe._dict(
			applicant=applicant,
			offer=factory.offer(applicant),
			employee=employee.name,
			member=employee.user_id,
		)

	def do(self, scene):
		frappe.set_user(self.hr)
		factory.new_onboarding(
			job_applicant=scene.applicant, job_offer=scene.offer, employee=scene.employee
		).insert()
		frappe.db.commit()

	def check_nothing(self, scene):
		super().check_nothing(scene)
		assert frappe.get_all(ONBOARDING, {"job_applicant": scene.applicant}) == []

	def check_whole(self, scene):
		super().check_whole(scene)
		owed = len(factory.assignments(member=scene.member))
		status = frappe.db.get_value(ONBOARDING, {"job_applicant": scene.applicant}, "training_status")
		assert status == ("Not Assigned Yet", "Partly Assigned", "Assigned")[owed]

	def check_done(self, scene):
		super().check_done(scene)
		assert frappe.db.count(ONBOARDING, {"job_applicant": scene.applicant}) == 1


class HrMakesTheEmployee(Deed):
	"""For whom an onboarding has waited."""

	def make(self):
		applicant, member = factory.applicant(), factory.user()
		onboarding = factory.onboarding(job_applicant=applicant).name
		return frappe._dict(applicant=applicant, member=member, onboarding=onboarding)

	def do(self, scene):
		frappe.set_user(self.hr)
		factory.employee(scene.member, job_applicant=scene.applicant)
		frappe.db.commit()

	def check_nothing(self, scene):
		super().check_nothing(scene)
		assert frappe.get_all("Employee", {"user_id": scene.member}) == []
		assert frappe.db.get_value(ONBOARDING, scene.onboarding, "training_status") == "Waiting for Employee"

	def check_done(self, scene):
		super().check_done(scene)
		assert frappe.db.get_value(ONBOARDING, scene.onboarding, "training_status") == "Assigned"
		assert frappe.db.count("Employee", {"user_id": scene.member}) == 1


class ALearnerCompletesALesson(Deed):
	"""The last one of a course."""

	def make(self):
		member = factory.user()
		frappe.set_user(self.hr)
		api.assign_mandatory_training([member], courses=self.courses)
		self.run_jobs()
		factory.complete_lessons(member, self.courses[0], 1)
		return frappe._dict(member=member)

	def do(self, scene):
		factory.complete_lessons(scene.member, self.courses[0])
		frappe.db.commit()

	def _lessons(self, scene):
		return frappe.db.count("LMS Course Progress", {"member": scene.member, "course": self.courses[0]})

	def check_nothing(self, scene):
		assert self._lessons(scene) == 1
		(row,) = factory.assignments(member=scene.member, course=self.courses[0])
		assert (row.status, row.progress) == ("In Progress", 50)

	def check_whole(self, scene):
		super().check_whole(scene)
		(row,) = factory.assignments(member=scene.member, course=self.courses[0])
		completed = [event[0] for event in factory.events(row.name)].count("Completed")
		# What we could not follow is followed by the daily run; the lesson is there.
		assert self._lessons(scene) == 2
		assert (row.status, completed) in (("In Progress", 0), ("Completed", 1))

	def check_done(self, scene):
		super().check_done(scene)
		(row,) = factory.assignments(member=scene.member, course=self.courses[0])
		assert (row.status, row.progress) == ("Completed", 100)
		assert [event[0] for event in factory.events(row.name)].count("Completed") == 1


class ACampaignIsCarriedOut(Deed):
	one_transaction = False

	def make(self):
		return frappe._dict(member=factory.user(), run=frappe.generate_hash(length=20))

	def do(self, scene):
		frappe.set_user(self.hr)
		campaign_runs.work(
			run=scene.run, people=[("member", scene.member)], courses=self.courses, due_date=None
		)
		self.run_jobs()
		state = api.get_campaign(scene.run)
		return bool(state["counts"]["failed"]) or not state["finished"]

	def check_nothing(self, scene):
		# A campaign is steps: what of it is done stays.
		self.check_whole(scene)


class TheDailyRunAssigns(Deed):
	"""To somebody whose onboarding has waited, with no event that told of them."""

	one_transaction = False

	def make(self):
		onboarding, employee = factory.onboarding(), factory.employee(factory.user())
		frappe.db.set_value(ONBOARDING, onboarding.name, "employee", employee.name)
		return frappe._dict(member=employee.user_id, onboarding=onboarding)

	def do(self, scene):
		frappe.set_user("Administrator")
		daily.run()

	def check_nothing(self, scene):
		self.check_whole(scene)

	def check_done(self, scene):
		super().check_done(scene)
		assert status_of(scene.onboarding) == "Assigned"


DEEDS: list[type[Deed]] = [
	HrStartsAnOnboarding,
	HrMakesTheEmployee,
	ALearnerCompletesALesson,
	ACampaignIsCarriedOut,
	TheDailyRunAssigns,
]


def prepared(deed: Deed) -> frappe._dict:
	frappe.set_user("Administrator")
	scene = deed.make()
	# What follows is one request, or one job, of its own.
	frappe.db.commit()
	frappe.db.transaction_writes = 0
	return scene


def break_off(deed: Deed, steps: int, breaking: Callable, mend: Callable) -> tuple[int, int, int]:
	"""Do it again and again, broken off at a later statement each time; fail where anything is half done, or stays undone.

	:param steps: at so many statements, evenly spread
	:param breaking: the context in which the statement of that number, from 1, fails; it counts what it has seen
	:param mend: called after each, for a database that answers again
	:return: how often it was broken off, of how many statements, and how often somebody was told so
	"""
	scenes, hit, refused = [], 0, 0
	# The first ones fill the caches.
	for _time in range(3):
		scenes.append(prepared(deed))
		with failing() as undisturbed:
			deed.do(scenes[-1])
	for at in range(1, undisturbed.seen + 1, max(1, undisturbed.seen // steps)):
		scene = prepared(deed)
		scenes.append(scene)
		error, again = None, False
		with breaking(at) as disturbed:
			try:
				again = deed.do(scene)
			except Exception as raised:
				error = raised
		hit += disturbed.seen >= at
		# As at the end of a request: after an error, and without one, nothing more is saved.
		mend()
		frappe.db.value_cache.clear()
		frappe.local.message_log = []
		# A step of several that is saved is whole, and there are others still to be done.
		saved = disturbed.was_saved and deed.one_transaction
		if error is None or saved:
			deed.check_whole(scene)
		else:
			deed.check_nothing(scene)
		if (error or again) and not saved:
			refused += 1
			assert not deed.do(scene)
			deed.check_whole(scene)
	frappe.set_user("Administrator")
	deed.run_jobs()
	summary = daily.run()
	assert (summary["not_done"], summary["failed"]) == ([], [])
	for scene in scenes:
		deed.check_done(scene)
	assert hit >= steps / 2
	return hit, undisturbed.seen, refused
