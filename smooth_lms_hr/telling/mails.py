"""Puts a mail into Frappe's own queue, from a template that HR can edit, in the language of who reads it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.translate import print_language
from frappe.utils import escape_html, flt, formatdate, get_url

from smooth_lms_hr.sources import identity, learning
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.telling.email_templates import DOCTYPE, Default
from smooth_lms_hr.training.status import AWAITING_SIGNATURE


def can_send() -> bool:
	"""Return whether there is an account to send mail from."""
	return bool(frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}))


@contextmanager
def in_language_of(user: str) -> Iterator[None]:
	"""Translate what is said inside into the language that a user reads."""
	with print_language(frappe.db.get_value("User", user, "language") or frappe.local.lang):
		yield


def queue(
	default: Default,
	user: str,
	rows: Sequence[dict],
	today,
	overview: str = "/my-training",
	more: int = 0,
	late: int | None = None,
	request: dict | None = None,
	code: str | None = None,
) -> str | None:
	"""Queue one mail about some assignments.

	:param default: which template; where HR has deleted it, the text that the app came with
	:param user: who is to read it, by name of the User
	:param rows: assignments as dicts of name, course, course_title, employee_name, member_name, due_date, progress,
	        status and reason
	:param today: the day to count from, in the site's time zone
	:param overview: the path or address that the mail's last link leads to
	:param more: how many assignments the mail is about beyond these
	:param late: how many of all of them are late, None where these are all
	:param request: what a learner has asked about the only one of them, and the answer; see ``of_requests``
	:param code: by which the reader signs the only one of them
	:return: the Email Queue record, None where Frappe queued none (an address that has unsubscribed)
	"""
	reader = frappe.db.get_value("User", user, ["email", "first_name"], as_dict=True)
	with in_language_of(user):
		values = _values(reader, rows, today, overview, more, late)
		if request:
			values["request"] = request
		if code:
			values |= {"code": code, "minutes": identity.CODE_COUNTS // 60}
		subject, message = _render(default, values)
	queued = frappe.sendmail(
		recipients=[reader.email],
		sender=get_settings().sender,
		# Frappe makes it the title of the page that the mail is, as it comes.
		subject=plain_text(" ".join(subject.split())),
		message=message,
		reference_doctype=ASSIGNMENT,
		reference_name=rows[0]["name"],
		add_unsubscribe_link=0,
	)
	return queued.name if queued else None


class Listed(list):
	"""The first rows of many. It counts as all of them, since that is what HR's own text asks it for."""

	def __init__(self, rows: Iterable[dict], total: int):
		super().__init__(rows)
		self.total = total

	def __len__(self) -> int:
		return self.total


def _values(reader, rows: Sequence[dict], today, overview: str, more: int, late: int | None) -> dict:
	shown = [
		{
			"course_title": row["course_title"] or row["course"],
			"employee_name": row["employee_name"] or row["member_name"] or "",
			"due_date": formatdate(row["due_date"]),
			"when": due_in_words((row["due_date"] - today).days),
			"late": row["due_date"] < today,
			"progress": _("to be signed") if _is_to_sign(row) else f"{flt(row['progress']):.0f} %",
			"reason": row["reason"] or "",
			# Where it is signed, once there is nothing left to learn.
			"url": get_url("/my-training" if _is_to_sign(row) else learning.course_url(row["course"])),
		}
		for row in rows
	]
	late = sum(row["late"] for row in shown) if late is None else late
	if more:
		# Whatever the text makes of a row.
		others = dict.fromkeys(shown[0], "") | {"late": False, "url": get_url(overview)}
		shown = Listed([*shown, others | {"employee_name": _("and {0} more").format(more)}], len(rows) + more)
	return {
		"first_name": reader.first_name or reader.email,
		"rows": shown,
		"what": shown[0]["course_title"] if len(shown) == 1 else _("{0} courses").format(len(shown)),
		"late": late,
		"my_training_url": get_url("/my-training"),
		"overview_url": get_url(overview),
	}


def _is_to_sign(row: dict) -> bool:
	return row["status"] == AWAITING_SIGNATURE


def _render(default: Default, values: dict) -> tuple[str, str]:
	subject, response = default.subject, default.response
	if frappe.db.exists(DOCTYPE, default.name):
		template = frappe.get_cached_doc(DOCTYPE, default.name)
		subject, response = template.subject, template.response_
	# A course's title is text in the subject line and has to be text in the HTML as well, also where HR edited it.
	return frappe.render_template(subject, values), frappe.render_template(response, _escaped(values))


def _escaped(value):
	if isinstance(value, dict):
		return {key: _escaped(each) for key, each in value.items()}
	if isinstance(value, Listed):
		return Listed(map(_escaped, value), value.total)
	if isinstance(value, list):
		return [_escaped(each) for each in value]
	return escape_html(value) if isinstance(value, str) else value
