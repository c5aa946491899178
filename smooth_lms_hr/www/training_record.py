"""/training-record: all that is on record of one person, to read, to print and to save as PDF."""

import frappe
from frappe import _

from smooth_lms_hr import __version__
from smooth_lms_hr.showing import pages, person
from smooth_lms_hr.sources.validation import MAX_NAME
from smooth_lms_hr.www.my_training import send_guests_to_login

no_cache = 1
sitemap = 0


def get_context(context):
	send_guests_to_login()
	found = person.page(_name("employee"), _name("user"))
	if not found:
		# The same where there is nobody of that name, and where they are not for these eyes.
		pages.not_there()
	frame = pages.frame(pages.RECORD, _("Training record"))
	on_desk = frappe.session.data.user_type == "System User" and frappe.has_permission("Employee", "read")
	context.update(found)
	context.update(
		version=__version__,
		navigation=frame["navigation"],
		desk=found["desk"] if on_desk and not found["own"] else None,
	)


def _name(parameter: str) -> str | None:
	given = frappe.form_dict.get(parameter)
	return given.strip()[:MAX_NAME] or None if isinstance(given, str) else None
