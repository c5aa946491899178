"""The one door through which we write to Learning."""

from collections.abc import Collection
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils import flt

from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import ENROLLMENT
from smooth_lms_hr.training.status import DONE_PERCENT

LEARNER_ROLE = "LMS Student"


@contextmanager
def as_administrator():
	"""Let Learning see Administrator, and put the user back whatever happens.

	Learning reads "may enrol others" from the session user's roles, which an HR Manager has not. ``frappe.set_user``
	would also empty form_dict and the session's id and data, which inside a web request breaks the login that is
	doing the saving; so only the user, and what is remembered about the user, is switched.
	"""
	local = frappe.local
	user, remembered = local.session.user, ("user_perms", "role_permissions", "new_doc_templates")
	before = {name: getattr(local, name, None) for name in remembered}
	try:
		local.session.user = "Administrator"
		local.user_perms, local.role_permissions = None, {}
		local.new_doc_templates = _templates_of_administrator(before["new_doc_templates"])
		yield
	finally:
		local.session.user = user
		for name, value in before.items():
			setattr(local, name, value)


def _templates_of_administrator(users: dict) -> dict:
	"""Return what Frappe keeps of empty documents for Administrator, from one enrolment to the next.

	:param users: the user's own; where Frappe has dropped these, with its other caches, ours are dropped too
	"""
	kept = getattr(frappe.local, "administrators_templates", None)
	if not kept or kept[0] is not users:
		kept = frappe.local.administrators_templates = (users, {})
	return kept[1]


def enrol(member: str, course: str, name: str) -> None:
	"""Enrol a person in a course, also where self-enrolment is off or the course is paid.

	:param member: the user
	:param course: name of a published LMS Course
	:param name: the name that the enrolment is to have, so that whatever points at it can be written first
	:raises frappe.ValidationError: where Learning refuses
	"""
	doc = frappe.get_doc({"doctype": ENROLLMENT, "member": member, "course": course})
	# Our own handler of its events has nothing to find out about it.
	doc.flags.enrolled_by_training = True
	with as_administrator():
		doc.insert(ignore_permissions=True, set_name=name)


def start_over(member: str, courses: list[str], enrolments: list[str]) -> None:
	"""Take a person's lessons of these courses back to not done, for a renewal.

	Learning counts a lesson once: without this, nobody could complete a course a second time. What was reached
	before stays on file in the earlier assignment and in Learning's certificate.
	"""
	# By the lessons that count, and by the course that Learning counts them under: the two may differ.
	for those in ({"lesson": ("in", list(facts.lessons_in(courses)))}, {"course": ("in", courses)}):
		frappe.db.delete("LMS Course Progress", {"member": member, **those})
	frappe.db.set_value(
		ENROLLMENT,
		{"name": ("in", enrolments)},
		{"progress": 0, "current_lesson": None},
		update_modified=False,
	)


def recount(member: str, course: str) -> str | None:
	"""Let a person's enrolment say what their lessons say now; return its name, None without one."""
	from lms.lms.utils import get_course_progress

	enrollment = frappe.db.get_value(ENROLLMENT, {"member": member, "course": course})
	if not enrollment:
		return None
	# Lessons that were taken out of the course still count in Learning's own sum.
	percent = min(flt(get_course_progress(course, member)), DONE_PERCENT)
	frappe.db.set_value(ENROLLMENT, enrollment, "progress", percent, update_modified=False)
	return enrollment


def ensure_learner_role(members: Collection[str]) -> None:
	"""Give users the role that Learning asks of learners, if missing (users made before Learning lack it)."""
	have = frappe.get_all(
		"Has Role",
		filters={"parenttype": "User", "parent": ("in", list(members)), "role": LEARNER_ROLE},
		pluck="parent",
	)
	for member in sorted(set(members).difference(have)):
		# A user that cannot be saved can still learn and owe: the courses are open to anybody who is enrolled.
		with attempt(_("Giving {0} the role {1} failed").format(member, LEARNER_ROLE), "User", member):
			user = frappe.get_doc("User", member)
			user.flags.ignore_permissions = True
			user.add_roles(LEARNER_ROLE)


def home_url() -> str:
	"""Return the path of Learning's home."""
	return "/" + (frappe.conf.get("lms_path") or "lms").strip("/")


def course_url(course: str) -> str:
	"""Return the path of a course in Learning, as the learner sees it."""
	return f"{home_url()}/courses/{course}"
