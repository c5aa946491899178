"""The code by which somebody signs who has no password here, by mail to nobody but them."""

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.following import signing
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.telling import collect, email_templates, mails


def send(name: str) -> str:
	"""Mail the session user a new code for an assignment, and return the address; see ``api.request_signing_code``."""
	code = signing.new_code(name)
	if not mails.can_send():
		frappe.throw(_("No mail can be sent from here: tell your administrator."))
	(row,) = collect.assignments({"name": name})
	address = frappe.db.get_value("User", row.member, "email")
	queued = mails.queue(email_templates.SIGNING_CODE, row.member, [row], getdate(), code=code)
	if not queued:
		frappe.throw(_("No mail can be sent to {0}.").format(address))
	# Somebody waits for it. Where the queue does not answer, it goes out with the others.
	jobs.enqueue_after_commit(
		"frappe.utils.background_jobs.run_doc_method",
		job_id=f"smooth_lms_hr_code_{queued}",
		doctype="Email Queue",
		name=queued,
		doc_method="send",
	)
	return address
