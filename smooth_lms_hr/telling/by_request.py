"""Mails that somebody asks for: a reminder right now, and a sample of one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.assigning.assignments import count_reminders, lock
from smooth_lms_hr.following.decisions import may_decide, not_yours, refuse_too_many
from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import ASKED, Notice
from smooth_lms_hr.sources import people, words
from smooth_lms_hr.sources.attempts import REFUSALS, attempt, retry_request
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.reporting_lines import manages
from smooth_lms_hr.telling import collect, email_templates, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.ladder import MEMBER
from smooth_lms_hr.training.status import OPEN


def remind(names: Sequence[str]) -> dict[str, list[dict]]:
	"""Remind the members of open assignments now, one mail each; see ``api.send_reminder``."""
	refuse_too_many(names)
	return retry_request(lambda: _remind(names))


def send_sample(user: str) -> str:
	"""Send somebody a reminder about a course that does not exist, and return the address that it went to.

	:raises frappe.ValidationError: where there is no outgoing e-mail account
	"""
	if not mails.can_send():
		frappe.throw(_("There is no outgoing e-mail account: set a default one under Email Account."))
	today = getdate()
	sample = frappe._dict(
		dict.fromkeys(collect.FIELDS), name="", course="sample", course_title=_("Sample course"), progress=40
	)
	sample.due_date = today + timedelta(days=collect.DUE_SOON_DAYS)
	mails.queue(email_templates.REMINDER, user, [sample], today)
	return frappe.db.get_value("User", user, "email")


def preview(names: Sequence[str]) -> dict[str, list]:
	"""Return whom ``remind`` would remind of what, and why of the others not. Writes nothing.

	:param names: of assignments that the session user may see
	:return: {"people" (rows of name, assignments and the courses that they are of, titles), "left_out" (rows of name and
	        message, as of ``remind``)}
	"""
	by_member, left_out = _sorted_out(names, getdate())
	return {
		"people": [
			{
				"name": _name_of(own[0]),
				"assignments": [row.name for row in own],
				"courses": [row.course_title or row.course for row in own],
			}
			for own in by_member.values()
		],
		"left_out": left_out,
	}


def _remind(names: Sequence[str]) -> dict[str, list[dict]]:
	today = getdate()
	by_member, left_out = _sorted_out(names, today)
	result = {"done": [], "failed": left_out}
	bells = Bells(by_member)
	for member, own in by_member.items():
		reminded: list[str] = []
		with attempt(_("Reminding {0} failed").format(member), "User", member, quiet=REFUSALS) as telling:
			reminded = _remind_member(own, today, bells)
		for row in own:
			if row.name in reminded:
				message = _("{0} was reminded.").format(_name_of(row))
				result["done"].append({"name": row.name, "message": message})
			else:
				why_not = telling.words if telling.error else _reminded_already(row)
				result["failed"].append({"name": row.name, "message": why_not})
	bells.ring()
	return result


def _sorted_out(names: Sequence[str], today: date) -> tuple[dict[str, list[frappe._dict]], list[dict]]:
	"""Return the assignments that somebody can be reminded of, by member, and of the others the name and why not."""
	rows = {row.name: row for row in collect.assignments({"name": ("in", list(names))})}
	said = ledger.said_of(names)
	_found, problems = people.by_user({row.member for row in rows.values()})
	by_member, left_out = defaultdict(list), []
	for name in names:
		row = rows.get(name)
		if why_not := _no_reminder(name, row, problems, said, today):
			left_out.append({"name": name, "message": why_not})
		else:
			by_member[row.member].append(row)
	return by_member, left_out


def _remind_member(rows: Sequence[frappe._dict], today: date, bells: Bells) -> list[str]:
	"""Remind one member, and return of which assignments: of the others somebody else has, at the same moment."""
	# The assignments are locked, as by whoever writes a word about them, and not what was said: rows that are not there
	# yet cannot be locked without locking those beside them.
	current = lock([row.name for row in rows])
	rows = [row for row in rows if current[row.name].last_reminded_on == row.last_reminded_on]
	if rows:
		notices = [_asked(row, today) for row in rows]
		count_reminders([row.name for row in rows])
		# After everything that may fail: what waits at the bells is not taken back.
		send.to_member(rows, notices, today, email_templates.REMINDER, Report(), mails.can_send(), bells)
	return [row.name for row in rows]


def _asked(row, today: date) -> Notice:
	return Notice(row.name, ASKED, row.due_date, MEMBER, row.member, today)


def _name_of(row) -> str:
	return plain_text(row.employee_name or row.member_name or row.member)


def _reminded_already(row) -> str:
	return _("{0} was reminded today already.").format(_name_of(row))


def _no_reminder(name: str, row, problems: dict, said: dict, today: date) -> str | None:
	if not row or not (may_decide(name) or (row.employee and manages(frappe.session.user, row.employee))):
		return not_yours(name)
	if row.status not in OPEN:
		return _("It is {0}: nothing is owed.").format(_(row.status).lower())
	if problem := problems.get(row.member):
		return words.describe_problem(problem, _name_of(row))
	if _asked(row, today) in said[name]:
		return _reminded_already(row)
	return None
