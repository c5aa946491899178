"""Several processes that do at once what a company's HR, learners and scheduler do, with real commits."""

import random
import time
import traceback
from collections import Counter
from datetime import timedelta

import frappe
from frappe.utils import getdate, now_datetime

from smooth_lms_hr import api, daily
from tests.site import bench_harness, differences, factory
from tests.site.stage import ASSIGNMENT, spare_the_styles

ENROLLMENT, ONBOARDING, LEDGER = "LMS Enrollment", "Employee Onboarding", "LMS Training Notification"
EVIDENCE = "LMS Training Evidence"
# So much each process does at most, however fast the machine.
DEEDS = 400
# What a person reads who was in somebody's way.
BUSY = "Somebody else was changing"


def gather(people: int, courses: int, hires: int) -> dict:
	"""Commit people who owe courses already, and new hires whose onboardings are still to be made."""
	began = str(now_datetime())
	factory.mail_account()
	made = {
		"began": began,
		"hr": [factory.hr_manager() for _ in range(3)],
		"courses": [factory.course() for _ in range(courses)],
		"members": [factory.employee(factory.user()).user_id for _ in range(people)],
		"hires": [],
	}
	for _ in range(hires):
		employee, applicant = factory.employee(factory.user()), factory.applicant()
		made["hires"].append([employee.name, employee.user_id, applicant, factory.offer(applicant)])
	factory.holiday_list()
	frappe.set_user(made["hr"][0])
	api.assign_mandatory_training(made["members"], courses=made["courses"])
	return made


def jostle(
	seed: int, seconds: float, start_at: float, hr: str, courses: list, members: list, hires: list
) -> dict:
	"""Do what everybody does, each once and then at random, until the time is up.

	:param start_at: seconds since the epoch
	:param hires: whom this process onboards
	:return: "done": how often what was done; "errors": what people were shown that was not their fault
	"""
	differences.set_test_mode(False)
	spare_the_styles()
	chance, done, errors = random.Random(seed), Counter(), []
	todo, onboarded = list(hires), []

	def some_assignments() -> list[str]:
		rows = frappe.get_all(ASSIGNMENT, {"course": ("in", courses)}, pluck="name", order_by="name")
		return chance.sample(rows, min(len(rows), chance.randint(1, 6)))

	def onboard():
		if not todo:
			return assign_now()
		employee, _member, applicant, offer = todo.pop()
		doc = factory.new_onboarding(job_applicant=applicant, job_offer=offer, employee=employee).insert()
		onboarded.append(doc.name)
		return None

	def assign_now():
		if onboarded:
			api.assign_onboarding_training(chance.choice(onboarded))

	def assign():
		return api.assign_mandatory_training(chance.sample(members, 3), courses=courses)

	def learn():
		member, course = chance.choice(members), chance.choice(courses)
		factory.complete_lessons(member, course, chance.randint(1, 2))

	def extend():
		due = getdate() + timedelta(days=chance.randint(20, 90))
		return api.extend_due_date(some_assignments(), due, "why not")

	def waive():
		return api.waive(some_assignments()[:1], "why not")

	def revoke():
		mine = {"course": ("in", courses), "member": ("in", members), "status": "Completed"}
		rows = frappe.get_all(ASSIGNMENT, mine, pluck="name", order_by="name")
		return api.revoke_completion(chance.sample(rows, min(len(rows), 2)), "why not") if rows else None

	def remind():
		return api.send_reminder(some_assignments())

	def run_daily():
		frappe.set_user("Administrator")
		try:
			errors.extend(daily.run()["not_done"])
		except daily.AlreadyRunning:
			done["already running"] += 1

	once = [onboard, learn, extend, remind, waive, assign, assign_now, run_daily, bench_harness.run_jobs]
	deeds = [*once, *[onboard, learn] * 3, *[extend, revoke] * 2, remind]
	first = chance.sample(once, len(once))
	time.sleep(max(0, start_at - time.time()))
	ends = time.time() + seconds
	for _ in range(DEEDS):
		if not first and time.time() > ends:
			break
		deed = first.pop() if first else chance.choice(deeds)
		frappe.set_user(hr)
		frappe.local.message_log = []
		# As at the beginning of a request: nothing is written, nothing is seen yet.
		frappe.db.rollback()
		try:
			answer = deed()
			frappe.db.commit()
		except Exception:
			frappe.db.rollback()
			errors.append(f"{deed.__name__}: {traceback.format_exc()}")
			continue
		done[deed.__name__] += 1
		failed = answer.get("failed", ()) if isinstance(answer, dict) else ()
		errors += [f"{deed.__name__}: {row}" for row in failed if BUSY in row["message"]]
	frappe.set_user("Administrator")
	bench_harness.run_jobs()
	return {"done": done, "errors": errors}


def settle(began: str, courses: list, members: list, hires: list, **_made) -> list[str]:
	"""Let one more daily run pass, and return what does not fit."""
	daily.run()
	frappe.db.commit()
	found = []
	rows = frappe.get_all(ASSIGNMENT, {"course": ("in", courses)}, ["*"], order_by="name")
	keys = Counter((row.member, row.course, row.cycle) for row in rows)
	found += [f"owed twice: {key}" for key, count in keys.items() if count > 1]
	enrolled = frappe.get_all(
		ENROLLMENT, {"course": ("in", courses)}, ["name", "member", "course", "progress"]
	)
	pairs = Counter((row.member, row.course) for row in enrolled)
	found += [f"enrolled twice: {pair}" for pair, count in pairs.items() if count > 1]
	enrolments = {row.name: row for row in enrolled}
	for row in rows:
		enrolment = enrolments.get(row.enrollment)
		if not enrolment or (enrolment.member, enrolment.course) != (row.member, row.course):
			found.append(f"{row.name} points at {row.enrollment}: {enrolment}")
		elif row.status not in ("Waived", "Completed") and enrolment.progress != row.progress:
			found.append(f"{row.name} is at {row.progress}, Learning at {enrolment.progress}")
		if row.status in ("Pending", "In Progress") and (row.progress > 0) != (row.status == "In Progress"):
			found.append(f"{row.name} is {row.status} at {row.progress}")
	onboarded = frappe.get_all(
		ONBOARDING, {"employee": ("in", [hire[0] for hire in hires])}, ["name", "employee", "training_status"]
	)
	still_owed = {row.employee for row in rows if row.status not in ("Waived", "Completed")}
	for row in onboarded:
		# HR asked again, when everything was learned or waived already.
		expected = ("Assigned",) if row.employee in still_owed else ("Assigned", "Nothing to Assign")
		if row.training_status not in expected:
			found.append(f"{row.name} is {row.training_status}")
	known = {row.employee for row in onboarded}
	expected = {*members, *(member for employee, member, *_rest in hires if employee in known)}
	missing = {(member, course) for member in expected for course in courses} - set(pairs)
	found += [f"not assigned: {pair}" for pair in missing]
	announced = frappe.get_all(LEDGER, {"kind": "Assigned"}, ["assignment", "audience", "due_date"])
	# What is owed again is said again, of its new date.
	times = Counter((row.assignment, row.audience, row.due_date) for row in announced)
	found += [f"said twice: {key}" for key, count in times.items() if count > 1]
	said = {(row.assignment, row.audience) for row in announced}
	found += [
		f"not announced: {row.name}"
		for row in rows
		if row.status in ("Pending", "In Progress") and (row.name, "Member") not in said
	]
	proof = Counter(
		frappe.get_all(
			EVIDENCE, {"course": ("in", courses), "status": "Valid"}, pluck="assignment", order_by=None
		)
	)
	found += [
		f"{row.name} is {row.status}, with {proof[row.name]} pieces of evidence"
		for row in rows
		if proof[row.name] != (row.status == "Completed")
	]
	for entry in frappe.get_all("Error Log", {"creation": (">=", began)}, ["method", "error"]):
		# Of a run that finds another one under way, Frappe's lock makes an entry.
		if "smooth_lms_hr" in entry.error and "Filelock" not in entry.method:
			found.append(f"logged: {entry.method}: {entry.error[-1500:]}")
	return found


def clear_away(began: str, **_made) -> None:
	"""Delete whatever was made since."""
	for table in frappe.db.sql_list(
		"""select table_name from information_schema.columns where table_schema = database()
		and column_name = 'creation' and table_name like 'tab%%'"""
	):
		frappe.db.sql(f"delete from `{table}` where creation >= %s", began)
	for fieldname in ("last_run_on", "last_run_summary"):
		frappe.db.set_single_value("LMS Training Settings", fieldname, None, update_modified=False)
	frappe.clear_cache()
