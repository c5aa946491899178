"""How far hires are: the onboardings that the session user may see, their tasks, and what their people owe."""

from collections.abc import Collection

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Min, Sum
from frappe.utils import cint, flt, getdate

from smooth_lms_hr.assigning.onboarding import ONBOARDING
from smooth_lms_hr.showing.tables import MAX_ROWS
from smooth_lms_hr.sources.conditions import is_late
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.visibility import visible_assignments
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, DONE_PERCENT, OPEN, WAIVED


def hires(filters) -> list[frappe._dict]:
	"""Return the onboardings that filters leave, the latest to join first.

	:param filters: company, department (with those below it), training_status, from_date, to_date
	"""
	conditions = {"docstatus": ("!=", 2)}
	for fieldname in ("company", "training_status"):
		if filters.get(fieldname):
			conditions[fieldname] = filters[fieldname]
	if filters.department:
		conditions["department"] = ("in", departments_from(filters.department))
	if filters.from_date and filters.to_date:
		conditions["date_of_joining"] = ("between", [getdate(filters.from_date), getdate(filters.to_date)])
	elif filters.from_date or filters.to_date:
		sign, day = (">=", filters.from_date) if filters.from_date else ("<=", filters.to_date)
		conditions["date_of_joining"] = (sign, getdate(day))
	return frappe.get_list(
		ONBOARDING,
		filters=conditions,
		fields=[
			"name", "employee", "employee_name", "company", "department", "date_of_joining", "boarding_status",
			"training_status", "docstatus",
		],
		order_by="date_of_joining desc, name desc",
		limit_page_length=MAX_ROWS,
	)  # fmt: skip


def training_of(hires: list[frappe._dict]) -> dict[str, frappe._dict]:
	"""Return the sums of what each hire owes: by the onboarding, and whatever else the employee was assigned."""
	if not hires:
		return {}
	table = frappe.qb.DocType(ASSIGNMENT)
	names = {hire.name for hire in hires}
	of_employee = {hire.employee: hire.name for hire in hires if hire.employee}
	settled = Case().when(table.status.isin((COMPLETED, WAIVED)), 1).else_(0)
	open_due = Case().when(table.status.isin(OPEN), table.due_date)
	groups = (
		visible_assignments()
		.where(table.status != CANCELLED)
		.where(table.onboarding.isin(list(names)) | table.employee.isin(list(of_employee) or [""]))
		.select(
			table.onboarding,
			table.employee,
			Count(table.name).as_("courses"),
			Sum(settled).as_("done"),
			Sum(Case().when(is_late(table, getdate()), 1).else_(0)).as_("overdue"),
			Sum(Case().when(settled == 1, DONE_PERCENT).else_(table.progress)).as_("progress"),
			Min(open_due).as_("next_due"),
		)
		.groupby(table.onboarding, table.employee)
		.run(as_dict=True)
	)
	totals: dict[str, frappe._dict] = {}
	for group in groups:
		name = group.onboarding if group.onboarding in names else of_employee.get(group.employee)
		total = totals.setdefault(
			name, frappe._dict(courses=0, done=0, overdue=0, progress=0.0, next_due=None)
		)
		for key in ("courses", "done", "overdue"):
			total[key] += cint(group[key])
		total.progress += flt(group.progress)
		due = getdate(group.next_due) if group.next_due else None
		total.next_due = min((day for day in (total.next_due, due) if day), default=None)
	return totals


def onboarding_tasks(onboardings: Collection[str]) -> dict[str, tuple[int, int]]:
	"""Return how many tasks each onboarding has and how many of them are done; drafts have none that could be.

	:param onboardings: names of Employee Onboardings that the caller may see
	"""
	if not onboardings:
		return {}
	activity, task = frappe.qb.DocType("Employee Boarding Activity"), frappe.qb.DocType("Task")
	done = Case().when(task.status.isin(("Completed", "Cancelled")), 1).else_(0)
	rows = (
		frappe.qb.from_(activity)
		.left_join(task)
		.on(task.name == activity.task)
		.where(activity.parenttype == "Employee Onboarding")
		.where(activity.parent.isin(list(onboardings)))
		.select(activity.parent, Count(activity.name), Sum(done))
		.groupby(activity.parent)
		.run()
	)
	return {name: (cint(total), cint(finished)) for name, total, finished in rows}
