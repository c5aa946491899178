"""The statement of a course is signed by who has learned it, and by nobody in their place."""

from functools import partial

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime

from smooth_lms_hr.following import certificates, equivalents, progress
from smooth_lms_hr.following.decisions import not_yours
from smooth_lms_hr.record.evidence import Signature
from smooth_lms_hr.sources import facts, identity, jobs
from smooth_lms_hr.sources.attempts import attempt, retry_request, run_and_commit
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.pages import chunks_of_names
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.status import AWAITING_SIGNATURE, DONE_PERCENT

PER_COMMIT = 1000


class StatementChanged(frappe.ValidationError):
	"""What was read is not what would be signed."""


def sign(name: str, signed_as: str, secret: str, read: str | None) -> None:
	"""Complete what the session user has learned, with their signature; see ``api.sign_statement``."""
	row = _own(name)
	_refuse_other_statement(row, read)
	# Before anything is locked: it takes its time, and is counted whatever becomes of this request.
	identity.check(row.member, name, secret)
	retry_request(partial(_sign, row, signed_as))
	identity.forget_code(row.member, name)


def new_code(name: str) -> str:
	"""Return a code by which the session user can sign, to be sent to them alone; see ``api.request_signing_code``."""
	row = _own(name)
	if not identity.has_code(row.member):
		frappe.throw(_("Sign with your password: you have one."))
	return identity.new_code(row.member, name)


def on_course_change(doc) -> None:
	"""Let what awaits a signature follow once a course has no statement any more, in the background.

	Where the queue does not answer, the daily run does it.
	"""
	before = doc.get_doc_before_save()
	if before and before.get("attestation") and not doc.get("attestation"):
		jobs.enqueue_after_commit(
			"smooth_lms_hr.following.signing.complete_of_course",
			job_id=f"smooth_lms_hr_statement_{doc.name}",
			course=doc.name,
		)


def complete_of_course(course: str) -> None:
	"""Complete what awaits a signature that nobody asks for any more, chunk by chunk, each a transaction."""
	for names in chunks_of_names(ASSIGNMENT, {"course": course, "status": AWAITING_SIGNATURE}, PER_COMMIT):
		run_and_commit(
			partial(progress.reconcile, names, getdate()),
			_("Completing {0}, which has no statement to sign any more, failed").format(course),
		)


def _own(name: str) -> frappe._dict:
	"""Return what the session user is to sign: member, course and statement, as they stand.

	:raises frappe.ValidationError: where it is somebody else's, or nobody's, and where nothing is to be signed
	"""
	fields = ["name", "member", "course", "course_title", "status"]
	row = frappe.db.get_value(ASSIGNMENT, {"name": name}, fields, as_dict=True)
	if not row or row.member != frappe.session.user:
		frappe.throw(not_yours(escape_html(name)))
	# Frappe lets an administrator look at the site as somebody else.
	if frappe.session.data.get("impersonated_by"):
		frappe.throw(_("Nobody signs in the place of somebody else."), frappe.PermissionError)
	if row.status != AWAITING_SIGNATURE:
		frappe.throw(_("It is {0}: there is nothing to sign.").format(_(row.status).lower()))
	row.statement = facts.statements([row.course]).get(row.course)
	if not row.statement:
		frappe.throw(_("There is nothing to sign any more: it will be completed by itself."))
	return row


def _refuse_other_statement(row: frappe._dict, read: str | None) -> None:
	# A form may send other ends of lines than it was given.
	if read is None or read.split() == row.statement.split():
		return
	frappe.throw(
		_("The statement was changed while you read it. Read it again: {0}").format(
			escape_html(row.statement)
		),
		StatementChanged,
		title=_("The statement was changed"),
	)


def _sign(row: frappe._dict, signed_as: str) -> None:
	doc = frappe.get_doc(ASSIGNMENT, row.name, for_update=True)
	doc.keep_as_read()
	if doc.status != AWAITING_SIGNATURE:
		frappe.throw(_("It is {0}: there is nothing to sign.").format(_(doc.status).lower()))
	# Learning takes lessons in and out without a word: what is signed is learned.
	pair = (doc.member, doc.course)
	if facts.learned({pair}).get(pair, facts.NOTHING).progress < DONE_PERCENT:
		frappe.throw(
			_("There is more to learn in {0} by now. Learn it first, then sign.").format(
				escape_html(doc.course_title or doc.course)
			)
		)
	doc.signed_on = now_datetime()
	doc.flags.signature = Signature(plain_text(row.statement), plain_text(signed_as), doc.signed_on)
	doc.complete(getdate(doc.signed_on))
	doc.save_by_rule()
	# What follows from it is nothing that a signature is lost for.
	with attempt(_("Following the signature of {0} failed").format(doc.name), ASSIGNMENT, doc.name):
		certificates.follow([(doc.member, doc.course)])
		equivalents.follow(doc.member, doc.course)
