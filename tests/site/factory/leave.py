"""Makes leaves, as HR enters them, and lists of holidays."""

from datetime import date

import frappe
from frappe.utils import getdate

from tests.site.factory.people import company, named, unique


def new_leave(employee, first: date, last: date, **fields):
	"""Return a Leave Application, approved unless told otherwise and not inserted yet, for which the days are there."""
	return frappe.get_doc(
		{
			"doctype": "Leave Application",
			"naming_series": "HR-LAP-.YYYY.-",
			"employee": employee.name,
			"leave_type": _allocate(employee),
			"from_date": first,
			"to_date": last,
			"status": "Approved",
			"posting_date": getdate(),
			"company": employee.company,
			**fields,
		}
	)


def leave(employee, first: date, last: date, **fields):
	"""Return a Leave Application that whoever is at work has submitted."""
	doc = new_leave(employee, first, last, **fields).insert()
	doc.submit()
	return doc


def amended(leave, **fields):
	"""Return a Leave Application that is submitted in place of a cancelled one, as the desk's button makes it."""
	doc = frappe.copy_doc(leave)
	doc.update({"amended_from": leave.name, "docstatus": 0, "status": "Approved", **fields})
	doc.insert()
	doc.submit()
	return doc


def days_off(*days: date) -> str:
	"""Return a new Holiday List with these days."""
	return (
		frappe.get_doc(
			{
				"doctype": "Holiday List",
				"holiday_list_name": unique("Days Off"),
				"from_date": "2026-01-01",
				"to_date": "2028-12-31",
				"holidays": [{"holiday_date": day, "description": "Day off"} for day in days],
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def _allocate(employee) -> str | None:
	"""Return a Leave Type of which an employee has days to take, where Frappe HR itself counts them."""
	if not frappe.db.exists("DocType", "Leave Allocation"):
		return None
	leave_type = named(
		"Leave Type",
		"leave_type_name",
		"Training Test Leave",
		include_holiday=1,
		max_continuous_days_allowed=0,
	)
	key = {"employee": employee.name, "leave_type": leave_type, "docstatus": 1}
	if not frappe.db.exists("Leave Allocation", key):
		frappe.get_doc(
			{
				"doctype": "Leave Allocation",
				"employee": employee.name,
				"company": employee.company or company(),
				"leave_type": leave_type,
				"from_date": "2026-01-01",
				"to_date": "2028-12-31",
				"new_leaves_allocated": 900,
			}
		).insert().submit()
	return leave_type
