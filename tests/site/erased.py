"""People who have left long ago, and whatever the site still says of them anywhere."""

import frappe

from smooth_lms_hr import daily
from smooth_lms_hr.sources.names import EVENT
from tests.site import factory
from tests.site.conftest import TODAY

OURS = {"module": "Smooth LMS HR", "issingle": 0}
# Where Frappe keeps something about our records.
FRAPPES = (
	"Version", "Comment", "Communication", "Notification Log", "ToDo", "Deleted Document", "File", "Email Queue",
	"DocShare",
)  # fmt: skip
# The first day on which what was kept for seven years after TODAY is kept no longer.
SEVEN_YEARS = 7 * 365 + 3


def retain(mode: str = "On", years: int = 7) -> None:
	frappe.db.set_single_value("LMS Training Settings", {"retention": mode, "retain_years_after_exit": years})


def leave(employee, day=TODAY) -> None:
	user = frappe.session.user
	# ERPNext 16 disables the user of who has left as well, which HR alone may not.
	frappe.set_user("Administrator")
	employee.reload()
	employee.update({"status": "Left", "relieving_date": day})
	employee.save()
	frappe.set_user(user)


def hired_again(member: str, **values):
	"""Return another Employee of somebody who has left: on Frappe 16 their user was disabled."""
	frappe.db.set_value("User", member, "enabled", 1)
	return factory.employee(member, **values)


def run_after(clock, days: int) -> dict:
	"""Return the summary of the daily run so many days later."""
	return daily.run(clock(days))


def said_of(*words: str) -> set[tuple[str, str, str]]:
	"""Return where one of some words stands, as DocType, name and column, in all that is ours or Frappe keeps about it.

	:param words: an address, a name, what somebody has typed
	"""
	found = set()
	for doctype in (*frappe.get_all("DocType", OURS, pluck="name", order_by="name"), *FRAPPES):
		for row in frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True):
			for column, value in row.items():
				is_said = any(word.lower() in str(value).lower() for word in words)
				if is_said and (doctype not in FRAPPES or _is_about_ours(row)):
					found.add((doctype, row.name, column))
	return found


def erased_events() -> list[frappe._dict]:
	return frappe.get_all(EVENT, {"event": "Erased"}, ["*"], order_by="name")


def _is_about_ours(row) -> bool:
	ours = set(frappe.get_all("DocType", OURS, pluck="name", order_by="name"))
	kinds = ("ref_doctype", "reference_doctype", "document_type", "reference_type", "deleted_doctype",
		"attached_to_doctype", "share_doctype")  # fmt: skip
	return any(row.get(kind) in ours for kind in kinds)
