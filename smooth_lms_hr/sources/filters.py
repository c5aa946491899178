"""What a report or a page is asked to be narrowed to: checked once, for all of them.

What names a record is refused where there is none, in the same words as where it is closed to whoever asks.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from smooth_lms_hr.sources import people, visibility, words
from smooth_lms_hr.sources.validation import Day, Name, check_of, refuse

RECORDS = {
	"company": "Company",
	"department": "Department",
	"course": "LMS Course",
	"employee": "Employee",
	"user": "User",
}
DAYS = ("from_date", "to_date")


def check(given: Any, *names: str, **kinds: type) -> frappe._dict:
	"""Return the filters that somebody gave, those of them that there are; the others are left out.

	:param given: by name, as it came from the browser
	:param names: of RECORDS and DAYS
	:param kinds: further ones, by name, each with a type of ``sources.validation``
	:raises frappe.ValidationError: naming a filter that makes no sense
	"""
	if not isinstance(given or {}, dict):
		refuse(_("{0} has to be an object.").format("filters"))
	kinds = {name: Name if name in RECORDS else Day for name in names} | kinds
	found = frappe._dict()
	for name, kind in kinds.items():
		value = (given or {}).get(name)
		if value in (None, "") or (value := check_of(kind)(name, value)) is None:
			continue
		if name in RECORDS:
			refuse_missing(RECORDS[name], value)
		found[name] = value
	if found.from_date and found.to_date and found.from_date > found.to_date:
		refuse(_("The first day is after the last one."))
	return found


def refuse_missing(doctype: str, name: str) -> None:
	"""Check a record that somebody names.

	:raises frappe.ValidationError: where there is none of that name, as far as the session user may know
	"""
	user, shown = frappe.session.user, frappe.bold(escape_html(name))
	if doctype == "Employee":
		_found, problems = people.by_employee([name], user)
		if problems.get(name) is people.Problem.NO_EMPLOYEE:
			refuse(words.describe_problem(people.Problem.NO_EMPLOYEE, shown))
	elif not visibility.is_there(doctype, name, user):
		refuse(_("There is no {0} {1}, or it is not yours.").format(_(doctype), shown))
