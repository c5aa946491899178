"""What the forms of other apps' records say about training: their connections, and what counts as open there."""

from frappe import _

from smooth_lms_hr.sources.names import ASSIGNMENT, COMPLIANCE, DOCUMENT, EVIDENCE, TRAINING_EVENT
from smooth_lms_hr.training.status import OVERDUE


def employee(data):
	"""Add assignments, evidence, documents and what they have to hold to the connections of an Employee."""
	return _with_training(data, "employee", COMPLIANCE, DOCUMENT)


def course(data):
	"""Add assignments and evidence to the connections of an LMS Course."""
	return _with_training(data, "course")


def training_event(data):
	"""Add the evidence of who was present to the connections of a Training Event."""
	# It names the event as what it rests on, which may be a record of any kind.
	data.setdefault("non_standard_fieldnames", {})[EVIDENCE] = "cause"
	data.setdefault("dynamic_links", {})["cause"] = [TRAINING_EVENT, "cause_doctype"]
	data.setdefault("transactions", []).append({"label": _("Mandatory Training"), "items": [EVIDENCE]})
	return data


def notification_config() -> dict:
	"""Return what Frappe counts in red before a connection's total: what is overdue."""
	return {"for_doctype": {ASSIGNMENT: {"status": OVERDUE}}}


def _with_training(data, fieldname: str, *others: str):
	items = [ASSIGNMENT, EVIDENCE, *others]
	# Frappe asks for the counts only where there is a field to count by.
	data.setdefault("fieldname", fieldname)
	data.setdefault("non_standard_fieldnames", {}).update(dict.fromkeys(items, fieldname))
	data.setdefault("transactions", []).insert(0, {"label": _("Mandatory Training"), "items": items})
	return data
