"""What Frappe's own records tell the app: requests of people to have what is personal of them deleted."""

from frappe import _

from smooth_lms_hr.following import deletion_requests
from smooth_lms_hr.following.erasing import OnHold
from smooth_lms_hr.sources.attempts import attempt


def keep_deletion_request_waiting(doc, method=None):
	"""Personal Data Deletion Request validate: a hold keeps it from being granted, and Frappe from redacting anything."""
	deletion_requests.keep_waiting(doc)


def on_deletion_request_update(doc, method=None):
	deletion_requests.note_waiting(doc)


def refuse_deletion_on_hold(doc, method=None):
	"""Personal Data Deletion Request trigger_data_deletion: what its button has done so far is undone with it."""
	deletion_requests.refuse(doc.email)


def on_deletion_request_change(doc, method=None):
	"""Personal Data Deletion Request on_change: Frappe has redacted what is its own, and the user has another name."""
	if doc.status == deletion_requests.DELETED:
		# The daily run makes up for it.
		with attempt(
			_("Erasing what {0} is about failed").format(doc.name), doc.doctype, doc.name, quiet=(OnHold,)
		):
			deletion_requests.erase(doc.name)
