"""Makes training events and their results, as HR enters them in Frappe HR."""

from collections.abc import Mapping

import frappe

from tests.site.factory.people import company, unique


def training_event(attendance: Mapping[str, str], submit: bool = True, **fields):
	"""Return a submitted Training Event of a morning and an afternoon in November, completed unless told otherwise.

	:param attendance: Present or Absent, by Employee
	"""
	doc = frappe.get_doc(
		{
			"doctype": "Training Event",
			"event_name": unique("First Aid"),
			"event_status": "Completed",
			"type": "Workshop",
			"company": company(),
			"trainer_name": "Ada",
			"location": "Room 7",
			"start_time": "2026-11-16 09:00:00",
			"end_time": "2026-11-16 17:00:00",
			"introduction": "What it is about",
			"employees": [{"employee": name, "attendance": said} for name, said in attendance.items()],
			**fields,
		}
	).insert()
	if submit:
		doc.submit()
	return doc


def training_result(event: str, hours: Mapping[str, float], grade: str = "A"):
	"""Return a submitted Training Result.

	:param hours: by Employee
	"""
	doc = frappe.get_doc(
		{
			"doctype": "Training Result",
			"training_event": event,
			"employees": [
				{"employee": name, "hours": count, "grade": grade} for name, count in hours.items()
			],
		}
	).insert()
	doc.submit()
	return doc
