"""What a screen asks of the database does not grow with what it shows: 20 rows or 2,000."""

import json
from datetime import timedelta

import frappe
from frappe.desk.query_report import run as run_report
from frappe.desk.reportview import get as get_list_view
from frappe.utils import now

from smooth_lms_hr import api, desk
from smooth_lms_hr.record import events
from smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.overdue_trainings_by_department import (
	overdue_trainings_by_department as overdue_chart,
)
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.factory import insert
from tests.site.queries import number_of

ASSIGNMENT = "LMS Training Assignment"
FEW, MANY = 20, 2000


def hire(number, course, boss):
	"""Write so many people who report to the boss, each with an onboarding and a course that they are late with."""
	made = frappe.db.count(ASSIGNMENT)
	company = factory.company()
	people = [f"scale-{each:05}" for each in range(made, made + number)]
	department = boss.department
	insert(
		"User",
		[{"name": f"{each}@example.com", "email": f"{each}@example.com", "enabled": 1} for each in people],
	)
	insert(
		"Employee",
		[
			{
				"name": each, "employee_name": each, "user_id": f"{each}@example.com", "company": company,
				"department": department, "status": "Active", "reports_to": boss.name, "lft": boss.lft, "rgt": boss.lft,
				"date_of_joining": TODAY,
			}
			for each in people
		],
	)  # fmt: skip
	insert(
		"Employee Onboarding",
		[
			{
				"name": f"ONB-{each}", "employee": each, "employee_name": each, "company": company,
				"department": department, "boarding_status": "Pending", "training_status": "Assigned",
				"boarding_begins_on": TODAY,
			}
			for each in people
		],
	)  # fmt: skip
	insert(
		ASSIGNMENT,
		[
			{
				"name": f"TA-{each}", "member": f"{each}@example.com", "member_name": each, "employee": each,
				"employee_name": each, "company": company, "department": department, "course": course,
				"course_title": course, "cycle": 1, "status": "Overdue", "due_date": TODAY - timedelta(days=1),
				"assigned_on": now(), "onboarding": f"ONB-{each}", "source": "Onboarding",
			}
			for each in people
		],
	)  # fmt: skip
	rows = frappe.get_all(ASSIGNMENT, fields=["name", "member", "employee", "course"], order_by="name")
	events.write(events.make(row, events.OVERDUE, before="Pending", after="Overdue") for row in rows)


def report(name):
	def rows_of():
		return len(run_report(name, ignore_prepared_report=True)["result"])

	return rows_of


def list_view():
	fields = ["name", "status", "due_date", "progress", "employee_name", "department", "course_title"]
	frappe.local.form_dict = frappe._dict(
		doctype=ASSIGNMENT,
		fields=json.dumps([f"`tab{ASSIGNMENT}`.`{fieldname}`" for fieldname in fields]),
		page_length="2000",
		start="0",
	)
	return len(get_list_view()["values"])


def course_form():
	return desk.get_course_training(frappe.get_value(ASSIGNMENT, {}, "course"))["overdue"]


# Each returns how many rows it went over, so that a screen that shows nothing proves nothing.
SCREENS = {
	"list": list_view,
	"course form": course_form,
	"chart of the overdue": lambda: sum(overdue_chart.get(refresh=1)["datasets"][0]["values"]),
	"team status": lambda: api.get_team_training_status(page_length=500)["total"],
	**{
		name: report(name)
		for name in ("Onboarding Training Status", "Team Training Status", "Assignment Audit")
	},
	# One row a month and department; the people in it are what grows.
	"Training KPIs": lambda: run_report("Training KPIs", ignore_prepared_report=True)["result"][0]["people"],
}


def test_many_rows_cost_the_queries_of_few():
	course, boss, hr = factory.course(), factory.employee(factory.user()), factory.hr_manager()
	costs = []
	for number in (FEW, MANY):
		hire(number - frappe.db.count(ASSIGNMENT), course, boss)
		frappe.set_user(hr)
		for name, screen in SCREENS.items():
			assert screen() >= number, name
		costs.append({name: number_of(screen) for name, screen in SCREENS.items()})
		frappe.set_user("Administrator")
	assert costs[0] == costs[1]
	assert max(costs[1].values()) < 40, costs[1]
