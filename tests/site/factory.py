"""Makes the records that the tests are about, as HR and course creators make them, on either engine."""

from collections.abc import Sequence
from html import unescape as html_unescape
from itertools import count

import frappe
from frappe.utils import add_days, getdate

_number = count(1)


def unique(prefix: str) -> str:
	"""Return a name that no record of this or an earlier run has."""
	return f"{prefix}-{next(_number)}-{frappe.generate_hash(length=6)}"


def next_number() -> int:
	return next(_number)


def company(name: str | None = None) -> str:
	"""Return a company: the named one, made where missing, or any."""
	if name is None and (existing := frappe.db.get_value("Company", {}, "name", order_by="creation")):
		return existing
	name = name or "_Test Company"
	if not frappe.db.exists("Company", name):
		frappe.get_doc(
			{
				"doctype": "Company",
				"company_name": name,
				"abbr": unique("C"),
				"default_currency": "INR",
				"country": "India",
			}
		).insert(ignore_permissions=True)
	return name


def named(doctype: str, fieldname: str, value: str, **fields) -> str:
	"""Return a record of a DocType that is named by one of its fields, made where missing."""
	if existing := frappe.db.get_value(doctype, {fieldname: value}):
		return existing
	return (
		frappe.get_doc({"doctype": doctype, fieldname: value, **fields}).insert(ignore_permissions=True).name
	)


def user(*roles: str, name: str | None = None, enabled: bool = True, learner: bool = True) -> str:
	"""Return a new user.

	:param learner: False for a user from before Learning was installed, without its role
	"""
	email = name or f"{unique('user')}@example.com".lower()
	doc = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": email.split("@")[0],
			"send_welcome_email": 0,
			"enabled": int(enabled),
			"roles": [{"role": role} for role in roles],
		}
	)
	doc.insert(ignore_permissions=True)
	if not learner:
		doc.remove_roles("LMS Student")
	return doc.name


def hr_manager() -> str:
	"""Return somebody who may do HR's work: Frappe HR gives Job Applicants to the role HR User alone."""
	return user("HR Manager", "HR User")


def employee(user_id: str | None = None, **fields) -> "frappe.model.document.Document":
	return frappe.get_doc(
		{
			"doctype": "Employee",
			"naming_series": "HR-EMP-",
			"first_name": fields.pop("first_name", unique("Employee")),
			"company": company(),
			"gender": named("Gender", "gender", "Female"),
			"date_of_birth": "1990-05-08",
			"date_of_joining": "2026-11-01",
			"status": "Active",
			"user_id": user_id,
			"create_user_permission": _may_limit_users(),
			**fields,
		}
	).insert(ignore_permissions=True)


def _may_limit_users() -> int:
	# Without the right to, ERPNext 15 makes an Employee without a User Permission, and 16 none at all.
	return int(bool(frappe.has_permission("User Permission", "write")))


def course(title: str | None = None, lessons: int = 2, **fields) -> str:
	"""Return the name of a new course, published and mandatory unless told otherwise."""
	title = title or unique("Course")
	doc = frappe.get_doc(
		{
			"doctype": "LMS Course",
			"title": title,
			"short_introduction": "What it is about",
			"description": "What it is about, at length",
			"instructors": [{"instructor": "Administrator"}],
			"published": 1,
			"is_mandatory": 1,
			**fields,
		}
	).insert(ignore_permissions=True)
	if lessons:
		add_lessons(doc.name, lessons)
	return doc.name


def add_lessons(course: str, number: int = 1) -> list[str]:
	chapter = frappe.get_doc(
		{"doctype": "Course Chapter", "course": course, "title": unique("Chapter")}
	).insert(ignore_permissions=True)
	names = []
	for _ in range(number):
		lesson = frappe.get_doc(
			{
				"doctype": "Course Lesson",
				"course": course,
				"chapter": chapter.name,
				"title": unique("Lesson"),
				"body": "Read this.",
			}
		).insert(ignore_permissions=True)
		names.append(lesson.name)
		chapter.append("lessons", {"lesson": lesson.name})
	chapter.save(ignore_permissions=True)
	doc = frappe.get_doc("LMS Course", course)
	doc.append("chapters", {"chapter": chapter.name})
	doc.save(ignore_permissions=True)
	return names


def lessons_of(course: str) -> list[str]:
	return frappe.get_all(
		"Course Lesson", filters={"course": course}, order_by="creation, name", pluck="name"
	)


def complete_lessons(member: str, course: str, number: int | None = None) -> None:
	"""Complete a course's lessons (the first few, or all) through Learning's own API, as the learner."""
	from lms.lms.doctype.course_lesson.course_lesson import save_progress

	before = frappe.session.user
	frappe.set_user(member)
	try:
		for lesson in lessons_of(course)[:number]:
			save_progress(lesson, course)
	finally:
		frappe.set_user(before)


def learn_silently(member: str, course: str, number: int | None = None) -> None:
	"""Have so many of a course's lessons (or all) be the completed ones, as SCORM or an import writes it: with no event."""
	lessons = lessons_of(course)
	done = lessons[:number]
	for lesson in lessons:
		key = {"member": member, "lesson": lesson}
		if lesson not in done:
			frappe.db.delete("LMS Course Progress", key)
		elif not frappe.db.exists("LMS Course Progress", key):
			progress_row(member, lesson).db_insert()
	frappe.db.set_value(
		"LMS Enrollment", {"member": member, "course": course}, "progress", len(done) / len(lessons) * 100
	)


def progress_row(member: str, lesson: str, status: str = "Complete", **fields):
	"""Return what Learning writes of a lesson, not inserted yet."""
	chapter, course = frappe.db.get_value("Course Lesson", lesson, ["chapter", "course"])
	return frappe.get_doc(
		{
			"doctype": "LMS Course Progress",
			"name": frappe.generate_hash(length=10),
			"member": member,
			"lesson": lesson,
			"chapter": chapter,
			"course": course,
			"status": status,
			**fields,
		}
	)


def applicant(email: str | None = None) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Job Applicant",
				"applicant_name": unique("Applicant"),
				"email_id": email or f"{unique('applicant')}@example.com".lower(),
				"status": "Accepted",
				"designation": named("Designation", "designation_name", "Researcher"),
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def offer(job_applicant: str) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Job Offer",
				"job_applicant": job_applicant,
				"applicant_name": frappe.db.get_value("Job Applicant", job_applicant, "applicant_name"),
				"offer_date": getdate(),
				"designation": named("Designation", "designation_name", "Researcher"),
				"company": company(),
				"status": "Accepted",
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def holiday_list() -> str:
	return named(
		"Holiday List",
		"holiday_list_name",
		"Training Test Holidays",
		from_date="2026-01-01",
		to_date="2027-12-31",
	)


def new_onboarding(
	job_applicant: str | None = None, job_offer: str | None = None, employee: str | None = None, **fields
):
	"""Return an Employee Onboarding, not inserted yet, with a task that the Employee record waits for."""
	job_applicant = job_applicant or applicant()
	return frappe.get_doc(
		{
			"doctype": "Employee Onboarding",
			"job_applicant": job_applicant,
			"job_offer": job_offer or offer(job_applicant),
			"employee_name": frappe.db.get_value("Job Applicant", job_applicant, "applicant_name"),
			"employee": employee,
			"company": company(),
			"date_of_joining": getdate(),
			"boarding_begins_on": add_days(getdate(), 1),
			"holiday_list": holiday_list(),
			"designation": named("Designation", "designation_name", "Researcher"),
			"activities": [
				{
					"activity_name": "Hand out the keys",
					"required_for_employee_creation": 1,
					"begin_on": 0,
					"duration": 1,
				},
				{"activity_name": "Have lunch together", "begin_on": 2, "duration": 1},
			],
			**fields,
		}
	)


def onboarding(**fields):
	return new_onboarding(**fields).insert()


def finish_tasks(onboarding, required_only: bool = False) -> None:
	"""Complete the tasks of a submitted onboarding.

	:param required_only: just those that the Employee record waits for, as is usual when HR creates it
	"""
	onboarding.reload()
	for activity in onboarding.activities:
		if activity.required_for_employee_creation or not required_only:
			task = frappe.get_doc("Task", activity.task)
			task.status = "Completed"
			task.save(ignore_permissions=True)


def employee_from(onboarding, user_id: str | None = None):
	"""Create the Employee by the button on the onboarding."""
	from hrms.hr.doctype.employee_onboarding.employee_onboarding import make_employee

	doc = make_employee(onboarding.name)
	doc.update(
		{
			"naming_series": "HR-EMP-",
			"first_name": onboarding.employee_name,
			"gender": named("Gender", "gender", "Female"),
			"date_of_birth": "1990-05-08",
			"user_id": user_id,
			"create_user_permission": _may_limit_users(),
		}
	)
	return doc.insert()


def assignments(**filters) -> list[frappe._dict]:
	"""Return all fields of the assignments that fit, the oldest first."""
	return frappe.get_all("LMS Training Assignment", filters=filters, fields=["*"], order_by="name")


def assignment(**filters) -> frappe._dict:
	"""Return the one assignment that fits."""
	(row,) = assignments(**filters)
	return row


def events(assignment: str) -> list[tuple]:
	"""Return what happened to an assignment after it was assigned: event, before, after, reason, who, in that order."""
	rows = frappe.get_all(
		"LMS Training Event",
		filters={"assignment": assignment, "event": ("!=", "Assigned")},
		fields=["event", "before", "after", "reason", "done_by"],
		order_by="name",
		as_list=True,
	)
	return [tuple(row) for row in rows]


def mail_account() -> None:
	"""Give the site an account to send mail from. Nothing is sent: the tests read Frappe's queue."""
	if frappe.db.exists("Email Account", {"default_outgoing": 1, "enable_outgoing": 1}):
		return
	doc = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": unique("Account"),
			"email_id": "hr@example.com",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": "2525",
			"no_smtp_authentication": 1,
			"awaiting_password": 0,
		}
	)
	# Saving one connects to its server.
	frappe.flags.in_patch = True
	try:
		doc.insert(ignore_permissions=True)
	finally:
		frappe.flags.in_patch = False


def parse_mail(message: str) -> tuple[str, str]:
	"""Return subject and plain text of a mail in Frappe's queue."""
	from email import message_from_string, policy

	mail = message_from_string(message, policy=policy.default)
	text = mail.get_body(("plain",)).get_content() + mail.get_body(("html",)).get_content()
	return mail["Subject"], html_unescape(text)


def program(courses: list[str], **fields) -> str:
	"""Return the name of a new program of Learning with these courses."""
	return (
		frappe.get_doc(
			{
				"doctype": "LMS Program",
				"title": unique("Program"),
				"published": 1,
				"program_courses": [{"course": course} for course in courses],
				**fields,
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def batch(courses: list[str], **fields) -> str:
	"""Return the name of a new batch of Learning with these courses, a week long from today unless told otherwise."""
	return (
		frappe.get_doc(
			{
				"doctype": "LMS Batch",
				"title": unique("Batch"),
				"start_date": getdate(),
				"end_date": add_days(getdate(), 7),
				"start_time": "09:00:00",
				"end_time": "17:00:00",
				"timezone": "Asia/Kolkata",
				"description": "What it is about",
				"batch_details": "What it is about, at length",
				"instructors": [{"instructor": "Administrator"}],
				"courses": [{"course": course} for course in courses],
				**fields,
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def line(applies_to: str, value: str, exclude: int = 0) -> dict:
	"""Return a line of a rule's audience."""
	return {"applies_to": applies_to, "value": value, "exclude": exclude}


def rule(
	title: str | None = None,
	courses: Sequence[str] = (),
	audience: Sequence[tuple] | None = None,
	**fields,
):
	"""Return a new rule, for everybody of the company unless told otherwise."""
	return frappe.get_doc(
		{
			"doctype": "LMS Training Rule",
			"title": title or unique("Rule"),
			"applies": "Everybody It Fits",
			"audience": [line(*each) for each in audience or [("Company", company())]],
			"contents": [{"content_type": "LMS Course", "content": each} for each in courses],
			**fields,
		}
	).insert()
