"""A small company at work, for the pictures of README and docs, and who takes them: SCREENSHOTS=1 in the environment.

Take them on a bench of Frappe itself: a theme of somebody else's would be in every one.
"""

import os
from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate

from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.site import factory

only_when_asked_for = pytest.mark.skipif(
	not os.environ.get("SCREENSHOTS"), reason="no pictures were asked for (SCREENSHOTS=1)"
)

COMPANY = "Lakeside Clinic"
NAMES = (
	"Ada Lima", "Omar Haddad", "Grace Okafor", "Jonas Weber", "Mei Tanaka", "Priya Nair", "Lena Fischer",
	"Tomas Novak", "Sara Lindqvist", "Diego Ramos", "Aisha Khan", "Paul Martin",
)  # fmt: skip
UNITS = ("Research", "Sales", "Operations")
# What each of them is about, its colour, and how many days it counts.
COURSES = {
	"Code of Conduct": ("How we treat each other, patients and suppliers", "Blue", 0),
	"Fire Safety": ("Alarms, exits, and who helps whom", "Red", 365),
	"Information Security": ("Passwords, phishing, and what to do when in doubt", "Teal", 730),
	"Data Protection": ("What we may know about people, and for how long", "Violet", 730),
}
LESSONS = 4


def person(name: str, *roles: str, **fields):
	"""Return the employee of somebody who may log in, with a name and an address that one could have."""
	first, last = name.split()
	user = factory.user("Employee", *roles, name=f"{first}@lakeside.example".lower())
	frappe.db.set_value("User", user, {"first_name": first, "last_name": last, "full_name": name})
	# What Frappe remembers of the user that was just made.
	frappe.local.fullnames = {}
	may_log_in(user)
	return factory.employee(user, first_name=first, last_name=last, company=COMPANY, **fields)


def owes(who, course: str, due: date, lessons: int = 0, done: date | None = None) -> str:
	"""Have somebody owe a course that was assigned thirty days before it is due; return the assignment's name."""
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "employee": who.name, "course": course}).insert()
	factory.learn_silently(who.user_id, course, lessons)
	assigned = due - timedelta(days=30)
	status = "In Progress" if lessons else "Pending"
	if done:
		status = "Completed"
	elif due < getdate():
		status = "Overdue"
	facts = {
		"status": status,
		"progress": lessons * 100 / LESSONS,
		"due_date": due,
		"original_due_date": due,
		"due_date_basis": doc.due_date_basis.replace(str(getdate()), str(assigned)),
		"assigned_on": f"{assigned} 09:12:00",
		"completed_on": done,
	}
	frappe.db.set_value(ASSIGNMENT, doc.name, facts)
	frappe.db.set_value("LMS Training Event", {"assignment": doc.name}, "happened_on", facts["assigned_on"])
	return doc.name


def unit(name: str) -> str:
	values = {"department_name": name, "company": COMPANY}
	return (
		frappe.db.get_value("Department", values)
		or frappe.get_doc({"doctype": "Department", **values}).insert().name
	)
