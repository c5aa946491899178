"""The one door through which we write to Learning."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from smooth_lms_hr.sources import deleting, exercises, facts, inserting
from smooth_lms_hr.sources.attempts import Attempt, SharedSavepoint, attempt
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
	with as_administrator():
		_new_enrolment(member, course).insert(ignore_permissions=True, set_name=name)


@dataclass
class Enrolling:
	"""Somebody who is to be enrolled in a course, and how that ended.

	:param name: the name that the enrolment is to have
	:param known: what was said of an earlier try: what fails as before is not logged again
	:param tried: None before
	"""

	member: str
	course: str
	name: str
	known: str | None = None
	tried: Attempt | None = None

	@contextmanager
	def trying(self, savepoint: SharedSavepoint) -> Iterator[None]:
		title = _("Enrolling {0} in {1} failed").format(self.member, self.course)
		with attempt(title, "LMS Course", self.course, known=self.known, savepoint=savepoint) as self.tried:
			yield


def enrol_together(wanted: Sequence[Enrolling]) -> None:
	"""Enrol people in courses as ``enrol`` does, each an attempt by itself, with one statement for all their rows.

	Every enrolment has all its events, Learning's and those of other apps, in the order of a document's insert; before
	the first of those that follow the row, all rows are there.

	:param wanted: each person and course once; afterwards says of each how it ended
	"""
	savepoint, waiting, some_are_in = SharedSavepoint(), [], False
	for one in wanted:
		with one.trying(savepoint), as_administrator():
			doc, said = _new_enrolment(one.member, one.course), len(frappe.local.message_log)
			if inserting.prepare(doc, one.name):
				if not savepoint.is_behind and len(frappe.local.message_log) == said:
					waiting.append((one, doc))
					continue
				# What another app has written or said so far stands or falls with this enrolment: it waits for nobody.
				doc.db_insert()
				inserting.complete(doc)
			some_are_in = True
	if some_are_in:
		waiting = _still_to_enrol(waiting, savepoint)
	together = len(waiting) > 1 and _write_rows([doc for _one, doc in waiting], savepoint)
	for one, doc in waiting:
		with one.trying(savepoint), as_administrator():
			if not together:
				doc.db_insert()
			inserting.complete(doc)
		if together and one.tried.error and one.tried.undone:
			# Its row is older than the savepoint.
			frappe.db.delete(ENROLLMENT, {"name": one.name})


def _new_enrolment(member: str, course: str) -> Document:
	doc = frappe.get_doc({"doctype": ENROLLMENT, "member": member, "course": course})
	# Our own handler of its events has nothing to find out about it.
	doc.flags.enrolled_by_training = True
	return doc


def _still_to_enrol(waiting: list[tuple[Enrolling, Document]], savepoint: SharedSavepoint) -> list:
	"""Leave out whom another app has enrolled, since Learning was asked, by an event of somebody else's enrolment."""
	there = facts.enrolment_names(
		{one.member for one, _doc in waiting}, {one.course for one, _doc in waiting}
	)
	left = []
	for one, doc in waiting:
		with one.trying(savepoint):
			if (one.member, one.course) in there:
				frappe.throw(_("{0} was enrolled by another app.").format(one.member))
			left.append((one, doc))
	return left


def _write_rows(docs: list[Document], savepoint: SharedSavepoint) -> bool:
	"""Write the rows and return True, or none of them, where one cannot be written: which one shows by itself."""
	with attempt("", quiet=(Exception,), savepoint=savepoint) as writing:
		inserting.write_rows(docs)
	return not writing.error


def start_over(pairs: Collection[facts.Pair], enrolments: Collection[str]) -> None:
	"""Take back what people have learned of courses, for a renewal: lessons, quizzes, assignments.

	Learning counts a lesson once, any pass of a quiz however old, and every attempt: without this nobody could complete
	a course a second time, or would without seeing the quiz again. The caller has put on record what is taken back.

	:param pairs: each a person and a course; three queries for each of the courses, however many people
	:param enrolments: theirs
	"""
	lessons = facts.outlines({course for _member, course in pairs})
	for course in sorted({course for _member, course in pairs}):
		members = sorted(member for member, each in pairs if each == course)
		# By the lessons that count, and by the course that Learning counts them under: the two may differ.
		of_lessons = [{"lesson": ("in", sorted(lessons[course]))}] if course in lessons else []
		for those in (*of_lessons, {"course": course}):
			frappe.db.delete("LMS Course Progress", {"member": ("in", members), **those})
	handed_in = exercises.handed_in(pairs).values()
	for doctype, children in (
		(exercises.QUIZ_SUBMISSION, ["LMS Quiz Result"]),
		(exercises.ASSIGNMENT_SUBMISSION, ()),
	):
		names = {row.name for rows in handed_in for row in rows if row.doctype == doctype}
		deleting.delete_rows(doctype, sorted(names), children)
	frappe.db.set_value(
		ENROLLMENT,
		{"name": ("in", list(enrolments))},
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
