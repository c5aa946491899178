"""What people decide about an assignment: another due date, a waiver, a reminder right now. Each with its trail."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate, now_datetime

from smooth_lms_hr.services import ledger, people, reminders, words
from smooth_lms_hr.services.attempts import attempt
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.managers import manages
from smooth_lms_hr.training.ladder import MEMBER
from smooth_lms_hr.training.status import OPEN, WAIVED

MAX_AT_ONCE = 500


def extend(names: Sequence[str], due_date: date, reason: str) -> dict[str, list[dict]]:
	"""Move the due date of open assignments; see ``api.extend_due_date``."""

	def decide(doc) -> str:
		before = getdate(doc.due_date)
		if due_date == before:
			frappe.throw(_("It is due on {0} already.").format(formatdate(due_date)))
		doc.due_date = due_date
		doc.follow_due_date()
		return _("Due date moved from {0} to {1}: {2}").format(
			formatdate(before), formatdate(due_date), reason
		)

	return _for_each(names, reason, decide)


def waive(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Excuse people from what they owe; see ``api.waive``."""

	def decide(doc) -> str:
		doc.status, doc.waiver_reason = WAIVED, reason
		doc.waived_by, doc.waived_on = frappe.session.user, now_datetime()
		return _("Waived: {0}").format(reason)

	return _for_each(names, reason, decide)


def remind(names: Sequence[str]) -> dict[str, list[dict]]:
	"""Remind the members of open assignments now, one mail each; see ``api.send_reminder``."""
	_refuse_too_many(names)
	result = {"done": [], "failed": []}
	today = getdate()
	rows = {row.name: row for row in reminders.rows_of(names)}
	said = ledger.said_of(names)
	_found, problems = people.by_user({row.member for row in rows.values()})
	by_member = defaultdict(list)
	for name in names:
		row = rows.get(name)
		if why_not := _no_reminder(name, row, problems, said, today):
			result["failed"].append({"name": name, "message": why_not})
		else:
			by_member[row.member].append(row)
	for member, member_rows in by_member.items():
		with attempt(_("Reminding {0} failed").format(member), "User", member) as telling:
			reminders.remind_now(member_rows, today)
		message = telling.words if telling.error else _("{0} was reminded.").format(member)
		result["failed" if telling.error else "done"] += [
			{"name": row.name, "message": message} for row in member_rows
		]
	return result


def _no_reminder(name: str, row, problems: dict, said: dict, today: date) -> str | None:
	# Somebody else's assignment and none at all look the same to who may see neither.
	if not row or not (
		frappe.has_permission(ASSIGNMENT, "write", doc=name)
		or (row.employee and manages(frappe.session.user, row.employee))
	):
		return _("There is no assignment {0}, or it is not yours to remind of.").format(name)
	if row.status not in OPEN:
		return _("It is {0}: nothing is owed.").format(_(row.status).lower())
	if problem := problems.get(row.member):
		return words.problem(problem, row.member)
	if (f"asked {today}", row.due_date, MEMBER) in said[name]:
		return _("{0} was reminded today already.").format(row.member)
	return None


def _for_each(names: Sequence[str], reason: str, decide: Callable) -> dict[str, list[dict]]:
	"""Apply a decision to each assignment by itself, and report per row.

	:param decide: changes the document and returns what to write in its timeline
	"""
	_refuse_too_many(names)
	if not (reason or "").strip():
		frappe.throw(_("Say why: a reason is required."), frappe.MandatoryError)
	result = {"done": [], "failed": []}
	for name in names:
		with attempt(_("Deciding on {0} failed").format(name), ASSIGNMENT, name, log=False) as deciding:
			doc = frappe.get_doc(ASSIGNMENT, name, for_update=True)
			doc.check_permission("write")
			if doc.status not in OPEN:
				frappe.throw(_("It is {0}: nothing is owed.").format(_(doc.status).lower()))
			said = decide(doc)
			doc.save_by_rule()
			doc.add_comment("Info", escape_html(said))
		if deciding.error:
			result["failed"].append({"name": name, "message": deciding.words})
		else:
			result["done"].append({"name": name, "message": said})
	return result


def _refuse_too_many(names: Sequence[str]) -> None:
	if not names:
		frappe.throw(_("No assignment is named."))
	if len(names) > MAX_AT_ONCE:
		frappe.throw(
			_("{0} assignments are more than {1} at once. Do it in parts.").format(len(names), MAX_AT_ONCE)
		)
