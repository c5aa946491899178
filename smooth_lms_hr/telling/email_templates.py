"""The Email Templates that the app's mails are made of: HR may edit them, and what HR wrote is never overwritten."""

from dataclasses import dataclass

import frappe
from frappe import _

DOCTYPE = "Email Template"


@dataclass(frozen=True)
class Default:
	"""
	:param file: of templates/emails, without its ending: .html is the mail, .txt the text beside it
	:param brings_calendar: what it says of due dates is news, for the reader's calendar too
	"""

	name: str
	subject: str
	file: str
	brings_calendar: bool = False

	@property
	def response(self) -> str:
		return self._read("html")

	@property
	def text(self) -> str:
		return self._read("txt")

	@property
	def key(self) -> str:
		return f"{DOCTYPE}/{self.name}"

	@property
	def words(self) -> str:
		return _("The Email Template {0}").format(self.name)

	def add(self) -> bool:
		if frappe.db.exists(DOCTYPE, self.name):
			return False
		frappe.get_doc({"doctype": DOCTYPE, "name": self.name, **self._values()}).insert(
			ignore_permissions=True
		)
		return True

	def is_changed(self) -> bool:
		values = self._values()
		stored = frappe.db.get_value(DOCTYPE, self.name, list(values), as_dict=True)
		return not stored or any(
			(stored[field] or None) != (value or None) for field, value in values.items()
		)

	def restore(self) -> None:
		if not self.add():
			frappe.get_doc(DOCTYPE, self.name).update(self._values()).save(ignore_permissions=True)

	def remove(self) -> None:
		frappe.delete_doc(DOCTYPE, self.name, force=True, delete_permanently=True)

	def _read(self, ending: str) -> str:
		path = frappe.get_app_path("smooth_lms_hr", "templates", "emails", f"{self.file}.{ending}")
		with open(path, encoding="utf-8") as file:
			return file.read()

	def _values(self) -> dict:
		return {"subject": self.subject, "use_html": 1, "response_html": self.response}


# Subjects hold 140 characters. ``what`` is the title of the course, or how many courses it is about.
ASSIGNED = Default(
	"Training Assigned", '{{ _("Training: {0}").format(what) }}', "training_assigned", brings_calendar=True
)
DUE_DATE = Default(
	"Training Due Date",
	'{{ _("New due date: {0}").format(what) }}',
	"training_due_date",
	brings_calendar=True,
)
REMINDER = Default("Training Reminder", '{{ _("Training Reminder: {0}").format(what) }}', "training_reminder")
TEAM = Default(
	"Team Training Digest",
	'{{ _("Training of your team: {0} overdue, {1} due soon").format(late, rows | length - late) }}',
	"training_digest",
)
HR = Default(
	"HR Training Digest",
	'{{ _("Overdue training: {0} to follow up").format(rows | length) }}',
	"training_hr_digest",
)
REQUEST = Default(
	"Training Request", '{{ _("{0} asks about {1}").format(request.asked_by, what) }}', "training_request"
)
ANSWER = Default(
	"Training Request Answer",
	'{{ _("Your request about {0}: {1}").format(what, _(request.status)) }}',
	"training_request_answer",
)
SIGNING_CODE = Default(
	"Training Signing Code", '{{ _("Your code to sign {0}").format(what) }}', "training_signing_code"
)
TEMPLATES = (ASSIGNED, DUE_DATE, REMINDER, TEAM, HR, REQUEST, ANSWER, SIGNING_CODE)
