"""Puts a mail into Frappe's own queue, from a template that HR can edit, in the language of who reads it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.email.queue import get_unsubcribed_url
from frappe.translate import print_language

from smooth_lms_hr.sources import identity
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.telling import calendar
from smooth_lms_hr.telling.email_templates import DOCTYPE, Default
from smooth_lms_hr.telling.mail_values import escaped, values_of

UNSUBSCRIBE = "/api/method/frappe.email.queue.unsubscribe"


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
	covers: Callable[[], str] = str,
	is_digest: bool = False,
) -> str | None:
	"""Queue one mail about some assignments.

	:param default: which template; where HR has deleted it, the text that the app came with
	:param user: who is to read it, by name of the User
	:param rows: assignments as dicts of name, member, course, course_title, employee_name, member_name, due_date,
	        progress, status and reason
	:param today: the day to count from, in the site's time zone
	:param overview: the path or address that the mail's button leads to
	:param more: how many assignments the mail is about beyond these
	:param late: how many of all of them are late, None where these are all
	:param request: what a learner has asked about the only one of them, and the answer; see ``of_requests``
	:param code: by which the reader signs the only one of them
	:param covers: says whose training it is about to who reads of others'; is called in the reader's language
	:param is_digest: it comes again and again and asks for nothing: the reader may do without it
	:return: the Email Queue record, None where Frappe queued none (an address that has unsubscribed)
	"""
	reader = frappe.db.get_value("User", user, ["email", "first_name"], as_dict=True)
	with in_language_of(user):
		values = values_of(reader, rows, today, overview, more, late, covers())
		if request:
			values["request"] = request
		if code:
			values |= {"code": code, "minutes": identity.CODE_COUNTS // 60}
		subject, message, text = _render(default, values)
		attachments = calendar.attachments(rows) if default.brings_calendar else []
		of_kind = _of_digest(default) if is_digest else _of_assignment(rows[0])
		queued = frappe.sendmail(
			recipients=[reader.email],
			sender=get_settings().sender,
			# Frappe makes it the title of the page that the mail is, as it comes.
			subject=plain_text(" ".join(subject.split())),
			content=message,
			# By a template of its own Frappe takes a text beside the HTML. Of HR's own HTML it makes one itself.
			**({"template": "training_plain", "args": {"text": text}} if text else {}),
			attachments=attachments,
			with_container=True,
			**of_kind,
		)
	if not queued:
		return None
	if is_digest:
		_let_unsubscribe(queued, reader.email)
	return queued.name


def _of_assignment(row: dict) -> dict:
	return {"reference_doctype": ASSIGNMENT, "reference_name": row["name"], "add_unsubscribe_link": 0}


def _of_digest(default: Default) -> dict:
	"""Return how Frappe queues what can be unsubscribed from: whoever does, does of mails of this template."""
	return {
		"reference_doctype": DOCTYPE,
		"reference_name": default.name,
		"unsubscribe_message": _("Unsubscribe"),
		"unsubscribe_method": UNSUBSCRIBE,
	}


def _let_unsubscribe(queued, address: str) -> None:
	"""Let the reader's own programme offer to unsubscribe. Frappe adds no header but those that begin with X-."""
	url = get_unsubcribed_url(queued.reference_doctype, queued.reference_name, address, UNSUBSCRIBE, None)
	queued.db_set("message", f"List-Unsubscribe: <{url}>\r\n{queued.message}", update_modified=False)


def _render(default: Default, values: dict) -> tuple[str, str, str | None]:
	"""Return subject, HTML and text of a mail; no text where HR wrote the HTML: it is to say the same."""
	subject, response = default.subject, default.response
	own = False
	if frappe.db.exists(DOCTYPE, default.name):
		template = frappe.get_cached_doc(DOCTYPE, default.name)
		own = template.response_ != response
		subject, response = template.subject, template.response_
	text = None if own else frappe.render_template(default.text, values)
	return frappe.render_template(subject, values), frappe.render_template(response, escaped(values)), text
