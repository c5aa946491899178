"""A small company at work, of which the pictures of README and docs are taken: SCREENSHOTS=1 in the environment takes them.

Take them on a bench of Frappe itself: a theme of somebody else's would be in every one.
"""

import os
from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import Page

from tests.bench import ROOT
from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.site import factory

pictures = [
	pytest.mark.usefixtures("alone_on_the_site"),
	pytest.mark.skipif(
		not os.environ.get("SCREENSHOTS"), reason="no pictures were asked for (SCREENSHOTS=1)"
	),
]

IMAGES = ROOT / "docs" / "images"
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
	# Frappe remembers them for as long as a request takes.
	frappe.local.fullnames = {}
	may_log_in(user)
	values = {"company": COMPANY, "date_of_joining": "2024-02-01", **fields}
	return factory.employee(user, first_name=first, last_name=last, **values)


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
	said = {"happened_on": facts["assigned_on"], "after": str(due)}
	frappe.db.set_value("LMS Training Event", {"assignment": doc.name}, said)
	return doc.name


def unit(name: str) -> str:
	values = {"department_name": name, "company": COMPANY}
	return (
		frappe.db.get_value("Department", values)
		or frappe.get_doc({"doctype": "Department", **values}).insert().name
	)


def found() -> None:
	"""Found the company, where that has not happened yet."""
	if not frappe.db.exists("Company", COMPANY):
		values = {"abbr": "LC", "default_currency": "EUR", "country": "Germany"}
		frappe.get_doc({"doctype": "Company", "company_name": COMPANY, **values}).insert()


@pytest.fixture
def company(committed):
	"""Three departments of four; who comes later in the list is further."""
	found()
	# Some of them come with a company.
	units = [unit(name) for name in UNITS]
	# Without a User Permission on herself: she looks after everybody.
	hr = person("Helen Moore", "HR Manager", "HR User", create_user_permission=0)
	boss = person("Ruth Adeyemi")
	people = [
		person(name, department=units[number % 3], reports_to=boss.name) for number, name in enumerate(NAMES)
	]
	trainer = person("Ines Berg", "Moderator", "System Manager", create_user_permission=0)
	by = [{"instructor": trainer.user_id}]
	courses = [
		factory.course(
			title,
			lessons=LESSONS,
			short_introduction=about,
			card_gradient=colour,
			validity_days=days,
			instructors=by,
		)
		for title, (about, colour, days) in COURSES.items()
	]
	frappe.set_user(hr.user_id)
	today = getdate()
	owed = {}
	for number, who in enumerate(people):
		for place, course in enumerate(courses):
			lessons = min(LESSONS, (number + place) % 6)
			due = today + timedelta(days=(number * 5 + place * 3) % 40 - 9)
			done = today - timedelta(days=number * 15) if lessons == LESSONS else None
			if done:
				# Whoever needs longest is late with the last of them.
				due = done + timedelta(days=4 - place * 2)
			owed[NAMES[number], list(COURSES)[place]] = owes(who, course, due, lessons, done)
	frappe.set_user("Administrator")
	committed()
	return frappe._dict(
		hr=hr, boss=boss, trainer=trainer, people=people, units=units, courses=courses, owed=owed
	)


@pytest.fixture
def picture():
	"""picture(page, name) takes a picture for the guides."""

	def take(page: Page, name: str) -> None:
		page.wait_for_load_state("networkidle")
		# Charts grow into their place.
		page.wait_for_timeout(2000)
		assert "�" not in page.content()
		page.screenshot(path=IMAGES / f"{name}.png")

	return take
