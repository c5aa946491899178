"""Handlers for Learning's records."""

import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt

from smooth_lms_hr.assigning import exceptions, rules
from smooth_lms_hr.following import certificates, equivalents, life_events, merging, progress, proof, signing
from smooth_lms_hr.record import reasons, renamings
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.validation import MAX_LONG_TEXT
from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS
from smooth_lms_hr.training.status import DONE_PERCENT, OPEN


def validate_enrollment(doc, method=None):
	"""LMS Enrollment validate: an enrolment stays with its person and its course."""
	proof.refuse_moved_enrollment(doc)


def validate_learned(doc, method=None):
	"""LMS Course Progress and LMS Quiz Submission validate: nobody writes down their own learning."""
	proof.refuse_typed_learning(doc)


def on_enrollment_change(doc, method=None):
	"""LMS Enrollment on_change: the one event that fires on a completed lesson in all versions of Learning.

	What the enrolment says of progress is not asked: see ``facts.learned``.
	"""
	# Frappe says on_change of what it has just deleted, too.
	if doc.flags.enrolled_by_training or doc.flags.in_delete:
		return
	# A learner's lesson is not lost because of us; the daily run catches up.
	with attempt(_("Following the progress of {0} failed").format(doc.name), doc.doctype, doc.name):
		before = doc.get_doc_before_save()
		if before and (before.member, before.course) != (doc.member, doc.course):
			progress.follow_moved_enrollment(doc.name, before.member, before.course)
		progress.follow(doc.member, doc.course, doc.name)
		# A claim of Learning's, but where it is not made nothing is completed: what counts is asked of the lessons.
		if flt(doc.progress) >= DONE_PERCENT:
			equivalents.follow(doc.member, doc.course)


def on_enrollment_trash(doc, method=None):
	life_events.unlink_enrollment(doc.name)


def before_certificate(doc, method=None):
	"""LMS Certificate before_insert: until when the completion counts that it is about."""
	# Nobody goes without a certificate because of us.
	with attempt(_("The expiry of a certificate failed"), "LMS Course", doc.course):
		certificates.fill_expiry(doc)


def validate_certificate(doc, method=None):
	"""LMS Certificate validate: nobody writes their own."""
	proof.refuse_changed_certificate(doc)


def on_certificate(doc, method=None):
	"""LMS Certificate after_insert."""
	with attempt(_("The history of certificate {0} failed").format(doc.name), doc.doctype, doc.name):
		certificates.record(doc)


def on_certificate_renamed(doc, method, old, new, merge=False):
	"""LMS Certificate after_rename: the history names it otherwise now, and says since when."""
	renamings.write(doc.doctype, old, new, merge)


def validate_course(doc, method=None):
	"""LMS Course validate: refuse days that no due date can be made of, and tell who is left with an open assignment."""
	for fieldname, least in (("training_due_days", MIN_DUE_DAYS), ("validity_days", 1)):
		days = cint(doc.get(fieldname))
		# 0 stands for "the default" and "for ever".
		if days and not least <= days <= MAX_DAYS:
			frappe.throw(
				_("{0} of course {1} must be 0 or between {2} and {3}, not {4}.").format(
					_(doc.meta.get_label(fieldname)),
					frappe.bold(escape_html(doc.title)),
					least,
					MAX_DAYS,
					days,
				),
				title=_("Mandatory Training"),
			)
	_validate_statement(doc)
	_validate_equivalents(doc)
	_warn_of_open_assignments(doc)


def _validate_statement(doc):
	"""Keep what learners read before they sign text that is the same wherever it is shown."""
	statement = plain_text((doc.get("attestation") or "").strip()) or None
	if statement and len(statement) > MAX_LONG_TEXT:
		frappe.throw(
			_("{0} has {1} characters; {2} at most.").format(
				_(doc.meta.get_label("attestation")), len(statement), MAX_LONG_TEXT
			),
			title=_("Mandatory Training"),
		)
	if statement != doc.get("attestation"):
		doc.set("attestation", statement)


def _warn_of_open_assignments(doc):
	"""Tell whoever takes a course back that people owe it still. It keeps nobody from saving."""
	before = doc.get_doc_before_save()
	taken_back = [
		_(doc.meta.get_label(fieldname))
		for fieldname in ("published", "is_mandatory")
		if before and cint(before.get(fieldname)) and not cint(doc.get(fieldname))
	]
	if not taken_back or not (
		count := frappe.db.count(ASSIGNMENT, {"course": doc.name, "status": ("in", OPEN)})
	):
		return
	frappe.msgprint(
		_("{0} was taken back from course {1}, which is still owed: {2} open assignments.").format(
			", ".join(taken_back), frappe.bold(escape_html(doc.title)), count
		),
		title=_("Mandatory Training"),
		indicator="orange",
		alert=True,
	)


def _validate_equivalents(doc):
	"""Refuse a course that counts like itself, and one that is named twice."""
	seen = set()
	for row in doc.get("equivalents") or ():
		if row.course == doc.name or row.course in seen:
			said = (
				_("Row {0}: a course counts like itself anyway.")
				if row.course == doc.name
				else _("Row {0}: {1} is named twice.")
			)
			frappe.throw(
				said.format(row.idx, frappe.bold(escape_html(row.course))), title=_("Mandatory Training")
			)
		seen.add(row.course)


def on_course_change(doc, method=None):
	"""LMS Course on_update: what counts like it may be said otherwise now, or there is nothing to sign any more."""
	equivalents.on_course_change(doc)
	signing.on_course_change(doc)


def on_course_trash(doc, method=None):
	equivalents.forget(doc)
	life_events.cancel_open({"course": doc.name}, reasons.COURSE_DELETED, doc)


def before_course_rename(doc, method, old, new, merge=False):
	"""LMS Course before_rename: fires once more where the desk only asks for it, so nothing is decided here."""
	if merge:
		merging.prepare(doc.doctype, old, new)
		exceptions.make_way("course", old, new)


def on_course_renamed(doc, method, old, new, merge=False):
	"""LMS Course after_rename: what is owed has moved; of what somebody owed of both courses, one assignment stays."""
	renamings.write(doc.doctype, old, new, merge)
	if merge:
		merging.settle(doc.doctype, old, new)
		equivalents.keep_one_of_each(new)
		rules.name_once(doc.doctype, new)
	else:
		merging.record_rename(doc.doctype, old, new)


def on_named_in_rules_renamed(doc, method, old, new, merge=False):
	"""LMS Program and LMS Batch after_rename: rules go on asking for it, and each of them once."""
	if merge:
		rules.name_once(doc.doctype, new)


def on_enrollment_renamed(doc, method, old, new, merge=False):
	"""LMS Enrollment after_rename: nobody's progress is another's."""
	if merge:
		merging.part_from_others_enrolment(new)
