"""What learners ask about what they owe, and what becomes of it: asked, withdrawn, answered, or overtaken by events."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, get_datetime, getdate, now_datetime

from smooth_lms_hr.assigning import assignments, by_hand, completions, open_requests
from smooth_lms_hr.following import decisions
from smooth_lms_hr.record import events
from smooth_lms_hr.sources import attachments, facts, jobs
from smooth_lms_hr.sources.attempts import REFUSALS, attempt, retry_request
from smooth_lms_hr.sources.names import ASSIGNMENT, REQUEST
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.reporting_lines import manages
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training import requests as rules
from smooth_lms_hr.training.requests import (
	EXEMPTION,
	EXTENSION,
	GRANTED,
	OPEN,
	REFUSED,
	WITHDRAWN,
	Asked,
	Wrong,
)
from smooth_lms_hr.training.status import COMPLETED
from smooth_lms_hr.training.status import OPEN as OPEN_STATUSES

MAX_AT_ONCE = 500
# More than anybody has to ask about, and few enough to be read.
MAX_A_DAY = 50
OF_ASSIGNMENT = ("name", "member", "member_name", "employee", "employee_name", "course", "course_title")


def make(assignment: str, asked: Asked, reason: str, file: str | None) -> str:
	"""Ask about an own assignment, and return the name of the request; see ``api.request_training``."""
	return retry_request(lambda: _make(assignment, asked, reason, file))


def withdraw(request: str) -> None:
	"""Take an own request back; see ``api.withdraw_request``."""
	retry_request(lambda: _withdraw(request))


def answer(
	requests: Sequence[str], grant: bool, words: str | None, due_date: date | None
) -> dict[str, list[dict]]:
	"""Grant or refuse requests, each by itself; see ``api.answer_request``."""
	if not requests:
		frappe.throw(_("No request is named."))
	if len(requests) > MAX_AT_ONCE:
		frappe.throw(
			_("{0} requests are more than {1} at once. Do it in parts.").format(len(requests), MAX_AT_ONCE)
		)
	if not (grant or words):
		frappe.throw(_("A refusal needs an answer."), frappe.MandatoryError)
	if due_date and not grant:
		frappe.throw(_("A due date belongs to an extension that is granted."))
	by_hand.check_due_date(due_date)
	return retry_request(lambda: _answer_each(requests, grant, plain_text(words), due_date))


def may_answer(request) -> bool:
	"""Return whether the session user may answer a request, as far as it is not about their own training.

	:param request: a row with assignment, kind and member
	"""
	return decisions.may_decide(request.assignment) or (request.kind == EXTENSION and _manages_asker(request))


def not_yours(name: str) -> str:
	"""Return what is said of somebody else's request and of none at all."""
	return _("There is no request {0}, or it is not yours.").format(name)


def refuse_second(kind: str, error: type[Exception] = frappe.ValidationError) -> NoReturn:
	"""Say that the same was asked, and is not answered yet."""
	frappe.throw(
		_("You have asked for this already ({0}), and there is no answer yet.").format(_(kind)),
		error,
		title=_("Asked Already"),
	)


def chunks_of_overtaken(size: int) -> Iterator[list[str]]:
	"""Yield the assignments that are settled and have open requests nevertheless, in chunks.

	:param size: how many at most in one
	"""
	request, assignment = frappe.qb.DocType(REQUEST), frappe.qb.DocType(ASSIGNMENT)
	after = ""
	while names := (
		frappe.qb.from_(request)
		.inner_join(assignment)
		.on(assignment.name == request.assignment)
		.select(assignment.name)
		.distinct()
		.where((request.status == OPEN) & assignment.status.notin(OPEN_STATUSES) & (assignment.name > after))
		.orderby(assignment.name)
		.limit(size)
		.run(pluck=True)
	):
		yield names
		after = names[-1]


def close_overtaken(names: Collection[str], today: date) -> dict[str, int]:
	"""Close what is still open of assignments that are settled: something wrote these past us.

	:param names: of assignments
	:param today: for the daily run, which tells it to all that it does
	:return: {"requests_closed"}
	"""
	settled = {
		row.name: row.status for row in assignments.lock(names).values() if row.status not in OPEN_STATUSES
	}
	closed = open_requests.close(settled)
	return {"requests_closed": closed} if closed else {}


def _make(name: str, asked: Asked, reason: str, file: str | None) -> str:
	user = frappe.session.user
	# Asked before the row is locked: nobody holds up what is not theirs.
	row = frappe.db.get_value(ASSIGNMENT, {"name": name, "member": user}, OF_ASSIGNMENT, as_dict=True)
	if not row:
		frappe.throw(decisions.not_yours(escape_html(name)))
	locked = assignments.lock([name])[name]
	decisions.refuse_settled(locked)
	_refuse_wrong(asked, locked)
	_refuse_many(user)
	key = f"{name}/{asked.kind}"
	if frappe.db.exists(REQUEST, {"open_key": key}):
		refuse_second(asked.kind)
	about = {**vars(asked), "assignment": row.pop("name"), **row, "reason": reason}
	doc = _by_rule(frappe.get_doc({"doctype": REQUEST, **about, "status": OPEN, "open_key": key}))
	doc.set_new_name()
	if file:
		# Attached first: Frappe looks for whatever has the same address, and would take another person's.
		doc.file = attachments.attach_own(file, REQUEST, doc.name, "file")
	doc.insert(ignore_permissions=True)
	events.write(
		[
			events.make(
				locked,
				events.REQUESTED,
				after=asked.kind,
				reason=doc.reason,
				cause_doctype=REQUEST,
				cause=doc.name,
			)
		]
	)
	_tell(doc.name)
	return doc.name


def _refuse_wrong(asked: Asked, owed: frappe._dict) -> None:
	"""
	:param owed: the assignment
	:raises frappe.ValidationError: for dates that make no sense
	"""
	due_date, last = getdate(owed.due_date), _last_completed(owed)
	if wrong := rules.wrong_with(asked, due_date, getdate(), last):
		frappe.throw(_in_words(wrong, asked, due_date, last), title=_("Dates"))
	if asked.kind == EXTENSION:
		by_hand.check_due_date(asked.wanted_date)
	elif asked.kind == EXEMPTION:
		decisions.check_waiver(asked.wanted_date)


def _last_completed(owed: frappe._dict) -> date | None:
	"""Return the day on which a person has completed a course the last time, None for never."""
	held = facts.held_assignments([owed.member], [owed.course])[owed.member, owed.course]
	days = [one.settled_on for one in held if one.status == COMPLETED and one.settled_on]
	return max(days, default=None)


def _in_words(wrong: Wrong, asked: Asked, due_date: date, last: date | None) -> str:
	match wrong:
		case Wrong.NO_WANTED_DATE:
			return _("A new due date is required (wanted_date).")
		case Wrong.NOT_LATER:
			return _("wanted_date {0} is not later than the due date {1}.").format(
				formatdate(asked.wanted_date), formatdate(due_date)
			)
		case Wrong.NOT_WANTED:
			return _("wanted_date is not for what was done elsewhere.")
		case Wrong.NO_DAY:
			return _("The day on which it was completed is required (completed_on).")
		case Wrong.NOT_DONE_YET:
			return _("completed_on {0} is in the future.").format(formatdate(asked.completed_on))
		case Wrong.COUNTED_ALREADY:
			return _(
				"completed_on {0} is not later than the last completion on {1}: that counted already."
			).format(formatdate(asked.completed_on), formatdate(last))
		case Wrong.ENDS_BEFORE:
			return _("valid_until {0} is before completed_on {1}.").format(
				formatdate(asked.valid_until), formatdate(asked.completed_on)
			)
	return _("completed_on and valid_until are for what was done elsewhere.")


def _refuse_many(user: str) -> None:
	if frappe.db.count(REQUEST, {"member": user, "creation": (">=", str(getdate()))}) >= MAX_A_DAY:
		frappe.throw(_("You have asked {0} times today. Ask again tomorrow.").format(MAX_A_DAY))


def _withdraw(name: str) -> None:
	assignment = frappe.db.get_value(REQUEST, {"name": name, "member": frappe.session.user}, "assignment")
	if not assignment:
		frappe.throw(not_yours(escape_html(name)))
	# In the order in which everybody locks: the assignment, then what is about it.
	assignments.lock([assignment])
	doc = _lock_open(name)
	_settle(doc, WITHDRAWN, None)


def _answer_each(
	names: Sequence[str], grant: bool, words: str | None, due_date: date | None
) -> dict[str, list[dict]]:
	result = {"done": [], "failed": []}
	rows = {
		row.name: row
		for row in frappe.get_all(
			REQUEST,
			{"name": ("in", list(names))},
			["name", "assignment", "kind", "member"],
			order_by="assignment, name",
		)
	}
	# All take their locks in one order: two who answer the same ones wait, and neither loses.
	for name in [*rows, *(name for name in names if name not in rows)]:
		row = rows.get(name)
		if not row or not may_answer(row):
			result["failed"].append({"name": name, "message": not_yours(name)})
			continue
		with attempt(_("Answering {0} failed").format(name), REQUEST, name, quiet=REFUSALS) as answering:
			said = _answer(row, grant, words, due_date)
		if answering.error:
			result["failed"].append({"name": name, "message": answering.words})
		else:
			result["done"].append({"name": name, "message": said})
	return result


def _answer(row, grant: bool, words: str | None, due_date: date | None) -> str:
	assignment = frappe.get_doc(ASSIGNMENT, row.assignment, for_update=True)
	request = _lock_open(row.name)
	decisions.refuse_settled(assignment)
	decisions.refuse_own(assignment)
	# Before what follows from it: that would close whatever is open.
	_settle(request, GRANTED if grant else REFUSED, words)
	said = _("Refused.")
	if grant:
		reason = words or request.reason
		said = _grant(request, assignment, reason, due_date)
		assignment.save_by_rule(reason, cause=request)
	_tell(request.name)
	return said


def _grant(request, assignment, reason: str, due_date: date | None) -> str:
	if due_date and request.kind != EXTENSION:
		frappe.throw(_("A due date belongs to an extension: this is about something else."))
	if request.kind == EXTENSION:
		due_date = due_date or getdate(request.wanted_date)
		if due_date <= getdate(assignment.due_date):
			frappe.throw(
				_("An extension ends later: it is due on {0} already.").format(
					formatdate(assignment.due_date)
				)
			)
		return decisions.put_due_date(assignment, due_date)
	if request.kind == EXEMPTION:
		until = getdate(request.wanted_date) if request.wanted_date else None
		decisions.check_waiver(until)
		return decisions.put_waiver(assignment, reason, until)
	assignment.complete(getdate(request.completed_on))
	if request.valid_until:
		assignment.update(completions.valid(getdate(request.valid_until)))
	return _("Completed on {0}.").format(formatdate(request.completed_on))


def _manages_asker(request) -> bool:
	user = frappe.session.user
	if not get_settings().managers_answer_extensions or request.member == user:
		return False
	employee = frappe.db.get_value(ASSIGNMENT, request.assignment, "employee")
	return bool(employee) and manages(user, employee)


def _lock_open(name: str):
	"""Return a request that waits for its answer, locked.

	:raises frappe.ValidationError: where somebody was faster
	"""
	doc = frappe.get_doc(REQUEST, name, for_update=True)
	if doc.status == WITHDRAWN:
		frappe.throw(_("It was withdrawn on {0}.").format(_moment(doc)))
	if doc.status != OPEN:
		frappe.throw(
			_("{0} has answered it on {1}: {2}.").format(
				frappe.utils.get_fullname(doc.decided_by), _moment(doc), _(doc.status)
			)
		)
	return doc


def _moment(doc) -> str:
	return formatdate(get_datetime(doc.decided_on).date())


def _settle(doc, status: str, words: str | None) -> None:
	doc.update(
		{
			"status": status,
			"answer": words,
			"decided_by": frappe.session.user,
			"decided_on": now_datetime(),
			"open_key": None,
		}
	)
	_by_rule(doc).save(ignore_permissions=True)
	events.write([open_requests.event_of(doc, status, reason=words)])


def _by_rule(doc):
	"""Return a request that may be saved: its course or employee may be gone, which does not make it less true."""
	doc.flags.update(saved_by_rule=True, ignore_links=True)
	return doc


def _tell(name: str) -> None:
	"""Let those hear of it who are to, once it is committed. Where the queue does not answer, the daily run tells them."""
	jobs.enqueue_after_commit(
		"smooth_lms_hr.telling.of_requests.tell",
		job_id=f"smooth_lms_hr_request_{name}_{frappe.generate_hash(length=6)}",
		requests=[name],
	)
