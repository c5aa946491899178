"""Runs the reports as the desk does, and puts debts into the states that they tell apart."""

from datetime import timedelta

import frappe
from frappe.desk.query_report import run as run_report

from smooth_lms_hr import api
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"
ONBOARDINGS, TEAM, KPIS, AUDIT = (
	"Onboarding Training Status",
	"Team Training Status",
	"Training KPIs",
	"Assignment Audit",
)


def read(report, **filters):
	"""Run a report as the desk does; rows as dicts, and the sums by label."""
	answer = run_report(report, filters=filters, ignore_prepared_report=True)
	rows = [row for row in answer["result"] if isinstance(row, dict)]
	return frappe._dict(
		rows=rows,
		sums={each["label"]: each["value"] for each in answer["report_summary"] or ()},
		chart=answer["chart"],
		message=answer["message"],
		columns=[column["fieldname"] for column in answer["columns"]],
	)


def department(name):
	if existing := frappe.db.get_value("Department", {"department_name": name}):
		return existing
	doc = frappe.get_doc({"doctype": "Department", "department_name": name, "company": factory.company()})
	return doc.insert(ignore_permissions=True).name


def put(name, status, due=10, assigned=0, **values):
	"""Put an assignment into a state: the due date and the day of assignment so many days from today."""
	values |= {"status": status, "due_date": TODAY + timedelta(days=due)}
	values["assigned_on"] = f"{TODAY + timedelta(days=assigned)} 09:00:00"
	frappe.db.set_value(ASSIGNMENT, name, values)


def make_people(hr: str) -> frappe._dict:
	"""Two departments with a manager each; everybody owes the same two courses, in various states."""
	courses = [factory.course("Safety", lessons=0), factory.course("Conduct", lessons=0)]
	found = frappe._dict(courses=courses)
	for name, reports_to, unit in (
		("boss", None, "Bridge"),
		("smith", "boss", "Forge"),
		("apprentice", "smith", "Forge"),
		("baker", "boss", "Bakery"),
	):
		found[name] = factory.employee(
			factory.user("Employee"),
			first_name=name.title(),
			reports_to=found[reports_to].name if reports_to else None,
			department=department(unit),
		)
	frappe.set_user(hr)
	api.assign_mandatory_training(employees=[found[name].name for name in ("smith", "apprentice", "baker")])
	frappe.set_user("Administrator")
	return found


def owed(people, name, course=0):
	return factory.assignment(employee=people[name].name, course=people.courses[course]).name
