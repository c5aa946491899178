"""The Email Templates that the app's mails are made of: HR may edit them, and what HR wrote is never overwritten."""

from dataclasses import dataclass

import frappe

DOCTYPE = "Email Template"


@dataclass(frozen=True)
class Default:
	name: str
	subject: str
	file: str

	@property
	def response(self) -> str:
		with open(
			frappe.get_app_path("smooth_lms_hr", "templates", "emails", self.file), encoding="utf-8"
		) as file:
			return file.read()


# Subjects hold 140 characters. ``what`` is the title of the course, or how many courses it is about.
ASSIGNED = Default("Training Assigned", '{{ _("Training: {0}").format(what) }}', "training_assigned.html")
REMINDER = Default(
	"Training Reminder", '{{ _("Training Reminder: {0}").format(what) }}', "training_reminder.html"
)
TEAM = Default(
	"Team Training Digest",
	'{{ _("Training of your team: {0} overdue, {1} due soon").format(late, rows | length - late) }}',
	"training_digest.html",
)
HR = Default(
	"HR Training Digest",
	'{{ _("Overdue training: {0} to follow up").format(rows | length) }}',
	"training_digest.html",
)
DEFAULTS = (ASSIGNED, REMINDER, TEAM, HR)


def add() -> None:
	for default in DEFAULTS:
		if not frappe.db.exists(DOCTYPE, default.name):
			frappe.get_doc(
				{
					"doctype": DOCTYPE,
					"name": default.name,
					"subject": default.subject,
					"use_html": 1,
					"response_html": default.response,
				}
			).insert(ignore_permissions=True)


def remove() -> None:
	for default in DEFAULTS:
		frappe.delete_doc(DOCTYPE, default.name, force=True, ignore_missing=True)
